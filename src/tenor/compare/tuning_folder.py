"""The folder of a search over settings.

config.yaml     what every trial shares
search.yaml     what is searched; `tenor tune --search` takes it
tuning.json     how long the search goes on, and the hash of its data
study.db        the study (SQLite), for --resume
trials.csv      one row a trial
trials.json     the same with the best trial and the share of each setting
best.yaml       the best recipe; `tenor train --config` takes it
history.png     figures of the trials and the best so far
importance.png  which settings mattered, where enough trials were run to say
report.html     the page
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tenor.compare.study import Study, Trial
from tenor.compare.work import data_fingerprint
from tenor.config.classification import ClassificationConfig
from tenor.config.load import merge, nested, parse, read, to_values
from tenor.config.tuning import TuningConfig
from tenor.data.example import Dataset
from tenor.errors import ConfigError, OutputError, TrainingError
from tenor.experiments.run import decisive
from tenor.files import atomic_file
from tenor.report import tuning as pictures
from tenor.report.tuning_page import tuning_page

CONFIG, SEARCH, PLAN, STUDY, BEST = "config.yaml", "search.yaml", "tuning.json", "study.db", "best.yaml"
TRIALS, TABLE, HISTORY, IMPORTANCE = "trials.json", "trials.csv", "history.png", "importance.png"
PAGE = "report.html"


@dataclass(frozen=True)
class Tuned:
    """A finished search; `config` is the best recipe."""

    path: Path
    measure: str  # what figures are: validation accuracy or validation loss
    trials: tuple[Trial, ...]
    best: Trial
    config: ClassificationConfig
    importance: Mapping[str, float]  # setting -> share of the figure's variance; empty where it is not known

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "path": str(self.path),
            "measure": self.measure,
            "best": self.best.to_json(),
            "importance": dict(self.importance),
            "trials": [trial.to_json() for trial in self.trials],
        }


@dataclass(frozen=True)
class Plan:
    """What a search is: what all trials share, what differs, and how long it goes on."""

    config: ClassificationConfig
    search: Mapping[str, Any]  # as `config.tuning.search_space` reads it
    tuning: TuningConfig

    @classmethod
    def stored(cls, path: Path) -> "Plan":
        """Return the plan of the search in `path`."""
        if not (path / PLAN).is_file():
            raise OutputError(
                f"{path} holds no search to resume; start one with: tenor tune DATA --out {path}"
            )
        config = parse(read(str(path / CONFIG)))
        return cls(config, read(str(path / SEARCH)), TuningConfig(**_plan(path)["tuning"]))


def refuse(path: Path, plan: Plan, *, resume: bool, force: bool) -> None:
    """Refuse a folder that must not be written; nothing is written yet."""
    if resume:
        stored = Plan.stored(path)
        for name, given, kept in (
            ("other settings", decisive(plan.config), decisive(stored.config)),
            ("another search space", dict(plan.search), dict(stored.search)),
        ):
            if given != kept:
                raise ConfigError(
                    f"{path} was started with {name}; resume it without naming any, "
                    "or start anew with --force"
                )
    elif path.exists() and (not path.is_dir() or any(path.iterdir())):
        if not force:
            raise OutputError(
                f"{path} exists already; go on with its search (--resume), replace it (--force), "
                "or name another folder"
            )
        if not (path / PLAN).is_file():
            raise OutputError(f"{path} holds no search, so --force will not replace it; name another folder")


def refuse_other_data(path: Path, dataset: Dataset, *, resume: bool) -> None:
    """Refuse to go on with other texts or labels than those the search began with."""
    if resume and _plan(path)["data"] != data_fingerprint(dataset):
        raise TrainingError(
            f"the search in {path} was started with other data; resume with that, or start anew with --force"
        )


def write_plan(path: Path, plan: Plan, dataset: Dataset) -> None:
    """Write what the search is; a resumed one may have been given more time."""
    _write(path / CONFIG, _yaml(to_values(plan.config)))
    _write(path / SEARCH, _yaml(plan.search))
    _write(
        path / PLAN, json.dumps({"tuning": asdict(plan.tuning), "data": data_fingerprint(dataset)}, indent=1)
    )


def _plan(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((path / PLAN).read_text("utf-8"))
    return found


def _tuned(path: Path, plan: Plan, study: Study, importance: Mapping[str, float]) -> Tuned | None:
    trials, best = study.trials(), study.best()
    if best is None:
        return None
    measure = f"validation {plan.config.training.monitor}"
    values = merge(to_values(plan.config), nested(best.settings))
    values["description"] = (
        f"best of {len(trials)} trials (number {best.number}): {measure} {best.figure:.4f}"
    )
    return Tuned(path, measure, trials, best, parse(values), importance)


def write_trials(path: Path, plan: Plan, study: Study, importance: Mapping[str, float] | None = None) -> None:
    """Write what is known after a trial, so that whoever stops here has it."""
    trials = study.trials()
    tuned = _tuned(path, plan, study, importance or {})
    if tuned is not None:
        _write(path / BEST, _yaml(to_values(tuned.config)))
        _write(path / TRIALS, json.dumps(tuned.to_json(), indent=1, allow_nan=False))
    with atomic_file(path / TABLE) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        names = list(dict.fromkeys(name for trial in trials for name in trial.settings))
        lines = csv.writer(file)
        lines.writerow(["number", "state", "figure", "epochs", "seconds", *names, "reason"])
        for trial in trials:
            figure = "" if trial.figure is None else trial.figure
            settings = [_cell(trial.settings.get(name)) for name in names]
            lines.writerow(
                [trial.number, trial.state, figure, trial.epochs, trial.seconds, *settings, trial.reason]
            )


def finish(path: Path, plan: Plan, study: Study) -> Tuned:
    """Write everything, pictures as well, and return it."""
    importance = study.importance()
    write_trials(path, plan, study, importance)
    tuned = _tuned(path, plan, study, importance)
    if tuned is None:
        trials = study.trials()
        raise TrainingError(
            f"none of {len(trials)} trials came to an end; the last: {trials[-1].reason}; see {path / TABLE}"
        )
    rows = [trial.to_json() for trial in tuned.trials]
    pictures.history(rows, path / HISTORY, measure=tuned.measure, highest=study.highest)
    if importance:
        pictures.importance(importance, path / IMPORTANCE, measure=tuned.measure)
    _write(path / PAGE, tuning_page(tuned.to_json(), recipe=str(path / BEST)))
    return tuned


def _cell(value: object) -> object:
    return json.dumps(value) if isinstance(value, list | bool) or value is None else value


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(text, "utf-8")


def _yaml(values: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True)
