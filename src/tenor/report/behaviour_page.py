"""Behaviour checks in a page, from the values of `BehaviourResult.to_json`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenor.report.behaviour_tables import expectation, headline
from tenor.report.numbers import count, excerpt, percent, percent_share
from tenor.report.page import QUOTED, Cell, Page, Quote, Reading, Section, Table

Values = Mapping[str, Any]

_MOST_NAMED = 3  # of the worst tests
_BEFORE = "as it is"


def behaviour_page(values: Values, model: str) -> str:
    """Return the page of a suite that `model` was checked by, as HTML.

    Raises `MissingExtraError` without Jinja2.
    """
    failures = Section(
        "failures",
        "Failures",
        text="Of each test that fails, the worst cases." if values["failures"] else "",
        quotes=[_quote(test, one) for test in values["tests"] for one in test["examples"]],
    )
    return Page(
        f"Behaviour of {model}",
        f"What it does with texts that are made to ask one thing at a time: the suite {values['suite']}.",
        [behaviour_section(values), failures],
    ).render()


def behaviour_section(values: Values | None, *, quoted: bool = False) -> Section:
    """Return how often each test fails, and if `quoted` one failure of each; nothing where there is None."""
    if not values:
        return Section("behaviour", "Behaviour")
    about: dict[str, list[Values]] = {}
    for test in values["tests"]:
        about.setdefault(test["capability"], []).append(test)
    return Section(
        "behaviour",
        "Behaviour",
        list(_sentences(values)),
        text="Texts that are made to ask one thing at a time, and how often the model fails them.",
        tables=[_table(capability, tests) for capability, tests in about.items()],
        quotes=[_quote(test, one) for test in values["tests"] for one in test["examples"][:1]]
        if quoted
        else (),
    )


def _table(capability: str, tests: Sequence[Values]) -> Table:
    rows = [
        [
            test["name"],
            test["meaning"],
            expectation(test),
            f"{test['cases']:,}",
            Cell(percent_share(test["rate"]), test["rate"]["value"]),
        ]
        for test in tests
    ]
    columns = ("test", "what it asks", "expects", "cases", "failure rate")
    return Table(capability.capitalize() or "Tests", columns, rows, words=3)


def _sentences(values: Values) -> Iterator[str]:
    yield f"{headline(values)}."
    failing = sorted(
        (test for test in values["tests"] if test["failures"]), key=lambda test: -test["rate"]["value"]
    )
    if whole := len(values["tests"]) - len(failing):
        yield f"{count(whole, 'test')} of {len(values['tests'])} without a failure."
    if failing:
        named = (f"{test['name']} ({percent(test['rate']['value'])})" for test in failing[:_MOST_NAMED])
        yield f"The highest failure rates: {'; '.join(named)}."


def _quote(test: Values, example: Sequence[Values]) -> Quote:
    """Return a failure: a text and how it was read, or a text, its changed form and both readings."""
    names = ("",) if len(example) == 1 else (_BEFORE, "changed")
    readings = [
        Reading(name, one["label"], one["probability"], None if name == _BEFORE else False)
        for name, one in zip(names, example, strict=True)
    ]
    text = " → ".join(excerpt(one["text"], QUOTED // len(example)) for one in example)
    return Quote(text, "", readings, f"{test['name']}: expects {expectation(test)}")
