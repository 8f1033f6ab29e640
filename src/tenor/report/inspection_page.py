"""The page of `tenor inspect`, and the part of a run's page on what the model learned, from plain values.

`values` is what `explain.inspection.Inspection.to_json` returns.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tenor.report import inspection_pictures, inspection_tables
from tenor.report.numbers import count
from tenor.report.page import Page, Section

Values = Mapping[str, Any]

_ODDS = (
    "Log-odds are log p / (1 - p); +0.7 doubles the odds of the class, +2.3 makes them ten times as large."
)


def inspection_page(values: Values, name: str) -> str:
    """Return the page of an inspection as HTML; `name` says which model.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    return Page(
        f"What {name} learned",
        f"A {values['model']} model, looked at {values['unit']} by {values['unit']}.",
        list(_sections(values)),
    ).render()


def learned_section(values: Values | None) -> Section:
    """Return the part of a run's page; empty where nothing was inspected."""
    if values is None:
        return Section("learned", "What it learned")
    unit, classes = values["unit"], values["classes"]
    folded = [
        *inspection_tables.pairs(classes, unit),
        *inspection_tables.neighbours(values["neighbours"], unit),
    ]
    if values["gates"] is not None:
        folded += inspection_tables.gates(values["gates"], unit)
    return Section(
        "learned",
        "What it learned",
        text=f"{alone(values)} {_ODDS}",
        pictures=list(inspection_pictures.word_map(values["map"])),
        tables=inspection_tables.words(classes, unit),
        folded=folded,
        folded_title="Pairs, neighbours and gates" if values["gates"] else "Pairs and neighbours",
        kind="beside",
    )


def alone(values: Values) -> str:
    """Say how words were read."""
    return (
        f"Each of {count(values['read'], values['unit'])} was read alone. The figure is the log-odds of the "
        "class then, less those of an unknown one read alone. Training texts were longer."
    )


def _sections(values: Values) -> Iterator[Section]:
    unit, classes = values["unit"], values["classes"]
    words = inspection_tables.words(classes, unit)
    yield Section(
        "words", f"{unit.capitalize()}s", text=f"{alone(values)} {_ODDS}", tables=words, kind="beside"
    )
    found = inspection_tables.pairs(classes, unit)
    yield Section(
        "pairs", "Pairs", text=PAIRS.format(unit=unit) if found else "", tables=found, kind="beside"
    )
    if (seen := values["in_texts"]) is not None:
        tables = [
            table
            for make in (inspection_tables.words, inspection_tables.pairs)
            for table in make(seen["classes"], unit)
        ]
        yield Section("texts", "In texts", text=in_texts(values), tables=tables, kind="beside")
    drawn = list(inspection_pictures.word_map(values["map"]))
    yield Section("map", "Map", pictures=drawn)
    yield Section("neighbours", "Neighbours", tables=inspection_tables.neighbours(values["neighbours"], unit))
    if values["gates"] is None:
        yield Section("gates", "Gates", text=values["without_gates"])
    else:
        tables = inspection_tables.gates(values["gates"], unit)
        yield Section("gates", "Gates", text=values["gates"]["basis"], tables=tables, kind="beside")


PAIRS = (
    "Pairs of a frequent {unit} and one that speaks for a class, read alone. Beyond the {unit}s is what the "
    "pair says more than the two do, each beside an unknown one."
)


def in_texts(values: Values) -> str:
    """Say how words were left out of texts."""
    return (
        f"In {count(values['in_texts']['texts'], 'text')} each {values['unit']} and pair was replaced by "
        "unknown ones in turn. The figure is what it changes in the log-odds, the mean over its places."
    )
