"""What a forecasting run shows on stderr while it goes on: the series, a bar, a line for each epoch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.cli.progress import bar
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
        series = prepared.series
        for sentence in series.notes:
            self._terminal.note(sentence)
        read = ", ".join(series.columns)
        self._terminal.note(f"{len(series):,} steps of {series.step}: {read}")
        for name, windows in prepared.windows.items():
            first, last = prepared.parts.bounds(name)
            self._terminal.note(
                f"{name:10}  {series.shown(first)} to {series.shown(last - 1)}, {len(windows):,} windows"
            )

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
