"""Tables of results for a terminal: narrow, numbers to the right, nothing computed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tenor.data.example import Example
from tenor.evaluation.abstention import Abstention, Kept
from tenor.evaluation.confidence import Confidence
from tenor.evaluation.evaluation import LENGTH, Evaluation
from tenor.evaluation.mistakes import Mistake, SuspectLabel
from tenor.evaluation.slices import Slice
from tenor.report import page
from tenor.report.numbers import decimal_interval, excerpt, percent, percent_interval

if TYPE_CHECKING:
    from rich.console import RenderableType
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


def titled(title: str, content: "RenderableType") -> "RenderableType":
    """Put a title above something; a table's own title would be no wider than the table."""
    from rich.console import Group
    from rich.text import Text

    return Group(Text(title, style="bold"), content)


def table(*columns: str, left: int = 1) -> "Table":
    """Return an empty table whose first `left` columns hold words; all others hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="none",
    )
    for number, name in enumerate(columns):
        words = number < left
        if words:
            made.add_column(name, overflow="fold")
        else:
            made.add_column(name, justify="right", no_wrap=True)
    return made


def facts(values: Mapping[str, str]) -> "Table":
    """Two columns, what and which."""
    from rich.table import Table

    made = Table.grid(padding=(0, 2, 0, 0))
    for name, value in values.items():
        made.add_row(name, value)
    return made


def of_page(one: page.Table) -> "RenderableType":
    """Return a table of a page for a terminal."""
    from rich.text import Text

    made = table(*one.columns, left=one.words)
    for row in one.cells:
        made.add_row(*(Text(cell.text) for cell in row))
    return titled(one.caption, made)


def summary(evaluation: Evaluation, split: str) -> "list[RenderableType]":
    """Accuracy, the table by class, and those by column; not those by length."""
    parts: list[RenderableType] = [
        f"{split} accuracy {percent_interval(evaluation.metrics['accuracy'])}, {evaluation.rows:,} texts",
        "",
        per_class(evaluation),
    ]
    for column, found in evaluation.slices.items():
        if column != LENGTH:
            parts += ["", slices(column, found, macro=False)]
    return parts


def figures(evaluation: Evaluation) -> "Table":
    """All averaged metrics with their 95 % intervals."""
    made = table("metric", "95 % interval")
    for name, shown in _SHARES.items():
        made.add_row(shown, percent_interval(evaluation.metrics[name]))
    for name, shown in _DECIMALS.items():
        made.add_row(shown, decimal_interval(evaluation.metrics[name]))
    return made


def per_class(evaluation: Evaluation) -> "RenderableType":
    """Precision, recall and F1 of each class."""
    made = table("class", "texts", "precision", "recall", "F1")
    for one in evaluation.per_class:
        made.add_row(
            one.name,
            f"{one.support:,}",
            percent_interval(one.precision),
            percent_interval(one.recall),
            percent_interval(one.f1),
        )
    return titled("By class", made)


def confusion(evaluation: Evaluation) -> "RenderableType":
    """The confusion matrix, or the commonest confusions where there are too many classes to show it."""
    counts = evaluation.confusion
    classes = evaluation.classes
    if len(classes) <= _MOST_MATRIX_CLASSES:
        made = table("", *map(_short, classes))
        for name, row in zip(classes, counts.tolist(), strict=True):
            made.add_row(name, *(f"{cell:,}" for cell in row))
        return titled("Confusion: true class down, predicted class across", made)
    made = table("true", "predicted", "texts", left=2)
    found = [
        (int(counts[i, j]), i, j)
        for i in range(len(classes))
        for j in range(len(classes))
        if i != j and counts[i, j]
    ]
    for texts, i, j in sorted(found, key=lambda one: -one[0])[:_MOST_CONFUSIONS]:
        made.add_row(classes[i], classes[j], f"{texts:,}")
    return titled("Commonest confusions", made)


def confidence(found: Confidence) -> "RenderableType":
    """Calibration error and Brier score, before and after the temperature."""
    scaled = found.scaling.temperature is not None
    before, after = found.before, found.after
    made = table("confidence", *(("before", "after") if scaled else ("",)))
    for name, old, new in (
        ("expected calibration error", before.error, after.error),
        ("Brier score", before.brier, after.brier),
    ):
        made.add_row(name, *(f"{one:.3f}" for one in ((old, new) if scaled else (new,))))
    why = (
        f"temperature {found.scaling.temperature:.3f}"
        if scaled
        else f"no temperature: {found.scaling.reason}"
    )
    return titled(f"Confidence ({why})", made)


def abstention(
    rule: Abstention, kept: Kept, by_class: Sequence[Kept], classes: Sequence[str]
) -> "RenderableType":
    """How much is kept, and how much of it is right, as a whole and by predicted class."""
    made = table("predicted", "threshold", "kept", "of the kept, right")
    rows = [("all", None, kept), *zip(classes, rule.thresholds, by_class, strict=True)]
    for name, threshold, one in rows:
        least = "" if threshold is None else f"{threshold:.4g}" if threshold <= 1 else "-"
        share = percent_interval(one.coverage) if one.rows else "-"
        made.add_row(name, least, share, percent_interval(one.accuracy))
    return titled("With unsure predictions held back", made)


def slices(column: str, found: Iterable[Slice], *, macro: bool = True) -> "RenderableType":
    """Accuracy, and with `macro` macro F1, for each value of a column."""
    made = table(column, "texts", "accuracy", *(["macro F1"] if macro else []))
    for one in found:
        shown = [percent(one.macro_f1)] if macro else []
        made.add_row(one.value, f"{one.rows:,}", percent_interval(one.accuracy), *shown)
    return titled(f"By {column}", made)


def mistakes(
    found: Sequence[Mistake], examples: Sequence[Example], classes: Sequence[str]
) -> "RenderableType":
    """Wrong predictions, the most confident first, each with its text."""
    entries = [
        (f"{classes[one.label]}, predicted {classes[one.predicted]} ({percent(one.probability)})", one.row)
        for one in found
    ]
    return titled("Worst errors", _entries(entries, examples))


def suspects(
    found: Sequence[SuspectLabel], examples: Sequence[Example], classes: Sequence[str]
) -> "RenderableType":
    """Rows whose label looks wrong, the clearest first, each with its text."""
    entries = [
        (f"{classes[one.label]}, rather {classes[one.suggested]} ({percent(one.probability)})", one.row)
        for one in found
    ]
    return titled("Labels that look wrong", _entries(entries, examples))


def _entries(entries: Sequence[tuple[str, int]], examples: Sequence[Example]) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    return Group(
        *(
            Group(
                Text(f"{examples[row].id}: {said}"),
                Padding(Text(excerpt(examples[row].text), style="dim"), (0, 0, 0, 4)),
            )
            for said, row in entries
        )
    )


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
