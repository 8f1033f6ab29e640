"""Training all networks of a model one after the other, as one run with one history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tenor.config.classification import ClassificationConfig
from tenor.experiments.member import Given, Member, fit_member
from tenor.experiments.run import RunFolder
from tenor.experiments.teaching import ANSWERS
from tenor.experiments.training_run import Keeping, recorded
from tenor.experiments.watching import Expecting, Warned, Watcher
from tenor.training.checkpoint import Progress, Row
from tenor.training.loop import History
from tenor.training.runtime import Runtime


@dataclass(frozen=True)
class Members:
    """Trained networks, and the history of all."""

    members: tuple[Member, ...]
    history: History  # of several networks: rows as `OfMember` numbers them, and the best epoch of the best

    @property
    def runtime(self) -> Runtime:
        """Where they were trained."""
        return self.members[0].runtime


def parts_of(config: ClassificationConfig) -> int:
    """Return how many parts of a model are trained: networks, and n-grams."""
    return config.ensemble.members + config.ensemble.ngrams.use


def fit_members(
    given: Given, config: ClassificationConfig, *, folder: RunFolder | None, watcher: Watcher
) -> Members:
    """Train `config.ensemble.members` networks with consecutive seeds.

    Each has a checkpoint of its own, which stays in the run folder: networks that were finished when a run
    was stopped are read from there. The first decides where all are trained.
    """
    observer = recorded(folder, watcher)
    begin = partial(_begin, folder, given)
    expecting = partial(_expecting, watcher, config) if isinstance(watcher, Expecting) else None
    count, parts = config.ensemble.members, parts_of(config)
    members: list[Member] = []
    rows: list[Row] = []
    for number in range(count):
        if parts > 1:
            name = f"network {number + 1} of {count}" if count > 1 else "network"
            watcher.part(name, number=parts - count + number + 1, parts=parts)
        own: Warned = OfMember(observer, number + 1, rows) if count > 1 else observer
        member = fit_member(
            given,
            member_config(config, number),
            observer=own,
            expecting=expecting if number == 0 else None,
            keeping=None if folder is None else Keeping(folder.checkpoint_of(number), folder.resumes, begin),
            runtime=members[0].runtime if members else None,
        )
        members.append(member)
        rows += numbered(member.history.rows, number + 1, rows) if count > 1 else member.history.rows
    return Members(tuple(members), History(tuple(rows), _best(members, config)))


def _expecting(watcher: Expecting, config: ClassificationConfig, seconds: Callable[[], float]) -> None:
    """Tell the time of all networks by that of the first."""
    watcher.expecting(lambda: config.ensemble.members * seconds())


def _begin(folder: RunFolder | None, given: Given) -> None:
    """Make the folder, once, and keep in it what a teacher said: who goes on does not ask it again."""
    if folder is None or folder.begun:
        return
    folder.begin()
    if given.lesson is not None:
        given.lesson.answers.save(folder.path / ANSWERS)


def member_config(config: ClassificationConfig, number: int) -> ClassificationConfig:
    """Return the configuration of a member, from 0: its seed, and its share of the time."""
    count, training = config.ensemble.members, config.training
    minutes = None if training.minutes is None else training.minutes / count
    return replace(config, training=replace(training, seed=training.seed + number, minutes=minutes))


def numbered(rows: Sequence[Row], number: int, before: Sequence[Row]) -> list[Row]:
    """Return the rows of a member with its number, from 1; epochs are counted on over all members."""
    return [{"member": number, **row, "epoch": len(before) + row["epoch"]} for row in rows]


class OfMember:
    """Hands on what one of several networks reports: its rows `numbered`, behind those of the ones before."""

    def __init__(self, observer: Warned, number: int, before: Sequence[Row]) -> None:
        self._observer = observer
        self._number = number
        self._before = list(before)

    def warning(self, text: str) -> None:
        """Hand on."""
        self._observer.warning(text)

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        """Hand on, with the history of all so far."""
        rows = [*self._before, *numbered(history, self._number, self._before)]
        self._observer.start(epochs=epochs, texts=texts, runtime=runtime, history=rows)

    def step(self, progress: Progress) -> None:
        """Hand on."""
        self._observer.step(progress)

    def epoch(self, row: Row, *, best: bool) -> None:
        """Hand on; `best` is of this network's epochs."""
        self._observer.epoch(*numbered([row], self._number, self._before), best=best)


def _best(members: Sequence[Member], config: ClassificationConfig) -> int:
    """Return the best epoch of the member that validation found best, or of the first, counted over all."""
    monitor = config.training.monitor
    sign = 1.0 if monitor == "accuracy" else -1.0
    before, found = 0, []
    for member in members:
        best = member.history.best_epoch
        figure = member.history.rows[best - 1].get(f"validation_{monitor}", 0.0)
        found.append((sign * figure, before + best))
        before += len(member.history.rows)
    return max(found, key=lambda one: one[0])[1]
