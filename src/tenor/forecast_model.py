"""`ForecastModel`: a forecaster at rest, as a folder like a classifier's (`tenor.folder`).

forecaster.json      columns, step, scaling, configuration, figures on the test windows
weights.safetensors  tensors, float32
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.forecast import ForecastConfig, SeriesConfig, parse_forecast
from tenor.config.load import to_values
from tenor.data.series.dates import Clock
from tenor.data.series.reading import read_series
from tenor.data.series.regularity import Step
from tenor.data.series.scaling import Scaling
from tenor.data.series.series import Series
from tenor.errors import DataError
from tenor.tensors import views

FORMAT = 1


@dataclass(frozen=True)
class ForecastModel:
    """Everything needed to go on with a series, or, with classes, to tell the states of one."""

    config: ForecastConfig
    columns: tuple[str, ...]  # the targets first
    targets: tuple[str, ...]
    classes: tuple[str, ...]  # none for forecasts
    clock: Clock
    step: Step
    scaling: Scaling
    periods: tuple[str, ...]  # of the calendar
    arrays: Mapping[str, npt.NDArray[np.float32]]
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def read(self, source: str) -> Series:
        """Read a series as the model does; of states the label may be missing, and is not read.

        Raises:
            DataError: as `read_series`; another step, or fewer steps than a window.
        """
        data = self.config.data
        # By their names: what else is in the file, the label above all, is not read.
        series = read_series(
            SeriesConfig(
                source=source, time=data.time, target=self.columns, inputs=(), encoding=data.encoding
            )
        )
        if series.step != self.step or series.clock != self.clock:
            raise DataError(
                f"{source} has a step of {series.step}, and the model was trained on one of {self.step}; "
                "bring the series to that step, or train on this one"
            )
        if len(series) < self.config.window.length:
            raise DataError(
                f"{source} has {len(series):,} steps, and the model reads {self.config.window.length} at a "
                "time; give a longer series"
            )
        return replace(series, targets=self.targets, classes=self.classes)

    def save(self, path: Path) -> None:
        """Write the folder whole or not at all; a folder that is there is replaced."""
        described = {
            # Where the data lay is nobody's business.
            "config": to_values(
                replace(
                    self.config, data=replace(self.config.data, source=Path(self.config.data.source).name)
                )
            ),
            "columns": self.columns,
            "targets": self.targets,
            "classes": self.classes,
            "clock": asdict(self.clock),
            "step": asdict(self.step),
            "scaling": self.scaling.to_json(),
            "periods": self.periods,
            "metrics": self.metrics,
        }
        files = {
            folder.FORECASTER.file: folder.to_bytes(described),
            folder.WEIGHTS: folder.tensors(self.arrays),
        }
        folder.write(path, FORMAT, files)

    @classmethod
    def load(cls, path: Path) -> "ForecastModel":
        """Read and verify the folder of a forecaster, or the `model` folder of a run.

        Raises:
            ModelError: there is none, it holds something else, or it is damaged.
        """
        return folder.read(path, folder.FORECASTER, _FORMATS)


def _read_1(files: folder.Files) -> ForecastModel:
    described = json.loads(bytes(files[folder.FORECASTER.file]))
    return ForecastModel(
        config=parse_forecast(described["config"]),
        columns=tuple(described["columns"]),
        targets=tuple(described["targets"]),
        classes=tuple(described["classes"]),
        clock=Clock(**described["clock"]),
        step=Step(**described["step"]),
        scaling=Scaling.from_json(described["scaling"]),
        periods=tuple(described["periods"]),
        arrays=views(files[folder.WEIGHTS]),
        metrics=described["metrics"],
    )


_FORMATS: dict[int, Callable[[folder.Files], ForecastModel]] = {1: _read_1}
