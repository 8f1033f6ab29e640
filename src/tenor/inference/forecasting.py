"""What a saved forecaster says of a series: the values after its end, or the states along it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tenor.data.readers import Row
from tenor.data.series.preparing import features
from tenor.data.series.series import Series
from tenor.data.series.windows import Windows
from tenor.data.writers import row_writer
from tenor.errors import OutputError
from tenor.evaluation.temperature import softmax
from tenor.forecast_model import ForecastModel
from tenor.nn.build import load_arrays
from tenor.nn.forecaster import build_forecaster, build_state_classifier, read_windows


@dataclass(frozen=True)
class NextValues:
    """Rows of what a model says: of each step and target its quantiles, or of each window its state."""

    series: Series
    levels: tuple[float, ...]
    quantiles: npt.NDArray[np.float64]  # (H, K, Q), none with states
    probabilities: npt.NDArray[np.float64]  # (N, C), of the windows that end at the last N steps

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON-ready values, with the times."""
        return {
            "series": self.series.where,
            "step": str(self.series.step),
            "last": self.series.shown(len(self.series) - 1),
            "targets": list(self.series.targets),
            "classes": list(self.series.classes),
            "levels": list(self.levels),
            "notes": list(self.series.notes),
            "rows": list(self._states() if self.series.classes else self._values()),
        }

    def _values(self) -> list[dict[str, Any]]:
        return [
            {"time": self.series.shown(len(self.series) + step), "target": target, "quantiles": said.tolist()}
            for step, of_step in enumerate(self.quantiles)
            for target, said in zip(self.series.targets, of_step, strict=True)
        ]

    def _states(self) -> list[dict[str, Any]]:
        first = len(self.series) - len(self.probabilities)
        classes = self.series.classes
        return [
            {
                "time": self.series.shown(first + row),
                "state": classes[int(shares.argmax())],
                "probabilities": dict(zip(classes, shares.tolist(), strict=True)),
            }
            for row, shares in enumerate(self.probabilities)
        ]

    def save(self, path: Path, *, force: bool = False) -> None:
        """Write a row for each step and target, or for each window, into CSV or another format by its name.

        Raises:
            OutputError: the file exists and `force` does not replace it, or its format is not known.
        """
        if path.exists() and not force:
            raise OutputError(f"{path} exists already; replace it (--force), or name another file")
        values = self.to_json()
        rows: list[Row] = []
        for row in values["rows"]:
            if self.series.classes:
                shares = {f"probability_{name}": share for name, share in row["probabilities"].items()}
                rows.append({"time": row["time"], "state": row["state"], **shares})
            else:
                said = zip(self.levels, row["quantiles"], strict=True)
                rows.append(
                    {
                        "time": row["time"],
                        "target": row["target"],
                        "forecast": row["quantiles"][self.levels.index(0.5)],
                        **{f"quantile_{level:g}": value for level, value in said},
                    }
                )
        with row_writer(path) as write:
            write(rows)


def next_values(model: ForecastModel, source: str) -> NextValues:
    """Read a series as the model does, and say what comes after it, or what state each window ends in.

    Raises:
        DataError: as `ForecastModel.read`.
    """
    series = model.read(source)
    inputs = features(series, model.scaling, model.periods)
    length, last = model.config.window.length, len(series) - 1
    targets = len(model.targets)
    levels = model.config.output.quantiles
    device = torch.device("cpu")
    # Nothing is wanted of these windows; so that a batch can be made, what would be is missing.
    told = np.full((len(series) + model.config.window.horizon, targets), np.nan, np.float32)
    if model.classes:
        module = build_state_classifier(model.config, features=inputs.shape[1], classes=len(model.classes))
        load_arrays(module, model.arrays)
        windows = Windows(
            inputs, told, np.zeros(len(series), np.int64), np.arange(length - 1, last + 1), length, 0
        )
        probabilities = softmax(read_windows(module, windows, module, device))
        return NextValues(series, (), np.empty((0, 0, 0)), probabilities)
    forecaster = build_forecaster(model.config, features=inputs.shape[1], targets=targets)
    load_arrays(forecaster, model.arrays)
    windows = Windows(inputs, told, None, np.array([last]), length, model.config.window.horizon)
    said = read_windows(forecaster, windows, forecaster.quantiles, device)[0].astype(np.float64)
    scaling = model.scaling.first(targets)
    quantiles = scaling.mean[:, None] + scaling.spread[:, None] * said
    return NextValues(series, levels, quantiles, np.empty((0, 0)))
