"""A forecasting experiment: a series and a configuration in, a trained and judged forecaster out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from tenor.batching import FeatureBatch
from tenor.config.forecast import ForecastConfig, checked
from tenor.data.series.preparing import Prepared, prepare
from tenor.data.series.reading import read_all
from tenor.data.series.series import Series
from tenor.data.series.windows import Windows
from tenor.evaluation.forecasts import ForecastEvaluation
from tenor.experiments import training_run
from tenor.experiments.forecast_report import report_values
from tenor.experiments.judging import NETWORK, Judged, judge
from tenor.experiments.run import METRICS, MODEL, PAGE, RunFolder
from tenor.experiments.training_run import Keeping, recorded, run_folder
from tenor.experiments.watching import SilentWarned, Warned
from tenor.forecast_model import ForecastModel
from tenor.nn.build import to_arrays
from tenor.nn.forecaster import Forecaster, StateClassifier, build_forecaster, build_state_classifier
from tenor.report import forecast_pictures
from tenor.report.forecast_page import forecast_page
from tenor.training.loop import History
from tenor.training.objectives.objective import Objective
from tenor.training.objectives.supervised import class_weights
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, Step, applied
from tenor.training.windows import Forecasting, Telling, ValidationWindows, WindowBatches

RESULT, PICTURE = "forecast.json", "forecast.png"


class SeriesWatcher(Warned, Protocol):
    """An observer of training that is also shown the series before it starts."""

    def series(self, prepared: Prepared) -> None:
        """The series is read and cut into windows."""
        ...


class SilentSeriesWatcher(SilentWarned):
    """Watches nothing."""

    def series(self, prepared: Prepared) -> None:
        """Ignore."""


@dataclass(frozen=True)
class Fitted:
    """A trained network on its windows, and how it came about."""

    module: Forecaster | StateClassifier
    history: History
    runtime: Runtime


@dataclass(frozen=True)
class ForecastRun:
    """A finished run; `path` is its folder, or None if it was not asked for."""

    path: Path | None
    config: ForecastConfig
    model: ForecastModel
    prepared: Prepared
    history: History
    judged: Judged


def forecast(
    config: ForecastConfig,
    *,
    out: Path | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: SeriesWatcher | None = None,
) -> ForecastRun:
    """Train on a series, judge on its last part beside the baselines, and save.

    `out` is the run folder: `resume` goes on with the run it holds, `force` replaces it. An interrupted run
    keeps its last checkpoint.
    """
    config = checked(config)
    watcher = watcher or SilentSeriesWatcher()
    with run_folder(out, config, resume=resume, force=force) as folder:
        prepared = prepare(read_all(config.data), config)
        watcher.series(prepared)
        fitted = fit(prepared, config, folder=folder, watcher=watcher)
        with applied(fitted.runtime):
            judged = judge(fitted.module, prepared, config, fitted.runtime.torch_device)
        model = model_of(fitted.module, prepared, config, judged)
        run = ForecastRun(folder.path if folder else None, config, model, prepared, fitted.history, judged)
        if folder is not None:
            _finish(folder, run, fitted.runtime)
    return run


def fit(
    prepared: Prepared,
    config: ForecastConfig,
    *,
    folder: RunFolder | None = None,
    watcher: Warned | None = None,
) -> Fitted:
    """Train on the training windows and choose the epoch by the validation windows; the test is not read."""
    watcher = watcher or SilentWarned()
    # The caller's generators are left as they were.
    with torch.random.fork_rng():
        torch.manual_seed(config.training.seed)
        module = build(config, prepared.series, features=prepared.features)
        history, runtime = _train(module, prepared, config, folder=folder, watcher=watcher)
    return Fitted(module, history, runtime)


def build(config: ForecastConfig, series: Series, *, features: int) -> Forecaster | StateClassifier:
    """Make the network of a configuration for a series, with fresh weights."""
    if series.labels is not None:
        return build_state_classifier(config, features=features, classes=len(series.classes))
    return build_forecaster(config, features=features, targets=len(series.targets))


def model_of(
    module: Forecaster | StateClassifier, prepared: Prepared, config: ForecastConfig, judged: Judged
) -> ForecastModel:
    """Return what is kept of a trained network."""
    series = prepared.series
    return ForecastModel(
        config=config,
        columns=series.columns,
        targets=series.targets,
        classes=series.classes,
        clock=series.clock,
        step=series.step,
        scalings={member.series.id: member.scaling for member in prepared.members},
        periods=prepared.periods,
        arrays=to_arrays(module),
        metrics=judged.to_json(),
    )


def _train(
    module: Forecaster | StateClassifier,
    prepared: Prepared,
    config: ForecastConfig,
    *,
    folder: RunFolder | None,
    watcher: Warned,
) -> tuple[History, Runtime]:
    train, validation = prepared.windows["train"], prepared.windows["validation"]
    objective = _objective(config, prepared)
    batches = WindowBatches(train, config.training.batch_size, config.training.seed)

    def check() -> Step:
        batch = batches.batch(np.arange(min(len(train), batches.size)))
        return rehearsal(module, lambda network: objective(network, batch).loss)

    return training_run.train(
        module,
        objective,
        config.training,
        batches,
        ValidationWindows(validation),
        keeping=Keeping.of(folder),
        observer=recorded(folder, watcher),
        fingerprint=lambda: _fingerprint(config, train, validation),
        check=check,
    )


def _finish(folder: RunFolder, run: ForecastRun, runtime: Runtime) -> None:
    """Write model, figures, pictures and page."""
    run.model.save(folder.path / MODEL)
    folder.write_history(run.history.rows)
    cost = folder.cost(run.history, runtime)
    values = {"name": folder.path.resolve().name, "cost": cost, **report_values(run)}
    folder.write(METRICS, json.dumps({**run.judged.to_json(), **cost}, indent=1, allow_nan=False))
    folder.write(RESULT, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))
    forecast_pictures.save(values, folder.path / PICTURE)
    folder.write(PAGE, forecast_page(values))
    found = run.judged.test[NETWORK]
    mae = found.overall["mae"] if isinstance(found, ForecastEvaluation) else None
    ends = {} if mae is None else {"test/mae": mae.value}
    folder.tracking.end({**ends, "best_epoch": float(run.history.best_epoch)})


def _objective(config: ForecastConfig, prepared: Prepared) -> Objective[Any, FeatureBatch]:
    train, classes = prepared.windows["train"], prepared.series.classes
    if not classes:
        return Forecasting()
    return Telling(class_weights(config.training, train.classes(np.arange(len(train))), classes))


def _fingerprint(config: ForecastConfig, *windows: Windows) -> str:
    arrays: list[npt.NDArray[Any]] = []
    for one in windows:
        # Of all steps that are read, and no others: what comes after them may grow.
        last = int(one.ends.max()) + one.horizon + 1
        told = one.targets if one.labels is None else one.labels
        arrays += [one.inputs[:last], told[:last], one.ends]
    return training_run.fingerprint(config, arrays)
