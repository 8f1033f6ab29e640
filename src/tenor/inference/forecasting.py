"""What a saved forecaster says of series: the values after the end of each, or the states along it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tenor.data.readers import Row
from tenor.data.series.preparing import features
from tenor.data.series.series import Series, notes_of
from tenor.data.series.windows import Numbers, Windows
from tenor.data.writers import row_writer
from tenor.errors import OutputError
from tenor.evaluation.temperature import softmax
from tenor.forecast_model import ForecastModel
from tenor.nn.build import load_arrays
from tenor.nn.forecaster import (
    Forecaster,
    StateClassifier,
    build_forecaster,
    build_state_classifier,
    read_windows,
)


@dataclass(frozen=True)
class Said:
    """What a model says of one series."""

    series: Series
    quantiles: npt.NDArray[np.float64]  # (H, K, Q), none with states
    probabilities: npt.NDArray[np.float64]  # (N, C), of the windows that end at the last N steps

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each step and target, or for each window; several series have names."""
        name = {"series": self.series.id} if self.series.id else {}
        for row in self._states() if self.series.classes else self._values():
            yield {**name, **row}

    def _values(self) -> Iterator[dict[str, Any]]:
        for step, of_step in enumerate(self.quantiles):
            time = self.series.shown(len(self.series) + step)
            for target, said in zip(self.series.targets, of_step, strict=True):
                yield {"time": time, "target": target, "quantiles": said.tolist()}

    def _states(self) -> Iterator[dict[str, Any]]:
        first, classes = len(self.series) - len(self.probabilities), self.series.classes
        for row, shares in enumerate(self.probabilities):
            yield {
                "time": self.series.shown(first + row),
                "state": classes[int(shares.argmax())],
                "probabilities": dict(zip(classes, shares.tolist(), strict=True)),
            }


@dataclass(frozen=True)
class NextValues:
    """What a model says of each series of a file: of each step and target quantiles, or states."""

    source: str
    levels: tuple[float, ...]
    each: tuple[Said, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What reading did, in sentences."""
        return notes_of([said.series for said in self.each])

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON-ready values, with the times."""
        first = self.each[0].series
        return {
            "series": self.source,
            "step": str(first.step),
            "last": max(said.series.shown(len(said.series) - 1) for said in self.each),
            "targets": list(first.targets),
            "classes": list(first.classes),
            "levels": list(self.levels),
            "notes": list(self.notes),
            "rows": [row for said in self.each for row in said.rows()],
        }

    def save(self, path: Path, *, force: bool = False) -> None:
        """Write a row for each step and target, or for each window, into CSV or another format by its name.

        Raises:
            OutputError: the file exists and `force` does not replace it, or its format is not known.
        """
        if path.exists() and not force:
            raise OutputError(f"{path} exists already; replace it (--force), or name another file")
        rows: list[Row] = []
        for said in self.each:
            for row in said.rows():
                shown = {name: value for name, value in row.items() if isinstance(value, str)}
                if said.series.classes:
                    shares = {f"probability_{name}": share for name, share in row["probabilities"].items()}
                    rows.append({**shown, **shares})
                else:
                    quantiles = dict(zip(self.levels, row["quantiles"], strict=True))
                    named = {f"quantile_{level:g}": value for level, value in quantiles.items()}
                    rows.append({**shown, "forecast": quantiles[0.5], **named})
        with row_writer(path) as write:
            write(rows)


def next_values(model: ForecastModel, source: str) -> NextValues:
    """Read the series of a file as the model does, and say what comes after each, or what its states are.

    Raises:
        DataError: as `ForecastModel.read`.
    """
    read = model.read(source)
    levels = () if model.classes else model.config.output.quantiles
    inputs = [features(one, model.scalings[one.id], model.periods) for one in read]
    module = _module(model, inputs[0].shape[1])
    each = [_said(model, module, one, numbers) for one, numbers in zip(read, inputs, strict=True)]
    return NextValues(source, levels, tuple(each))


def _module(model: ForecastModel, width: int) -> Forecaster | StateClassifier:
    """Build the network of a model that reads so many numbers a step."""
    module: Forecaster | StateClassifier
    if model.classes:
        module = build_state_classifier(model.config, features=width, classes=len(model.classes))
    else:
        module = build_forecaster(model.config, features=width, targets=len(model.targets))
    load_arrays(module, model.arrays)
    return module


def _said(
    model: ForecastModel, module: Forecaster | StateClassifier, series: Series, inputs: Numbers
) -> Said:
    window, last = model.config.window, len(series) - 1
    targets, device = len(model.targets), torch.device("cpu")
    # Nothing is wanted of these windows; so that a batch can be made, what would be is missing.
    told = np.full((len(series) + window.horizon, targets), np.nan, np.float32)
    if isinstance(module, StateClassifier):
        ends = np.arange(window.length - 1, last + 1)
        windows = Windows(inputs, told, np.zeros(len(series), np.int64), ends, window.length, 0)
        probabilities = softmax(read_windows(module, windows, module, device))
        return Said(series, np.empty((0, 0, 0)), probabilities)
    windows = Windows(inputs, told, None, np.array([last]), window.length, window.horizon)
    said = read_windows(module, windows, module.quantiles, device)[0].astype(np.float64)
    scaling = model.scalings[series.id].first(targets)
    quantiles = scaling.mean[:, None] + scaling.spread[:, None] * said
    return Said(series, quantiles, np.empty((0, 0)))
