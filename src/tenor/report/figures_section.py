"""How good a model is on one split, in a page: figures, confusions, parts of the data.

`found` is what `Evaluation.to_json` makes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.numbers import count, percent, percent_share
from tenor.report.page import Cell, Section, Table

_SHARES = {
    "accuracy": "accuracy",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
}
_DECIMALS = {"roc_auc": "ROC AUC", "log_loss": "log loss"}
_MOST_CLASSES = 12  # more columns than that are no table
_MOST_CONFUSIONS = 20


def figures_sections(found: Mapping[str, Any], split: str) -> Iterator[Section]:
    """Yield averaged figures with those of each class, the confusions, and the slices."""
    metrics = found["metrics"]
    averaged = [[shown, percent_share(metrics.get(name))] for name, shown in _SHARES.items()]
    averaged += [[shown, _decimals(metrics.get(name))] for name, shown in _DECIMALS.items()]
    by_class = [
        [
            one["name"],
            f"{one['support']:,}",
            *(percent_share(one[name]) for name in ("precision", "recall", "f1")),
        ]
        for one in found["per_class"]
    ]
    yield Section(
        "figures",
        "Figures",
        tables=[
            Table(
                f"Figures on {count(found['rows'], f'{split} text')}", ("figure", "95 % interval"), averaged
            ),
            Table("By class", ("class", "texts", "precision", "recall", "F1"), by_class),
        ],
    )
    yield Section("confusion", "Confusions", tables=[_confusion(found)])
    yield Section(
        "slices",
        "Parts of the data",
        tables=[_slices(column, rows) for column, rows in found.get("slices", {}).items()],
    )


def _confusion(found: Mapping[str, Any]) -> Table:
    classes, counts = found["classes"], found["confusion"]
    if len(classes) <= _MOST_CLASSES:
        rows = [
            [
                name,
                *(
                    Cell(f"{cell:,} ({percent(cell / max(sum(row), 1))})", cell / max(sum(row), 1), i == j)
                    for j, cell in enumerate(row)
                ),
            ]
            for i, (name, row) in enumerate(zip(classes, counts, strict=True))
        ]
        return Table(
            "Confusion matrix",
            ("true class", *(f"read as {name}" for name in classes)),
            rows,
            note="Texts, and their share of the true class. Right readings are bold.",
        )
    wrong = [
        (cell, classes[i], classes[j])
        for i, row in enumerate(counts)
        for j, cell in enumerate(row)
        if i != j and cell
    ]
    wrong.sort(key=lambda one: -one[0])
    commonest = [[true, read, f"{cell:,}"] for cell, true, read in wrong[:_MOST_CONFUSIONS]]
    return Table("Commonest confusions", ("true class", "read as", "texts"), commonest, words=2)


def _slices(column: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    shown = [
        [one["value"], f"{one['rows']:,}", percent_share(one["accuracy"]), percent(one["macro_f1"])]
        for one in rows
    ]
    return Table(f"By {column}", (column, "texts", "accuracy", "macro F1"), shown)


def _decimals(figure: Mapping[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"
