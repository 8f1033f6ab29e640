"""Behaviour checks of several models side by side, from the values of `Comparison.to_json`.

Comparisons of before had none; a model whose trainings were not checked is shown as not run.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenor.report.behaviour_tables import expectation
from tenor.report.numbers import count, percent, percent_share
from tenor.report.page import Cell, Section, Table
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType

Model = Mapping[str, Any]
Rate = Mapping[str, float]

_MOST_COLUMNS = 5  # models side by side
_ALL, _NOT_RUN = "all cases", "not run"


def behaviour_tables(values: Mapping[str, Any], models: Sequence[Model]) -> "Iterator[RenderableType]":
    """Tests down, models across, a few at a time; nothing where no model was checked."""
    rows = list(_rows(values, models))
    for first in range(0, len(models) if rows else 0, _MOST_COLUMNS):
        across = slice(first, first + _MOST_COLUMNS)
        made = table("test", *(model["name"] for model in models[across]))
        for column in made.columns[1:]:
            column.no_wrap = False
        for name, _, rates in rows:
            made.add_row(name, *("-" if rate is None else _short(rate) for rate in rates[across]))
        yield titled("Behaviour: failure rates, %", made) if first == 0 else made


def behaviour_section(values: Mapping[str, Any], models: Sequence[Model]) -> Section:
    """Return how often each model fails each test; nothing where no model was checked."""
    rows: list[list[Cell | str]] = []
    for name, expects, rates in _rows(values, models):
        there = [_short(rate) for rate in rates if rate is not None]
        least = min(there, key=float) if len(set(there)) > 1 else None
        rows.append([name, expects, *(_cell(rate, least) for rate in rates)])
    if not rows:
        return Section("behaviour", "Behaviour")
    suite = values["behaviour"]
    return Section(
        "behaviour",
        "Behaviour",
        text=f"Texts that are made to ask one thing at a time: {count(suite['cases'], 'case')} of the suite "
        f"{suite['suite']}. What each test asks: tenor check --list.",
        tables=[
            Table(
                "How often the models fail each test",
                ("test", "expects", *(model["name"] for model in models)),
                rows,
                words=2,
                note="The mean over the trainings. Deeper colour: more failures. Bold: the lowest.",
            )
        ],
    )


def _rows(values: Mapping[str, Any], models: Sequence[Model]) -> Iterator[tuple[str, str, list[Rate | None]]]:
    """Yield each test, what it expects and each model's failure rate; all cases together come first."""
    suite = values.get("behaviour")
    if not suite:
        return
    found = [model.get("behaviour") for model in models]
    yield _ALL, "", [one and one["overall"] for one in found]
    for test in suite["tests"]:
        yield test["name"], expectation(test), [one and one["tests"].get(test["name"]) for one in found]


def _cell(rate: Rate | None, least: str | None) -> Cell:
    if rate is None:
        return Cell(_NOT_RUN)
    best = _short(rate) == least
    return Cell(
        percent(rate["value"]),
        rate["value"],
        marked=best,
        tip=percent_share(rate) + (", lowest" if best else ""),
    )


def _short(rate: Rate) -> str:
    return f"{100 * rate['value']:.1f}"
