"""`Run`: the result of a training run, and its folder.

config.yaml            the resolved configuration; `tenor train --config` takes it
history.csv            one row an epoch
curves.png             loss and accuracy of both splits
confusion.png          confusion matrix of the test split
metrics.json           figures with intervals, device, precision, threads, time, memory
report.json            the data report, some texts as the model reads them, the environment
report.html            the page of the run, made of the files above (`tenor report`)
model/                 the model folder
checkpoint.safetensors the state after the last epoch, for --resume only; of several networks that of the
                       first, checkpoint-2.safetensors of the second, and so on
teacher.json           of a model that learned from a teacher: both on the same texts
teacher.safetensors    and what the teacher said of the training texts
"""

import csv
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tenor.config.classification import ClassificationConfig
from tenor.config.deciding import deciding
from tenor.config.forecast import ForecastConfig
from tenor.config.language_model import LanguageModelConfig
from tenor.config.load import Values, parse_as, read, to_values
from tenor.errors import ConfigError, OutputError
from tenor.evaluation.evaluation import Evaluation
from tenor.experiments import run_files
from tenor.experiments.machine import peak_memory_mib
from tenor.files import atomic_file
from tenor.model import Model
from tenor.report import plots
from tenor.training.checkpoint import Progress, Row
from tenor.training.loop import History
from tenor.training.runtime import Runtime
from tenor.training.trackers import Tracking

if TYPE_CHECKING:
    from tenor.experiments.beside_teacher import BesideTeacher
    from tenor.experiments.watching import Warned

CONFIG, HISTORY, METRICS = run_files.CONFIG, run_files.HISTORY, run_files.METRICS
REPORT, PAGE, MODEL = run_files.REPORT, run_files.PAGE, "model"
CURVES, CONFUSION, CHECKPOINT = "curves.png", "confusion.png", "checkpoint.safetensors"


@dataclass(frozen=True)
class Run:
    """A finished training run; `path` is its folder, or None if it was not asked for."""

    path: Path | None
    config: ClassificationConfig
    model: Model
    history: History
    evaluations: dict[str, Evaluation]
    beside_teacher: "BesideTeacher | None" = None  # of a run in a folder that had a teacher


# What runs have folders: configuration -> the command that starts them.
_COMMANDS: Mapping[type, str] = {
    ClassificationConfig: "tenor train",
    LanguageModelConfig: "tenor pretrain",
    ForecastConfig: "tenor forecast",
}
RunConfig = ClassificationConfig | LanguageModelConfig | ForecastConfig
_Config = TypeVar("_Config", bound=RunConfig)


@dataclass
class RunFolder:
    """A run folder while its run goes on."""

    path: Path
    config: RunConfig
    resumes: bool
    replaces: bool
    started: float
    begun: bool = False
    tracking: Tracking = field(default_factory=lambda: Tracking(()))

    @classmethod
    def open(cls, path: Path, config: RunConfig, *, resume: bool, force: bool) -> "RunFolder":
        """Refuse a folder that must not be written; nothing is written yet."""
        there = path.exists() and (not path.is_dir() or any(path.iterdir()))
        resumes = resume and (path / CHECKPOINT).is_file()
        if resume:
            _same_config(path, config)
        elif there:
            if not force:
                raise OutputError(
                    f"{path} exists already; go on with its run (--resume), replace it (--force), "
                    "or name another folder"
                )
            if not (path / CONFIG).is_file():
                raise OutputError(
                    f"{path} holds no Tenor run, so --force will not replace it; name another folder"
                )
        tracking = Tracking(config.training.track)
        return cls(path, config, resumes, there and not resume, time.monotonic(), tracking=tracking)

    def begin(self) -> None:
        """Make the folder. Only now that nothing stands in the way of training, an older run goes."""
        if self.begun:
            return
        if self.replaces:
            shutil.rmtree(self.path)
        self.write(CONFIG, _yaml(self.config))
        self.begun = True

    @property
    def checkpoint(self) -> Path:
        """The file with the state for --resume; of several networks that of the first."""
        return self.path / CHECKPOINT

    def checkpoint_of(self, number: int) -> Path:
        """Return the same of a network among several, from 0."""
        return (
            self.checkpoint.with_stem(f"{self.checkpoint.stem}-{number + 1}") if number else self.checkpoint
        )

    def forget(self) -> None:
        """Remove the state of every network; the run cannot be resumed any more."""
        for file in self.path.glob(f"{self.checkpoint.stem}*{self.checkpoint.suffix}"):
            file.unlink(missing_ok=True)

    def kept(self) -> str:
        """Say what an interrupted run left and how to go on."""
        if not self.begun:
            return f"interrupted before training began; {self.path} is as it was"
        command = f"{_COMMANDS[type(self.config)]} --out {self.path} --resume"
        if self.checkpoint.is_file():
            return f"interrupted; the last checkpoint is kept, go on with: {command}"
        return f"interrupted before the first checkpoint; start again with: {command}"

    def recording(self, watcher: "Warned") -> "Warned":
        """Return a watcher that also writes history.csv after every epoch, and tells the trackers."""
        return _Recorder(self, watcher)

    def finish(self, run: Run, *, runtime: Runtime, report: Mapping[str, Any]) -> None:
        """Write model, figures, pictures and page; `report` is what `report_values` makes."""
        run.model.save(self.path / MODEL)
        self.write_history(run.history.rows)
        plots.curves(run.history.rows, self.path / CURVES, run.history.best_epoch)
        shown = run.evaluations.get("test") or run.evaluations.get("validation")
        if shown is not None:
            plots.confusion(shown.confusion, shown.classes, self.path / CONFUSION)
        metrics = {
            **{split: evaluation.to_json() for split, evaluation in run.evaluations.items()},
            **self.cost(run.history, runtime),
        }
        self.write(METRICS, json.dumps(metrics, indent=1, allow_nan=False))
        self.write(REPORT, json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
        self.write(PAGE, run_files.page_of_run(self.path))
        self.tracking.end(_last_figures(run))

    def finish_beside(self, found: "BesideTeacher | None") -> None:
        """Write how the model, which is there by now, does beside its teacher, and the page anew."""
        if found is None:
            return
        self.write(run_files.TEACHER, json.dumps(found.to_json(), indent=1, allow_nan=False))
        self.write(PAGE, run_files.page_of_run(self.path))

    def cost(self, history: History, runtime: Runtime) -> dict[str, Any]:
        """Return where the run was computed, and what it took."""
        return {
            "runtime": asdict(runtime),
            "epochs": len(history.rows),
            "best_epoch": history.best_epoch,
            "training_seconds": sum(row["seconds"] for row in history.rows),
            "wall_seconds": time.monotonic() - self.started,
            "peak_memory_mib": peak_memory_mib(),
        }

    def write_history(self, history: Sequence[Row]) -> None:
        """Write history.csv anew."""
        with atomic_file(self.path / HISTORY) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(history[0]) if history else [])
            writer.writeheader()
            writer.writerows(history)

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder whole."""
        with atomic_file(self.path / name) as temporary:
            temporary.write_text(text, "utf-8")


def _last_figures(run: Run) -> dict[str, float]:
    """Return what a tracker is told at the end, such as test/accuracy."""
    found = {
        f"{split}/{name}": figure.value
        for split, evaluation in run.evaluations.items()
        for name, figure in evaluation.metrics.items()
        if figure is not None
    }
    return {**found, "best_epoch": float(run.history.best_epoch)}


def stored_config(path: Path) -> ClassificationConfig:
    """Return the configuration of the classifier's run in `path`."""
    return stored_as(ClassificationConfig, path)


def stored_as(kind: type[_Config], path: Path) -> _Config:
    """Return the configuration of the run in `path`, of that kind."""
    if not (path / CONFIG).is_file():
        raise OutputError(f"{path} holds no run to resume; start one with: {_COMMANDS[kind]} --out {path}")
    values = read(str(path / CONFIG))
    for other, command in _COMMANDS.items():
        if other is not kind and set(values) == {field.name for field in fields(other)}:
            raise OutputError(f"{path} holds a run of {command}; go on with it by: {command} --resume")
    return parse_as(kind, values)


class _Recorder:
    """Hands everything on to another watcher, and writes the history as it grows."""

    def __init__(self, folder: RunFolder, watcher: "Warned") -> None:
        self._folder = folder
        self._watcher = watcher
        self._history: list[Row] = []
        self._tracked = False

    def warning(self, text: str) -> None:
        self._watcher.warning(text)

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        self._watcher.start(epochs=epochs, texts=texts, runtime=runtime, history=history)
        folder = self._folder
        if self._tracked:  # a later network of several, whose history is that of all so far
            for row in history[len(self._history) :]:
                folder.tracking.epoch(row)
        else:
            folder.tracking.begin(to_values(folder.config), folder.path, history, self._watcher.warning)
        self._tracked = True
        self._history = list(history)

    def step(self, progress: Progress) -> None:
        self._watcher.step(progress)

    def epoch(self, row: Row, *, best: bool) -> None:
        self._history.append(row)
        self._folder.write_history(self._history)
        self._folder.tracking.epoch(row)
        self._watcher.epoch(row, best=best)


def decisive(config: RunConfig) -> Values:
    """Return the settings that a resumed run must share with the one it goes on with.

    Its trackers are none of them.
    """
    values = deciding(to_values(config))
    del values["training"]["track"]
    return values


def _same_config(path: Path, config: RunConfig) -> None:
    stored = decisive(stored_as(type(config), path))
    given = decisive(config)
    for section in sorted(given.keys() | stored.keys()):
        if given.get(section) != stored.get(section):
            raise ConfigError(
                f"{path} was started with other settings ({section}); resume it without naming any, "
                "or start anew with --force"
            )


def _yaml(config: RunConfig) -> str:
    import yaml

    return yaml.safe_dump(to_values(config), sort_keys=False, allow_unicode=True)
