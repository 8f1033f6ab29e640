"""Progress bars on stderr: of a training run, and of rows on their way through a model."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.report.numbers import duration, percent

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID

    from tenor.data.example import Dataset
    from tenor.evaluation.data_report import DataReport
    from tenor.text.vectors import Vectors
    from tenor.training.checkpoint import Progress as TrainingProgress
    from tenor.training.checkpoint import Row
    from tenor.training.runtime import Runtime

_PER_SECOND = 5  # redraws


def bar(terminal: Terminal, *columns: "ProgressColumn") -> "Progress":
    """Return a bar on stderr that fills the line and leaves nothing behind."""
    from rich.progress import Progress

    return Progress(
        *columns, console=terminal.err, transient=True, expand=True, refresh_per_second=_PER_SECOND
    )


class Bar:
    """One bar on stderr, between two texts; without a terminal, and with --quiet, there is none."""

    def __init__(self, terminal: Terminal, *, timed: bool = False) -> None:
        self._terminal = terminal
        self._timed = timed
        self._shown: tuple[Progress, TaskID] | None = None

    def show(self, total: float, *, completed: float = 0, left: str = "", right: str = "") -> None:
        """Put it up, or let it begin anew."""
        if self._shown is not None:
            progress, task = self._shown
            progress.reset(task, total=total, completed=int(completed), left=left, right=right)
            return
        if self._terminal.quiet or not self._terminal.err.is_terminal:
            return
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

        progress = bar(
            self._terminal,
            TextColumn("{task.fields[left]}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[right]}"),
            *([TimeElapsedColumn()] if self._timed else []),
        )
        task = progress.add_task("", total=total, completed=int(completed), left=left, right=right)
        self._shown = progress, task
        progress.start()

    def update(
        self, completed: float | None = None, *, left: str | None = None, right: str | None = None
    ) -> None:
        """Move it, or change its texts."""
        if self._shown is None:
            return
        progress, task = self._shown
        texts = progress.tasks[0].fields
        progress.update(
            task,
            completed=completed,
            left=texts["left"] if left is None else left,
            right=texts["right"] if right is None else right,
        )

    def close(self) -> None:
        """Take it away; what was printed meanwhile stays."""
        if self._shown is not None:
            self._shown[0].stop()
            self._shown = None


class TrainingView:
    """A watcher of a training run: the data, a bar for the epoch under way, a line for each that is done.

    With `expects` it also says about how long training will take, which costs a few steps.
    """

    def __init__(self, terminal: Terminal, *, expects: bool = False) -> None:
        self.expected_seconds: float | None = None  # once that is known
        self._terminal = terminal
        self._expects = expects
        self._bar = Bar(terminal)
        self._epochs = 0
        self._texts = 0
        self._shown = 0  # lines of epochs
        self._part = ""

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        self._bar.close()

    def part(self, name: str, *, number: int, parts: int) -> None:
        """Print which of several parts is trained."""
        self._terminal.note(f"part {number} of {parts}: {name}")
        self._part = f"{name}, "

    def data(self, dataset: "Dataset", report: "DataReport", vectors: "Vectors | None") -> None:
        """Print the short data report, its warnings first."""
        show_report(self._terminal, report)
        if vectors is not None:
            self._terminal.note(f"word vectors for {percent(vectors.coverage)} of the vocabulary")

    def warning(self, text: str) -> None:
        """Print what went wrong beside training."""
        self._terminal.warning(text)

    def expecting(self, seconds: Callable[[], float]) -> None:
        """Find out and print how long training will take, if that is wanted."""
        if self._expects:
            self.expected_seconds = seconds()
            self._terminal.note(f"expected: about {duration(self.expected_seconds)} of training, or less")

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Print where it runs, and the epochs a resumed run has behind it."""
        self._epochs, self._texts = epochs, texts
        if not self._part or not self._shown:
            self._terminal.note(f"training on {runtime}")
            self._terminal.note()
            self._terminal.note(_HEADER)
        for row in history[self._shown :]:  # which of several networks is that of all so far
            self._terminal.note(_line(row, best=False))
        self._shown = len(history)
        self._bar.show(texts)

    def step(self, progress: "TrainingProgress") -> None:
        """Move the bar."""
        if not progress.texts:
            return
        speed = progress.texts / max(progress.seconds, 1e-9)
        left = (self._epochs - progress.epoch) * self._texts - progress.texts
        self._bar.update(
            progress.texts,
            left=f"{self._part}epoch {progress.epoch + 1}/{self._epochs}",
            right=(
                f"loss {progress.loss / progress.texts:.3f}  "
                f"accuracy {percent(progress.correct / progress.texts)}  "
                f"{speed:,.0f} texts/s  {duration(left / speed)} left"
            ),
        )

    def epoch(self, row: "Row", *, best: bool) -> None:
        """Print the line of an epoch."""
        self._shown += 1
        self._terminal.note(_line(row, best=best))


def show_report(terminal: Terminal, report: "DataReport") -> None:
    """Print the short form of a data report to stderr: what to look out for, then the figures."""
    from tenor.report import data_tables

    for sentence in report.warnings():
        terminal.warning(sentence)
    for sentence in report.notes:
        terminal.note(sentence)
    terminal.note(data_tables.headline(report))
    terminal.note()
    terminal.note(data_tables.splits(report))
    terminal.note()


_HEADER = "epoch     loss  accuracy  validation: loss  accuracy  texts/s    time"


def _line(row: "Row", *, best: bool) -> str:
    if "validation_loss" in row:
        validation = f"{row['validation_loss']:16.4f}  {percent(row['validation_accuracy']):>8}"
    else:
        validation = f"{'-':>16}  {'-':>8}"
    return (
        f"{row['epoch']:5.0f}  {row['train_loss']:7.4f}  {percent(row['train_accuracy']):>8}  {validation}  "
        f"{row['texts_per_second']:7,.0f}  {duration(row['seconds']):>8}{'  best' if best else ''}"
    )


@contextmanager
def counting(terminal: Terminal, noun: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many more of something are done, and shows count and speed."""
    if terminal.quiet or not terminal.err.is_terminal:
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.fields[shown]}"), TimeElapsedColumn())
    with Progress(*columns, console=terminal.err, transient=True, refresh_per_second=_PER_SECOND) as bar:
        task = bar.add_task("", total=None, shown=f"0 {noun}")

        def advance(more: int) -> None:
            bar.advance(task, more)
            done = bar.tasks[0].completed
            speed = done / max(bar.tasks[0].elapsed or 0.0, 1e-9)
            bar.update(task, shown=f"{done:,.0f} {noun}, {speed:,.0f} a second")

        yield advance


@contextmanager
def parts(terminal: Terminal) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Yield a function that begins a part of some work, so many things to do, and returns what counts them.

    Each part has a bar, with the time that is left.
    """
    if terminal.quiet or not terminal.err.is_terminal:
        yield lambda _, __: lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with bar(terminal, *columns) as shown:

        def begin(name: str, total: int) -> Callable[[int], None]:
            task = shown.add_task(name, total=total)
            return lambda more: shown.advance(task, more)

        yield begin
