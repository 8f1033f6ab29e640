"""`Study`: the trials of a search over settings, kept in a file that outlives whoever runs them.

The file is SQLite: each step is a transaction, so a killed process leaves neither half a line nor a stale
lock, which Optuna's journal file can. Trials that were stopped from outside do not count.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from tenor.config.training import TrainingConfig
from tenor.config.tuning import Choices, Dimension, Numbers, TuningConfig, Value
from tenor.errors import MissingExtraError, StorageError

if TYPE_CHECKING:
    import optuna

_NAME = "tenor"
_REASON, _EPOCHS, _SECONDS = "reason", "epochs", "seconds"
_KILLED = "its process was killed twice in the middle of it, as the system does when memory runs out"
_LEAST_FOR_IMPORTANCE = 8  # complete trials; of fewer the figures would be chance

State = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True)
class Trial:
    """One trial that counts."""

    number: int  # from 1, in the order they were run
    state: State
    figure: float | None  # validation figure of its best epoch
    settings: Mapping[str, Any]
    epochs: int
    seconds: float
    reason: str = ""  # why it was given up or failed

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)


@dataclass
class Outcome:
    """What came of a trial so far."""

    figure: float | None = None
    epochs: int = 0
    seconds: float = 0.0


class Pruned(Exception):  # noqa: N818 - a decision, not a fault
    """The trial is given up; the message says why."""


class Study:
    """Asks for settings and is told what came of them.

    The sampler starts from the seed and the number of the trial, so a study that was stopped goes on as
    if it had not been.
    """

    def __init__(
        self, path: Path, space: Mapping[str, Dimension], training: TrainingConfig, tuning: TuningConfig
    ) -> None:
        try:
            import optuna
            from sqlalchemy.engine import URL
        except ImportError as error:
            raise MissingExtraError("optuna", "tune") from error

        self._path = path
        self._space = space
        self._seed = training.seed
        self._tuning = tuning
        self.highest = training.monitor == "accuracy"
        self._running: optuna.Trial | None = None
        with self._kept():
            url = URL.create("sqlite", database=str(path)).render_as_string()
            self._storage = optuna.storages.RDBStorage(url)
            self._study = optuna.create_study(
                storage=self._storage,
                study_name=_NAME,
                direction="maximize" if self.highest else "minimize",
                load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(
                    n_startup_trials=tuning.pruning_trials, n_warmup_steps=tuning.pruning_epochs
                ),
            )
            self._end_killed()

    def _end_killed(self) -> None:
        """End trials whose process was killed; the same settings killed twice count as failed.

        Otherwise a trial that takes more memory than there is would be drawn again for ever.
        """
        import optuna

        states = optuna.trial.TrialState
        found = self._study.get_trials(deepcopy=False)
        before = [one.params for one in found if _stopped(one)]
        for left in (one for one in found if one.state is states.RUNNING):
            if left.params in before:
                self._storage.set_trial_user_attr(left._trial_id, _REASON, _KILLED)
            self._study.tell(left.number, state=states.FAIL)

    def close(self) -> None:
        """Close the file."""
        self._storage.remove_session()
        self._storage.engine.dispose()

    def trials(self) -> tuple[Trial, ...]:
        """Return the trials that count: finished, pruned, or failed by themselves."""
        with self._kept():
            found = self._study.get_trials(deepcopy=False)
        counted = (one for one in found if (one.state.is_finished() and not _stopped(one)))
        return tuple(self._trial(number, one) for number, one in enumerate(counted, start=1))

    def best(self) -> Trial | None:
        """Return the best complete trial, the earliest among equals."""
        complete = [trial for trial in self.trials() if trial.state == "complete"]
        sign = -1.0 if self.highest else 1.0
        return min(complete, key=lambda trial: sign * cast(float, trial.figure), default=None)

    def ask(self, start: Mapping[str, object]) -> dict[str, Any]:
        """Begin a trial and return its settings; the first one has those of `start` that the space holds."""
        import optuna

        with self._kept():
            number = len(self.trials())
            if number == 0 and not self._study.get_trials(states=(optuna.trial.TrialState.WAITING,)):
                self._study.enqueue_trial(
                    {
                        key: _label(dimension, start[key])
                        for key, dimension in self._space.items()
                        if dimension.holds(start[key])
                    }
                )
            self._study.sampler = optuna.samplers.TPESampler(
                seed=(self._seed * 1_000_003 + number) % 2**32,
                n_startup_trials=self._tuning.random_trials,
            )
            self._running = trial = self._study.ask()
            return {key: _suggest(trial, key, dimension) for key, dimension in self._space.items()}

    def report(self, epoch: int, figure: float) -> bool:
        """Note the figure of an epoch; return whether the trial is worse than half of those before it."""
        assert self._running is not None  # noqa: S101 - ask comes first
        with self._kept():
            self._running.report(figure, epoch)
            return self._running.should_prune()

    def tell(self, state: State | None, outcome: Outcome, reason: str = "") -> None:
        """End the trial; None for one that was stopped from outside and does not count."""
        import optuna

        trial, self._running = self._running, None
        if trial is None:
            return
        with self._kept():
            if state is None:
                self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
                return
            attributes = {_EPOCHS: outcome.epochs, _SECONDS: outcome.seconds, _REASON: reason}
            for name, value in attributes.items():
                trial.set_user_attr(name, value)
            if state == "complete":
                self._study.tell(trial, outcome.figure)
            else:
                states = optuna.trial.TrialState
                self._study.tell(trial, state=states.PRUNED if state == "pruned" else states.FAIL)

    def importance(self) -> dict[str, float]:
        """Return the share of each setting in the variance of the figure, largest first.

        After Hutter et al. 2014 (fANOVA). Nothing where there are too few complete trials, and without
        scikit-learn.
        """
        import importlib.util

        import optuna

        complete = [trial for trial in self.trials() if trial.state == "complete"]
        alike = len({trial.figure for trial in complete}) < 2
        if len(complete) < _LEAST_FOR_IMPORTANCE or alike or importlib.util.find_spec("sklearn") is None:
            return {}
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=self._seed % 2**32)
        with self._kept():
            found = optuna.importance.get_param_importances(self._study, evaluator=evaluator)
        return {name: float(share) for name, share in found.items()}

    def _trial(self, number: int, found: "optuna.trial.FrozenTrial") -> Trial:
        figures = found.intermediate_values.values()
        best = (max if self.highest else min)(figures, default=None)
        attributes = found.user_attrs
        return Trial(
            number,
            cast(State, {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}[found.state.name]),
            found.value if found.state.name == "COMPLETE" else best,
            {key: _value(self._space[key], label) for key, label in found.params.items()},
            int(attributes.get(_EPOCHS, 0)),
            float(attributes.get(_SECONDS, 0.0)),
            str(attributes.get(_REASON, "")),
        )

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """Say in one line what is wrong with the file, and keep Optuna's own notes off the screen."""
        import optuna
        import sqlalchemy

        level = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            yield
        except (optuna.exceptions.StorageInternalError, sqlalchemy.exc.SQLAlchemyError) as error:
            cause = error.__cause__ if isinstance(error, optuna.exceptions.StorageInternalError) else error
            reason = str(getattr(cause, "orig", None) or cause or error).partition("\n")[0]
            raise StorageError(
                f"the study in {self._path} cannot be read or written ({reason}); "
                "free some space, or start anew with --force"
            ) from error
        finally:
            optuna.logging.set_verbosity(level)


def _stopped(trial: "optuna.trial.FrozenTrial") -> bool:
    return trial.state.name == "FAIL" and _REASON not in trial.user_attrs


def _suggest(trial: "optuna.Trial", key: str, dimension: Dimension) -> object:
    if isinstance(dimension, Choices):
        return dimension.values[trial.suggest_categorical(key, list(dimension.values))]
    suggest: Callable[..., float] = trial.suggest_int if dimension.whole else trial.suggest_float
    return suggest(key, dimension.low, dimension.high, log=dimension.log)


def _value(dimension: Dimension, label: Value) -> object:
    return dimension.values[label] if isinstance(dimension, Choices) else label


def _label(dimension: Dimension, value: object) -> object:
    if isinstance(dimension, Numbers):
        return value
    # True is not the choice 1.
    return next(label for label, one in dimension.values.items() if one == value and type(one) is type(value))
