"""Small series as files, and settings with which a forecaster learns them in a moment."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tenor.config.forecast import ForecastConfig, parse_forecast
from tenor.config.load import merge

SMALL: dict[str, Any] = {
    "window": {"length": 6, "horizon": 3},
    "network": {"embedding_size": 4, "recurrent": {"hidden_size": 4}},
    "training": {"epochs": 2, "threads": 1, "learning_rate": 0.02, "batch_size": 32},
    "evaluation": {"resamples": 100},
}
SMALL_OPTIONS = [
    *("--window", "6", "--horizon", "3", "--epochs", "2"),
    *("--set", "network.embedding_size=4", "--set", "network.recurrent.hidden_size=4"),
    *("--set", "training.threads=1", "--set", "evaluation.resamples=100"),
]


def config(source: Path | str, *others: Mapping[str, Any]) -> ForecastConfig:
    """Return a small configuration."""
    return parse_forecast(merge(SMALL, {"data": {"source": str(source)}}, *others))


def waves(steps: int = 240, *, seed: int = 0, season: int = 24) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a noisy wave, rounded as measurements are."""
    noise = np.random.default_rng(seed).normal(0, 0.3, steps)
    return np.round(10 + 3 * np.sin(2 * np.pi * np.arange(steps) / season) + noise, 2)


def hours(steps: int) -> list[str]:
    """Return times an hour apart."""
    start = datetime(2020, 1, 1)
    return [(start + timedelta(hours=step)).isoformat(sep=" ", timespec="minutes") for step in range(steps)]


def write(path: Path, columns: Mapping[str, Sequence[object]]) -> Path:
    """Write columns as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(columns)
        lines.writerows(zip(*columns.values(), strict=True))
    return path


def hourly(path: Path, steps: int = 240) -> Path:
    """Write an hourly wave with a second column."""
    values = waves(steps)
    return write(path, {"date": hours(steps), "temp": list(values), "wind": list(waves(steps, seed=1))})


def machine(path: Path, steps: int = 240) -> Path:
    """Write a machine's load and whether it runs: a state that the numbers tell."""
    random = np.random.default_rng(2)
    on = np.repeat(random.integers(0, 2, steps // 8), 8)
    load = np.round(5.0 * on + random.normal(0, 0.3, len(on)), 3)
    states = ["runs" if one else "<b>stands</b>" for one in on]
    return write(path, {"date": hours(len(on)), "load": list(load), "state": states})


def stations(path: Path, steps: tuple[int, ...] = (150, 110)) -> Path:
    """Write hourly waves of stations, each a hundred times as large as the one before, their rows mixed."""
    rows = [
        (hours(count)[step], f"{name}", round(100.0**number * float(waves(count, seed=number)[step]), 4))
        for number, (name, count) in enumerate(zip(("<i>north</i>", "جنوب"), steps, strict=False))
        for step in range(count)
    ]
    rows.sort(key=lambda row: row[0])
    times, names, values = zip(*rows, strict=True)
    return write(path, {"date": times, "place": names, "temp": values})
