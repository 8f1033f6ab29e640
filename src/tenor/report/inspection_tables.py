"""Tables of what a model learned, for a page and a terminal alike, from the JSON of an inspection."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.page import Cell, Table

_MOST_TABLES = 4  # classes that have a table each; more share one

Values = Mapping[str, Any]


def words(classes: Sequence[Values], unit: str) -> list[Table]:
    """Return the words that speak for each class."""
    columns = (unit, "log-odds")
    return _by_class(
        classes, "words", f"{unit}s that speak for", columns, lambda one: [_signed(one["value"])]
    )


def pairs(classes: Sequence[Values], unit: str) -> list[Table]:
    """Return the pairs that say more for each class than their words do."""
    columns = ("pair", "together", f"beyond the {unit}s")
    return _by_class(
        classes,
        "pairs",
        "pairs that speak for",
        columns,
        lambda one: [_signed(one["together"]), _signed(one["value"])],
    )


def neighbours(found: Sequence[Values], unit: str) -> list[Table]:
    """Return the nearest words of each word."""
    rows = [[one["word"], _joined(one["nearest"], "{:.2f}".format)] for one in found]
    title = f"Most similar {unit}s, with the cosine of their vectors"
    return [Table(title, (unit, "like it"), rows, words=2)] if rows else []


def gates(found: Values, unit: str) -> list[Table]:
    """Return the words each gate is most and least open for."""
    return [
        Table(
            f"{gate['name'].capitalize()} gate {how}: {gate[meaning]}",
            (unit, "openness"),
            [[word, Cell(f"{value:.3f}", value)] for word, value in gate[which]],
        )
        for gate in found["gates"]
        for how, meaning, which in (("open", "high", "most"), ("closed", "low", "least"))
    ]


def _by_class(
    classes: Sequence[Values], which: str, title: str, columns: Sequence[str], figures: Any
) -> list[Table]:
    """Return one table a class, or one of all where there are many."""
    title = title[0].upper() + title[1:]
    if len(classes) > _MOST_TABLES:
        rows = [
            [one["label"], _joined([(e["text"], e["value"]) for e in one[which]], _signed)] for one in classes
        ]
        return [Table(f"{title} each class", ("class", f"{columns[0]}s"), rows, words=2)]
    return [
        Table(f"{title} “{one['label']}”", _columns(columns, one[which]), list(_rows(one[which], figures)))
        for one in classes
        if one[which]
    ]


def _rows(effects: Sequence[Values], figures: Any) -> Iterator[list[Cell | str]]:
    strongest = max(effect["value"] for effect in effects)
    for effect in effects:
        *others, value = figures(effect)
        seen = [] if effect["count"] is None else [f"{effect['count']:,}"]
        yield [effect["text"], *others, Cell(value, effect["value"] / strongest), *seen]


def _columns(columns: Sequence[str], effects: Sequence[Values]) -> list[str]:
    return [*columns, *([] if effects[0]["count"] is None else ["places"])]


def _joined(pairs_: Sequence[Sequence[Any]], shown: Any) -> str:
    return ", ".join(f"{text} {shown(value)}" for text, value in pairs_)


def _signed(value: float) -> str:
    return f"{value:+.2f}"
