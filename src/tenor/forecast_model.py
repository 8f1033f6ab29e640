"""`ForecastModel`: a forecaster at rest, as a folder like a classifier's (`tenor.folder`).

forecaster.json      columns, step, scaling, configuration, figures on the test windows
weights.safetensors  tensors, float32

Format 2 has a scaling for each of several series, by its name; a single one has no name, "".
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
from tenor.data.series.reading import read_all
from tenor.data.series.regularity import Step
from tenor.data.series.scaling import Scaling
from tenor.data.series.series import Series
from tenor.data.suggestion import listed
from tenor.errors import DataError
from tenor.tensors import views

FORMAT = 2


@dataclass(frozen=True)
class ForecastModel:
    """Everything needed to go on with a series, or, with classes, to tell the states of one."""

    config: ForecastConfig
    columns: tuple[str, ...]  # the targets first
    targets: tuple[str, ...]
    classes: tuple[str, ...]  # none for forecasts
    clock: Clock
    step: Step
    scalings: Mapping[str, Scaling]  # by the name of the series
    periods: tuple[str, ...]  # of the calendar
    arrays: Mapping[str, npt.NDArray[np.float32]]
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def read(self, source: str) -> tuple[Series, ...]:
        """Read the series of a file as the model does; of states the label may be missing, and is not read.

        Raises:
            DataError: as `read_all`; another step, fewer steps than a window, or a series that is not one of
                those the model was trained on.
        """
        data = self.config.data
        # By their names: what else is in the file, the label above all, is not read.
        every = read_all(
            SeriesConfig(
                source=source,
                time=data.time,
                target=self.columns,
                inputs=(),
                series_id=data.series_id,
                encoding=data.encoding,
            )
        )
        for one in every:
            self._refuse_other(one)
        return tuple(replace(one, targets=self.targets, classes=self.classes) for one in every)

    def _refuse_other(self, series: Series) -> None:
        if series.step != self.step or series.clock != self.clock:
            raise DataError(
                f"{series.where} has a step of {series.step}, and the model was trained on one of "
                f"{self.step}; bring the series to that step, or train on this one"
            )
        if series.id not in self.scalings:
            raise DataError(
                f"{series.where} is not among the series the model was trained on, so how large its values "
                f"are is not known; there are {listed(self.scalings)}: train on this one, too"
            )
        if len(series) < self.config.window.length:
            raise DataError(
                f"{series.where} has {len(series):,} steps, and the model reads "
                f"{self.config.window.length} at a time; give a longer series"
            )

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
            "scalings": {name: scaling.to_json() for name, scaling in self.scalings.items()},
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
    return _made(files, described, {"": described["scaling"]})


def _read_2(files: folder.Files) -> ForecastModel:
    described = json.loads(bytes(files[folder.FORECASTER.file]))
    return _made(files, described, described["scalings"])


def _made(files: folder.Files, described: Mapping[str, Any], scalings: Mapping[str, Any]) -> ForecastModel:
    return ForecastModel(
        config=parse_forecast(described["config"]),
        columns=tuple(described["columns"]),
        targets=tuple(described["targets"]),
        classes=tuple(described["classes"]),
        clock=Clock(**described["clock"]),
        step=Step(**described["step"]),
        scalings={name: Scaling.from_json(scaling) for name, scaling in scalings.items()},
        periods=tuple(described["periods"]),
        arrays=views(files[folder.WEIGHTS]),
        metrics=described["metrics"],
    )


_FORMATS: dict[int, Callable[[folder.Files], ForecastModel]] = {1: _read_1, 2: _read_2}
