"""What is shown of a language model while it is trained, and at the end."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tenor.cli.console import Terminal
from tenor.cli.progress import bar
from tenor.evaluation.intervals import Interval
from tenor.report.numbers import count, duration, percent

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
                f"loss {loss:.3f}  perplexity {_short(math.exp(loss))}  "
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
    from tenor.report.tables import table

    name, _ = figures.headline
    made = table(f"model, {split} texts", name, "95 % interval")
    for model, found in (*baselines.items(), (network, figures)):
        figure = found.headline[1]
        made.add_row(model, _short(figure.value), _range(figure))
    lines: list[RenderableType] = [made]
    for other, ratio in figures.ratios.items():
        more = "lower" if ratio.high < 1 else "higher" if ratio.low > 1 else "about as high"
        lines.append(
            f"The perplexity of a {figures.unit} is {ratio.value:.2f} times that of the {other} model "
            f"({ratio.low:.2f}-{ratio.high:.2f}): {more}."
        )
    lines.append(
        f"{count(figures.tokens, figures.unit)}, ends of texts among them; "
        f"{percent(figures.unknown_share)} are not in the vocabulary."
    )
    return lines


def _range(figure: Interval) -> str:
    return f"{_short(figure.low)}-{_short(figure.high)}"


def _short(value: float) -> str:
    """Return a perplexity with three digits or so."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def _line(row: "Row", *, best: bool) -> str:
    loss, validation = row["train_loss"], row.get("validation_loss")
    judged = f"{'-':>16}  {'-':>10}"
    if validation is not None:
        judged = f"{validation:16.4f}  {_short(math.exp(validation)):>10}"
    return (
        f"{row['epoch']:5.0f}  {loss:7.4f}  {_short(math.exp(loss)):>10}  {judged}  "
        f"{row['tokens_per_second']:8,.0f}  {duration(row['seconds']):>8}{'  best' if best else ''}"
    )
