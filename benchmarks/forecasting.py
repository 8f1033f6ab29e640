"""Networks against persistence, the seasonal naive forecast and a linear autoregression on two real series.

    python benchmarks/forecasting.py                 both series, some ten minutes on one core
    python benchmarks/forecasting.py temperatures
    python benchmarks/forecasting.py --quick         short made-up series

`temperatures`: daily minimum temperatures of Melbourne, 1981 to 1990, a week ahead; validation 1987 and 1988,
test 1989 and 1990. `etth1`: the oil temperature OT of ETTh1 (Zhou et al. 2021), a day ahead, in the usual
parts of 12, 4 and 4 months of 30 days. Each network is trained with three seeds. Settings and epochs were
chosen on validation windows; the test windows are read once. A difference to a baseline is of the mean over
the trainings, and its interval covers other windows and other trainings (`evaluation.forecasts.gaps`).
"""

import argparse
import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import record

from tenor.config.forecast import ForecastConfig, parse_forecast
from tenor.config.load import merge
from tenor.config.names import apply_name, name_of
from tenor.data.series.preparing import prepare
from tenor.data.series.reading import read_series
from tenor.evaluation.metrics import Floats
from tenor.experiments import judging
from tenor.experiments.forecast_report import pictures
from tenor.experiments.forecasting import fit
from tenor.report import forecast_pictures
from tenor.training.runtime import applied

SEEDS = (0, 1, 2)
NETWORKS = ("lstm", "gru", "bilstm")
PICTURES = record.ROOT / "docs"

# What both have in common; one thread, so that the same figures come out wherever it runs.
_BASE: Mapping[str, Any] = {
    "network": {"recurrent": {"hidden_size": 32}, "output_dropout": 0.3},
    "training": {"threads": 1},
}
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "temperatures": {
        "data": {"validation_from": "1987-01-01", "test_from": "1989-01-01"},
        "window": {"length": 30, "horizon": 7},
        "network": {"embedding_size": 16},
        "training": {"learning_rate": 3e-3},
    },
    "etth1": {
        "data": {
            "target": ["OT"],
            "inputs": [],
            "validation_from": "2017-06-26",
            "test_from": "2017-10-24",
            "until": "2018-02-21",
        },
        "window": {"length": 96, "horizon": 24},
        "output": {"anchor": "last"},
        "training": {"epochs": 6, "patience": 2},
    },
}
_FILES = {"temperatures": "daily-min-temperatures.csv", "etth1": "ETTh1.parquet"}


def configs(folder: Path) -> dict[str, ForecastConfig]:
    """Return the configuration of each series."""
    return {
        name: parse_forecast(merge(_BASE, settings, {"data": {"source": str(folder / _FILES[name])}}))
        for name, settings in SETTINGS.items()
    }


def quick(folder: Path) -> dict[str, ForecastConfig]:
    """Return the configuration of a made-up series of days, for a moment's training."""
    path = folder / "quick.csv"
    random = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["date", "value"])
        for day in range(400):
            value = 5 * math.sin(2 * math.pi * day / 7) + random.normal()
            lines.writerow([date(2020, 1, 1) + timedelta(day), round(value, 2)])
    values = {
        "data": {"source": str(path)},
        "window": {"length": 10, "horizon": 3},
        "network": {"recurrent": {"hidden_size": 4}, "embedding_size": 4},
        "training": {"epochs": 1},
        "evaluation": {"resamples": 100},
    }
    return {"temperatures": parse_forecast(merge(_BASE, values))}


def measure(config: ForecastConfig, seeds: tuple[int, ...], picture: Path | None) -> dict[str, Any]:
    """Train every network with every seed, and judge all beside the baselines."""
    prepared = prepare(read_series(config.data), config)
    others, settings = judging.baselines(prepared, config)
    found: dict[str, Any] = {}
    best: tuple[float, Floats] | None = None
    for network in NETWORKS:
        one = replace(config, network=apply_name(config.network, network))
        name = name_of(one.network)
        trainings, epochs, seconds = [], [], 0.0
        for seed in seeds:
            fitted = fit(prepared, replace(one, training=replace(one.training, seed=seed)))
            with applied(fitted.runtime):
                trainings.append(judging.predictions(fitted.module, prepared, fitted.runtime.torch_device))
            epochs.append(fitted.history.best_epoch)
            seconds += sum(row["seconds"] for row in fitted.history.rows)
        judged = [
            judging.compare(
                [one_["test"] for one_ in trainings],
                {judging.NETWORK: training, **others},
                settings,
                prepared,
                config,
            ).to_json()
            for training in trainings
        ]
        found[name] = {
            "test": [short(one_["test"][judging.NETWORK]) for one_ in judged],
            "validation": [short(one_["validation"][judging.NETWORK]) for one_ in judged],
            "gaps": judged[0]["gaps"],  # of all trainings together
            "beats_all": judged[0]["beats_all"],
            "best_epochs": epochs,
            "training_seconds": seconds,
        }
        baselines = {split: {b: short(judged[0][split][b]) for b in others} for split in judging.SPLITS}
        validation = float(np.mean([one_["mae"]["value"] for one_ in found[name]["validation"]]))
        if best is None or validation < best[0]:
            best = (validation, trainings[0]["test"])
        print(line(name, found[name]), flush=True)
    for name, one_ in baselines["test"].items():
        print(f"{name}: MAE {one_['mae']['value']:.3f}", flush=True)
    if picture is not None and best is not None:
        shown = pictures(prepared, best[1], config.output.quantiles)
        forecast_pictures.save({"pictures": shown}, picture)
    windows = {part: len(one_) for part, one_ in prepared.windows.items()}
    return {
        "networks": found,
        "baselines": baselines,
        "chosen": settings,
        "windows": windows,
        "season": prepared.season,
        "block": judged[0]["block"],
        "window": config.window.length,
        "horizon": config.window.horizon,
        "seeds": list(seeds),
    }


def short(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Return an evaluation with the MAE alone by step ahead."""
    by_step = [figure and figure["value"] for figure in evaluation["by_step"]["mae"]]
    return {**evaluation, "by_step": {"mae": by_step}}


def line(name: str, found: Mapping[str, Any]) -> str:
    """Return what is printed of a network."""
    errors = [one["mae"]["value"] for one in found["test"]]
    gaps = "; ".join(
        f"{gap['difference']['value']:+.3f} ({gap['difference']['low']:+.3f} to "
        f"{gap['difference']['high']:+.3f}) to {gap['baseline']}"
        for gap in found["gaps"]
    )
    verdict = "beats all baselines" if found["beats_all"] else "does not beat all baselines"
    return f"{name}: MAE {sum(errors) / len(errors):.3f}; {gaps}; {verdict}"


def main() -> None:
    """Measure what was asked for; print a line each, write the JSON and the pictures."""
    parser = record.parser(__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SETTINGS)}; none: both")
    options: argparse.Namespace = parser.parse_args()
    target = record.target(options)
    if unknown := set(options.names) - set(SETTINGS):
        parser.error(f"unknown series {', '.join(sorted(unknown))}; there are {', '.join(SETTINGS)}")
    with TemporaryDirectory() as folder:
        series = quick(Path(folder)) if options.quick else configs(record.data_folder() / "series")
        for name in options.names or series:
            print(name, flush=True)
            # Pictures of what was published lie beside the pages that show them.
            place = None if target is None else PICTURES if target == record.RESULTS else target
            picture = None if place is None else place / f"forecast-{name}.png"
            seeds = SEEDS[:2] if options.quick else SEEDS
            record.write(f"forecasting-{name}", measure(series[name], seeds, picture), target)


if __name__ == "__main__":
    main()
