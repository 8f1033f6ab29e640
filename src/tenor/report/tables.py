"""Tables of results for a terminal: narrow, numbers to the right, nothing computed."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tenor.data.example import Example
from tenor.evaluation.evaluation import Evaluation
from tenor.evaluation.mistakes import Mistake, SuspectLabel
from tenor.evaluation.slices import Slice
from tenor.report.numbers import decimal_interval, one_line, percent, percent_interval

if TYPE_CHECKING:
    from rich.table import Table

# Metric of an evaluation -> what a reader calls it; shares are shown in per cent.
_SHARES = {
    "accuracy": "accuracy",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro F1",
    "weighted_precision": "weighted precision",
    "weighted_recall": "weighted recall",
    "weighted_f1": "weighted F1",
}
_DECIMALS = {"roc_auc": "ROC AUC", "log_loss": "log loss"}

_MOST_MATRIX_CLASSES = 8  # more do not fit across a terminal
_MOST_CONFUSIONS = 10
_NAME = 18  # characters of a class name above a column


def table(title: str | None, *columns: str, left: int = 1) -> "Table":
    """Return an empty table whose first `left` columns hold words; all others hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(
        title=title,
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title_justify="left",
        title_style="bold",
        header_style="none",
    )
    for number, name in enumerate(columns):
        words = number < left
        made.add_column(
            name, justify="left" if words else "right", no_wrap=not words, overflow="fold" if words else "ellipsis"
        )
    return made


def figures(evaluation: Evaluation) -> "Table":
    """All averaged metrics with their 95 % intervals."""
    made = table(None, "metric", "95 % interval")
    for name, shown in _SHARES.items():
        made.add_row(shown, percent_interval(evaluation.metrics[name]))
    for name, shown in _DECIMALS.items():
        made.add_row(shown, decimal_interval(evaluation.metrics[name]))
    return made


def per_class(evaluation: Evaluation) -> "Table":
    """Precision, recall and F1 of each class."""
    made = table("By class", "class", "texts", "precision", "recall", "F1")
    for one in evaluation.per_class:
        made.add_row(
            one.name,
            f"{one.support:,}",
            percent_interval(one.precision),
            percent_interval(one.recall),
            percent_interval(one.f1),
        )
    return made


def confusion(evaluation: Evaluation) -> "Table":
    """The confusion matrix, or the commonest confusions where there are too many classes to show it."""
    counts = evaluation.confusion
    classes = evaluation.classes
    if len(classes) <= _MOST_MATRIX_CLASSES:
        made = table("Confusion (true class down, predicted across)", "", *map(_short, classes))
        for name, row in zip(classes, counts.tolist(), strict=True):
            made.add_row(name, *(f"{cell:,}" for cell in row))
        return made
    made = table("Commonest confusions", "true", "predicted", "texts", left=2)
    found = [
        (int(counts[i, j]), i, j)
        for i in range(len(classes))
        for j in range(len(classes))
        if i != j and counts[i, j]
    ]
    for texts, i, j in sorted(found, key=lambda one: -one[0])[:_MOST_CONFUSIONS]:
        made.add_row(classes[i], classes[j], f"{texts:,}")
    return made


def slices(column: str, found: Iterable[Slice]) -> "Table":
    """Accuracy and macro F1 for each value of a column."""
    made = table(f"By {column}", column, "texts", "accuracy", "macro F1")
    for one in found:
        made.add_row(one.value, f"{one.rows:,}", percent_interval(one.accuracy), percent(one.macro_f1))
    return made


def mistakes(found: Sequence[Mistake], examples: Sequence[Example], classes: Sequence[str]) -> "Table":
    """Wrong predictions, the most confident first."""
    made = _reading("Worst errors", "label", "predicted", "sure")
    for one in found:
        example = examples[one.row]
        made.add_row(
            example.id,
            classes[one.label],
            classes[one.predicted],
            percent(one.probability),
            one_line(example.text),
        )
    return made


def suspects(found: Sequence[SuspectLabel], examples: Sequence[Example], classes: Sequence[str]) -> "Table":
    """Rows whose label looks wrong, the clearest first."""
    made = _reading("Labels that look wrong", "label", "rather", "sure")
    for one in found:
        example = examples[one.row]
        made.add_row(
            example.id,
            classes[one.label],
            classes[one.suggested],
            percent(one.probability),
            one_line(example.text),
        )
    return made


def _reading(title: str, label: str, other: str, sure: str) -> "Table":
    """A table that ends in texts, each cut to the width that is left."""
    made = table(title, "row", label, other, sure, left=3)
    for column in made.columns[:3]:
        column.max_width, column.no_wrap, column.overflow = _NAME, True, "ellipsis"
    made.add_column("text", no_wrap=True, overflow="ellipsis", ratio=1)
    return made


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
