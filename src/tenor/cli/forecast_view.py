"""What a forecasting run shows on stderr while it goes on: the series, a bar, a line for each epoch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.cli.progress import bar
from tenor.data.series.series import notes_of
from tenor.report.numbers import duration, percent

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from tenor.data.series.preparing import Prepared
    from tenor.training.checkpoint import Progress as TrainingProgress
    from tenor.training.checkpoint import Row
    from tenor.training.runtime import Runtime


class ForecastView:
    """A watcher of a forecasting run."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._epochs = 0

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def series(self, prepared: "Prepared") -> None:
        """Print what was read, and its parts."""
        every = [member.series for member in prepared.members]
        for sentence in notes_of(every):
            self._terminal.note(sentence)
        series, steps = prepared.series, sum(map(len, every))
        of = f" in {len(every):,} series" if len(every) > 1 else ""
        self._terminal.note(f"{steps:,} steps of {series.step}{of}: {', '.join(series.columns)}")
        for name, windows in prepared.windows.items():
            first, last = prepared.members[0].parts.bounds(name)
            # Of several series each has its own times.
            when = "" if of else f"{series.shown(first)} to {series.shown(last - 1)}, "
            self._terminal.note(f"{name:10}  {when}{len(windows):,} windows")

    def warning(self, text: str) -> None:
        """Print what went wrong beside training."""
        self._terminal.warning(text)

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Print where it runs, and the epochs a resumed run has behind it."""
        self._epochs = epochs
        self._terminal.note(f"training on {runtime}")
        self._terminal.note()
        self._terminal.note("epoch     loss  validation    time")
        for row in history:
            self._terminal.note(_line(row, best=False))
        if self._terminal.quiet or not self._terminal.err.is_terminal:
            return
        from rich.progress import BarColumn, TextColumn

        self._bar = bar(
            self._terminal,
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}"),
        )
        self._task = self._bar.add_task("", total=texts, figures="")
        self._bar.start()

    def step(self, progress: "TrainingProgress") -> None:
        """Move the bar."""
        if self._bar is None or self._task is None or not progress.texts:
            return
        self._bar.update(
            self._task,
            completed=progress.texts,
            description=f"epoch {progress.epoch + 1}/{self._epochs}",
            figures=f"loss {progress.loss / progress.texts:.4f}",
        )

    def epoch(self, row: "Row", *, best: bool) -> None:
        """Print the line of an epoch."""
        self._terminal.note(_line(row, best=best))


def _line(row: "Row", *, best: bool) -> str:
    accuracy = f"  {percent(row['validation_accuracy'])} right" if "validation_accuracy" in row else ""
    return (
        f"{row['epoch']:5.0f}  {row['train_loss']:7.4f}  {row['validation_loss']:10.4f}  "
        f"{duration(row['seconds']):>6}{accuracy}{'  best' if best else ''}"
    )
