"""What is shown of a language model while it is trained, and at the end."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.cli.progress import bar
from tenor.report import language_tables
from tenor.report.language_tables import perplexity
from tenor.report.numbers import count, duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress, TaskID

    from tenor.data.example import Dataset
    from tenor.evaluation.language import LanguageFigures
    from tenor.text.pipeline import TextPipeline
    from tenor.training.checkpoint import Progress as TrainingProgress
    from tenor.training.checkpoint import Row
    from tenor.training.runtime import Runtime

_HEADER = "epoch     loss  perplexity  validation: loss  perplexity  tokens/s      time"


class PretrainingView:
    """A watcher of a language model's training: the texts, a bar, a line for each epoch."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._epochs = 0
        self._tokens = 0

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def data(self, dataset: "Dataset", pipeline: "TextPipeline", tokens: Mapping[str, int]) -> None:
        """Print what was read."""
        for note in dataset.notes:
            self._terminal.note(note)
        shown = ", ".join(
            f"{split} {count(len(dataset.split(split)), 'text')} of {number:,} tokens"
            for split, number in tokens.items()
        )
        self._terminal.note(f"{shown}; vocabulary {len(pipeline.vocabulary):,}")

    def warning(self, text: str) -> None:
        """Print what went wrong beside training."""
        self._terminal.warning(text)

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Print where it runs, and the epochs a resumed run has behind it."""
        self._epochs, self._tokens = epochs, texts
        self._terminal.note(f"training on {runtime}")
        self._terminal.note()
        self._terminal.note(_HEADER)
        for row in history:
            self._terminal.note(_line(row, best=False))
        if self._terminal.quiet or not self._terminal.err.is_terminal:
            return
        from rich.progress import BarColumn, TextColumn

        columns = TextColumn("{task.description}"), BarColumn(bar_width=None)
        self._bar = bar(self._terminal, *columns, TextColumn("{task.fields[figures]}"))
        self._task = self._bar.add_task("", total=texts, figures="")
        self._bar.start()

    def step(self, progress: "TrainingProgress") -> None:
        """Move the bar."""
        if self._bar is None or self._task is None or not progress.texts:
            return
        speed = progress.texts / max(progress.seconds, 1e-9)
        left = (self._epochs - progress.epoch) * self._tokens - progress.texts
        loss = progress.loss / progress.texts
        self._bar.update(
            self._task,
            completed=progress.texts,
            description=f"epoch {progress.epoch + 1}/{self._epochs}",
            figures=(
                f"loss {loss:.3f}  perplexity {perplexity(math.exp(loss))}  "
                f"{speed:,.0f} tokens/s  {duration(left / speed)} left"
            ),
        )

    def epoch(self, row: "Row", *, best: bool) -> None:
        """Print the line of an epoch."""
        self._terminal.note(_line(row, best=best))


def summary(
    figures: "LanguageFigures", baselines: "Mapping[str, LanguageFigures]", network: str, split: str
) -> "list[RenderableType]":
    """Return the network beside models that only count, and what the unknown word does to the figures."""
    from tenor.report.tables import of_page

    return [
        of_page(language_tables.figures(figures, baselines, network, split)),
        *language_tables.sentences(figures),
    ]


def _line(row: "Row", *, best: bool) -> str:
    loss, validation = row["train_loss"], row.get("validation_loss")
    judged = f"{'-':>16}  {'-':>10}"
    if validation is not None:
        judged = f"{validation:16.4f}  {perplexity(math.exp(validation)):>10}"
    return (
        f"{row['epoch']:5.0f}  {loss:7.4f}  {perplexity(math.exp(loss)):>10}  {judged}  "
        f"{row['tokens_per_second']:8,.0f}  {duration(row['seconds']):>8}{'  best' if best else ''}"
    )
