"""Behaviour checks as tables for a terminal, from what `BehaviourResult` and `Suite` have as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenor.report.numbers import count, one_line, percent, percent_share
from tenor.report.tables import table, titled

if TYPE_CHECKING:
    from rich.console import RenderableType

Values = Mapping[str, Any]


def expectation(test: Values) -> str:
    """Say in a few words what a test expects: "positive", "same class", "positive must not fall"."""
    if test["label"] is None:
        most = "" if test["tolerance"] is None else f", {100 * test['tolerance']:g} points"
        return f"same class{most}"
    return f"{test['label']} must not {test['must_not']}" if test["must_not"] else str(test["label"])


def headline(values: Values) -> str:
    """Say how many cases of a suite fail."""
    tests = count(len(values["tests"]), "test")
    return (
        f"{values['failures']:,} of {count(values['cases'], 'case')} of {values['suite']} ({tests}) fail: "
        f"{percent_share(values['rate'])}"
    )


def results(values: Values) -> "RenderableType":
    """How often each test fails, below what it is about: so a line fits a terminal of 80 columns."""
    made = table("test", "expects", "cases", "failure rate", left=2)
    about = ""
    for test in values["tests"]:
        if test["capability"] != about:
            about = test["capability"]
            made.add_row(about)
        rate = percent_share(test["rate"])
        indent = "  " if about else ""
        made.add_row(f"{indent}{test['name']}", expectation(test), f"{test['cases']:,}", rate)
    return made


def examples(values: Values) -> "Iterator[RenderableType]":
    """Failures of each test that has any, the worst first."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    for test in values["tests"]:
        if test["examples"]:
            shown = [Padding(Text(_read(one)), (0, 0, 0, 4)) for one in test["examples"]]
            yield Group(Text(f"{test['name']}: expects {expectation(test)}"), *shown)


def listing(values: Values, most: int) -> "Iterator[RenderableType]":
    """The tests of a suite, and at most `most` cases of each."""
    made = table("about", "test", "expects", "type", "cases", left=4)
    for test in values["tests"]:
        made.add_row(
            test["capability"], test["name"], expectation(test), test["type"], f"{len(test['cases']):,}"
        )
    cases = count(sum(len(test["cases"]) for test in values["tests"]), "case")
    yield titled(f"{values['name']}: {count(len(values['tests']), 'test')}, {cases}", made)
    for test in values["tests"] if most else ():
        yield ""
        yield f"{test['name']}: {test['meaning']}"
        for case in test["cases"][:most]:
            yield f"    {' -> '.join(one_line(text) for text in case)}"


def _read(example: Sequence[Values]) -> str:
    return " -> ".join(
        f"{one_line(one['text'])} [{one['label']} {percent(one['probability'])}]" for one in example
    )
