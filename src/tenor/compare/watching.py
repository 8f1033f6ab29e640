"""Whoever watches the training of a cell: for the share that is done, or for its speed."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tenor.compare.cells import Cell
from tenor.data.example import Dataset

if TYPE_CHECKING:
    from tenor.evaluation.data_report import DataReport
    from tenor.text.vectors import Vectors
    from tenor.training.checkpoint import Progress, Row
    from tenor.training.runtime import Runtime

Share = Callable[[float], None]


class Enough(Exception):  # noqa: N818 - nothing went wrong
    """Training has been watched for long enough."""


class Shares:
    """Tells how much of a cell's training is done."""

    def __init__(self, cell: Cell, share: Share) -> None:
        self._training = cell.config.training
        self._share = share
        self._texts = 1
        self._before = 0.0  # seconds of the epochs before this one
        self._earlier = 0.0  # of which of networks before this one
        self._done, self._parts = 0, 1
        self._members = cell.config.ensemble.members

    def data(self, dataset: Dataset, report: "DataReport", vectors: "Vectors | None") -> None:
        """Ignore."""

    def part(self, name: str, *, number: int, parts: int) -> None:
        """Note which of several parts is trained; all count the same."""
        self._done, self._parts = number - 1, parts
        self._earlier = self._before

    def warning(self, text: str) -> None:
        """Write it where the worker's messages go."""
        print(text, file=sys.stderr)  # noqa: T201

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Note how long an epoch is."""
        self._texts = texts
        self._before = sum(row["seconds"] for row in history)

    def step(self, progress: "Progress") -> None:
        """Tell the share of the epochs, or of the time, whichever is larger."""
        epochs = (progress.epoch + progress.texts / self._texts) / self._training.epochs
        limit = self._training.minutes
        spent = self._before - self._earlier + progress.seconds
        time_share = spent * self._members / (60 * limit) if limit else 0.0
        self._share((self._done + min(1.0, max(epochs, time_share))) / self._parts)

    def epoch(self, row: "Row", *, best: bool) -> None:
        """Count its time."""
        self._before += row["seconds"]


class Stopwatch:
    """Measures the speed of training, and ends it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._first: tuple[int, float] | None = None
        self.texts_per_second = 0.0

    def data(self, dataset: Dataset, report: "DataReport", vectors: "Vectors | None") -> None:
        """Ignore."""

    def part(self, name: str, *, number: int, parts: int) -> None:
        """Ignore."""

    def warning(self, text: str) -> None:
        """Ignore."""

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Ignore."""

    def step(self, progress: "Progress") -> None:
        """Take the time from the first step's end on, which loads and compiles."""
        if self._first is None:
            self._first = progress.texts, progress.seconds
            return
        texts, seconds = progress.texts - self._first[0], progress.seconds - self._first[1]
        self.texts_per_second = texts / max(seconds, 1e-9)
        if seconds > self._seconds:
            raise Enough

    def epoch(self, row: "Row", *, best: bool) -> None:
        """One epoch is enough."""
        if self.texts_per_second:
            raise Enough
        self.texts_per_second = row["texts_per_second"]
