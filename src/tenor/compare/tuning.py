"""`tune`: search settings with Optuna, judged by the validation split alone."""

import math
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from tenor.compare import tuning_folder
from tenor.compare.study import Outcome, Pruned, Study, Trial
from tenor.compare.tuning_folder import Plan, Tuned
from tenor.compare.work import without_test
from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import at, nested
from tenor.config.load import merge, parse, to_values
from tenor.config.tuning import DEFAULT_TRIALS, Dimension, search_space
from tenor.data import load as data_load
from tenor.data.example import Dataset
from tenor.errors import ConfigError, DataError, Interrupted, StorageError, TrainingError
from tenor.evaluation.data_report import DataReport
from tenor.experiments.classification import fit
from tenor.experiments.preparing import Prepared, Sections, prepare, sections_of
from tenor.experiments.settling import decided_by_source, settled
from tenor.experiments.watching import SilentWatcher, Watcher
from tenor.text.vectors import Vectors
from tenor.training.checkpoint import Progress, Row
from tenor.training.runtime import Runtime

_MOST_PREPARED = 4  # text configurations whose ids are kept
_HOPELESS = 5  # failures, and nothing else yet, after which a search ends


class TuningWatcher(Watcher, Protocol):
    """A watcher of training that also sees trials begin and end."""

    def trial(self, number: int, settings: Mapping[str, Any], *, trials: int | None) -> None:
        """A trial begins, of so many at most."""
        ...

    def tried(self, trial: Trial, *, best: bool) -> None:
        """A trial is over; `best` if it is the best so far."""
        ...


class SilentTuningWatcher(SilentWatcher):
    """Watches nothing."""

    def trial(self, number: int, settings: Mapping[str, Any], *, trials: int | None) -> None:
        """Ignore."""

    def tried(self, trial: Trial, *, best: bool) -> None:
        """Ignore."""


def tune(
    plan: Plan,
    *,
    out: Path,
    dataset: Dataset | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: TuningWatcher | None = None,
) -> Tuned:
    """Run trials until there are enough or time is up; return and save the best recipe.

    The test split is dropped before the first trial, so that nothing is chosen by it. A trial that fails
    is recorded with its reason. `resume` goes on with the search in `out`: stopped and resumed gives the
    trials of one that was never stopped, given a fixed precision and no budget in time.

    Raises:
        ConfigError: the space holds a setting that what training starts from decides.
        OutputError: `out` holds something already, or nothing to resume.
        DataError: there is no validation split.
        TrainingError: no trial came to an end.
        Interrupted: the user pressed Ctrl-C; the trials before are kept.
    """
    space = search_space(plan.search, plan.config)
    _refuse_decided(space, plan.config)
    if plan.config.unlabelled.sources:
        # Trials do not see the test split, so that its texts could not be left out of the unlabelled ones.
        raise ConfigError(
            "a search does not read unlabelled texts; leave out unlabelled.sources, and train the recipe it "
            "finds with --unlabelled"
        )
    tuning_folder.refuse(out, plan, resume=resume, force=force)
    begun = resume
    try:
        found = _trainable(dataset or data_load.load(plan.config.data))
        tuning_folder.refuse_other_data(out, found, resume=resume)
        begun = True
        if not resume and out.exists():
            shutil.rmtree(out)
        tuning_folder.write_plan(out, plan, found)
        study = Study(out / tuning_folder.STUDY, space, plan.config.training, plan.tuning)
        try:
            search = _Search(out, plan, space, study, dataset=found, watcher=watcher or SilentTuningWatcher())
            search.run()
            return tuning_folder.finish(out, plan, study)
        finally:
            study.close()
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted; finished trials are kept, go on with: tenor tune --out {out} --resume"
            if begun
            else f"interrupted before the first trial; {out} is as it was"
        ) from None


def _refuse_decided(space: Mapping[str, Dimension], config: ClassificationConfig) -> None:
    """Every trial with another value of such a setting would fail."""
    source, decided = decided_by_source(config)
    if wrong := sorted(decided & space.keys()):
        raise ConfigError(
            f"{', '.join(wrong)} cannot be searched: {source} decides it; leave it out of the search, or "
            "leave out transfer.source"
        )


def _trainable(dataset: Dataset) -> Dataset:
    """Return the dataset without its test split; tuning must have a validation split."""
    if not dataset.split("validation"):
        raise DataError(
            f"{dataset.name} has no validation split to judge trials by; set data.validation_fraction above 0"
        )
    return without_test(dataset)


class _Search:
    """The loop over trials."""

    def __init__(
        self,
        path: Path,
        plan: Plan,
        space: Mapping[str, Dimension],
        study: Study,
        *,
        dataset: Dataset,
        watcher: TuningWatcher,
    ) -> None:
        self._path = path
        self._plan = plan
        self._study = study
        self._dataset = dataset
        self._watcher = watcher
        self._base = to_values(_shared(plan.config))
        self._start = {key: at(self._base, key) for key in space}
        self._prepared: dict[Sections, Prepared] = {}
        self._shows = True  # the data, once

    def run(self) -> None:
        """Run trials until there are enough or time is up."""
        tuning = self._plan.tuning
        most = tuning.trials or (DEFAULT_TRIALS if tuning.budget_seconds is None else None)
        if not any(key.startswith("text.") for key in self._start):
            self._read(settled(self._plan.config))  # what is wrong with the data is no trial's fault
        while True:
            done = self._study.trials()
            spent = sum(trial.seconds for trial in done)
            over = tuning.budget_seconds is not None and spent >= tuning.budget_seconds
            hopeless = len(done) >= _HOPELESS and all(trial.state == "failed" for trial in done)
            if over or hopeless or (most is not None and len(done) >= most):
                return
            self._trial(len(done) + 1, most, spent, last=self._study.best())
            tuning_folder.write_trials(self._path, self._plan, self._study)

    def _trial(self, number: int, most: int | None, spent: float, last: Trial | None) -> None:
        settings = self._study.ask(self._start)
        self._watcher.trial(number, settings, trials=most)
        budget = self._plan.tuning.budget_seconds
        # The first trial that comes to an end may take as long as it must: there shall be a recipe.
        left = budget - spent if budget is not None and last is not None else None
        follower = _Follower(self._study, self._watcher, self._plan.config.training.monitor, left)
        try:
            config = settled(parse(merge(self._base, nested(settings))))
            prepared = self._read(config)
            follower.shows, self._shows = self._shows, False
            follower.last_epoch = config.training.epochs * config.ensemble.members
            history = fit(self._dataset, config, prepared=prepared, watcher=follower).history
            outcome = follower.outcome()
            outcome.figure = history.rows[history.best_epoch - 1][follower.name]
            self._study.tell("complete", outcome)
        except Pruned as decision:
            self._study.tell("pruned", follower.outcome(), str(decision))
        except KeyboardInterrupt:
            self._study.tell(None, follower.outcome())
            raise
        except StorageError:
            raise
        except Exception as error:  # out of memory, a loss that is not finite: the next trial may do better
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            self._study.tell("failed", follower.outcome(), reason)
        best = self._study.best()
        self._watcher.tried(self._study.trials()[-1], best=best is not None and best.number == number)

    def _read(self, config: ClassificationConfig) -> Prepared:
        read = sections_of(config)
        if read not in self._prepared:
            if len(self._prepared) >= _MOST_PREPARED:
                del self._prepared[next(iter(self._prepared))]
            self._prepared[read] = prepare(self._dataset, *read)
        return self._prepared[read]


class _Follower:
    """Reports the epochs of a trial to the study, and stops it where it says so or time is up."""

    def __init__(self, study: Study, watcher: TuningWatcher, monitor: str, left: float | None) -> None:
        self.name = f"validation_{monitor}"
        self.last_epoch = 0
        self.shows = False  # whether this is the trial that shows the data
        self._study = study
        self._watcher = watcher
        self._left = left  # seconds
        self._started = time.monotonic()
        self._epochs = 0

    def outcome(self) -> Outcome:
        """Return what there is to tell so far."""
        return Outcome(None, self._epochs, time.monotonic() - self._started)

    def data(self, dataset: Dataset, report: DataReport, vectors: Vectors | None) -> None:
        if self.shows:
            self._watcher.data(dataset, report, vectors)

    def part(self, name: str, *, number: int, parts: int) -> None:
        self._watcher.part(name, number=number, parts=parts)

    def warning(self, text: str) -> None:
        self._watcher.warning(text)

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        self._watcher.start(epochs=epochs, texts=texts, runtime=runtime, history=history)

    def step(self, progress: Progress) -> None:
        self._watcher.step(progress)

    def epoch(self, row: Row, *, best: bool) -> None:
        self._epochs = int(row["epoch"])
        figure = row[self.name]
        if not math.isfinite(figure):
            raise TrainingError(f"{self.name} became {figure} in epoch {self._epochs}")
        worse = self._study.report(self._epochs, figure)
        self._watcher.epoch(row, best=best)
        if self._epochs == self.last_epoch:
            return
        if worse:
            raise Pruned(f"worse than half of the trials after epoch {self._epochs}")
        if self._left is not None and time.monotonic() - self._started >= self._left:
            raise Pruned("the budget was spent")


def _shared(config: ClassificationConfig) -> ClassificationConfig:
    """Return the settings of every trial: trials have no folder of their own to be tracked in."""
    return replace(config, training=replace(config.training, track=()))
