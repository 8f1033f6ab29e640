"""Whoever watches an experiment; and watchers that say nothing, or a line an epoch."""

import warnings
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from tenor.data.example import Dataset
from tenor.evaluation.data_report import DataReport
from tenor.text.vectors import Vectors
from tenor.training.checkpoint import Row
from tenor.training.loop import Observer, Silent
from tenor.training.runtime import Runtime


class Warned(Observer, Protocol):
    """An observer of training that is told what went wrong beside it."""

    def warning(self, text: str) -> None:
        """Something went wrong that does not stop training."""
        ...


class Watcher(Warned, Protocol):
    """An observer of a classifier's training that is also shown the data before it starts."""

    def data(self, dataset: Dataset, report: DataReport, vectors: Vectors | None) -> None:
        """The data is read, the vocabulary made."""
        ...

    def part(self, name: str, *, number: int, parts: int) -> None:
        """The training of one of several parts begins, such as "network 2 of 5"; `number` counts from 1."""
        ...


@runtime_checkable
class Expecting(Protocol):
    """A watcher that may want to know how long training will take."""

    def expecting(self, seconds: Callable[[], float]) -> None:
        """Training is about to start, anew: calling `seconds` finds out about how long it will take.

        That costs a few of its steps and changes nothing, so it is for whoever wants to know.
        """
        ...


class SilentWarned(Silent):
    """Watches nothing, and warns as Python does."""

    def warning(self, text: str) -> None:
        """Warn as Python does."""
        warnings.warn(text, RuntimeWarning, stacklevel=2)


class SilentWatcher(SilentWarned):
    """Watches nothing."""

    def data(self, dataset: Dataset, report: DataReport, vectors: Vectors | None) -> None:
        """Ignore."""

    def part(self, name: str, *, number: int, parts: int) -> None:
        """Ignore."""


class EpochLines(SilentWatcher):
    """Prints one line an epoch."""

    def start(self, *, epochs: int, texts: int, runtime: Runtime, history: Sequence[Row]) -> None:
        """Print what is trained on."""
        print(f"{texts} texts, {runtime}")  # noqa: T201 - what it is for

    def epoch(self, row: Row, *, best: bool) -> None:
        """Print its figures."""
        figures = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
        print(f"{figures}{', best' if best else ''}", flush=True)  # noqa: T201
