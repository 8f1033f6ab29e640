"""Behaviour in pages and tables: what is there is shown, what was not run is said so."""

import io

from behaviours import behaviour, of_model, of_test
from comparisons import comparison, model
from markup import read
from rich.console import Console

from tenor.report import behaviour_tables, comparison_tables
from tenor.report.behaviour_page import behaviour_page, behaviour_section
from tenor.report.comparison_csv import comparison_csv
from tenor.report.comparison_page import comparison_page

EVIL = "<script>alert('x')</script>"
ALONE = [{"text": f"not good {EVIL}", "label": "positive", "probability": 0.9}]
PAIR = [
    {"text": "as it was", "label": "positive", "probability": 0.9},
    {"text": "as it is now", "label": "negative", "probability": 0.6},
]
FOUND = behaviour(
    of_test("near", 5, examples=[ALONE, ALONE]),
    of_test("names", 1, examples=[PAIR], type="invariance", label=None, tolerance=0.1),
    of_test("added", 0, type="directional", label="positive", must_not="fall"),
)


def shown(*parts):
    console = Console(file=io.StringIO(), width=200, markup=False)
    console.print(*parts, sep="\n")
    return console.file.getvalue()


def compared(**models):
    tests = [{"name": name, "label": "negative", "must_not": None, "tolerance": None, "cases": 20}
             for name in ("near", "far")]  # fmt: skip
    made = [
        model(name, 0.9 - place / 100, behaviour=found) for place, (name, found) in enumerate(models.items())
    ]
    suite = {"suite": "sentiment", "cases": 40, "tests": tests}
    return comparison(made, behaviour=suite if any(models.values()) else None)


def test_the_page_of_a_check():
    text = read(behaviour_page(FOUND, f"runs/{EVIL}")).text
    for expected in (
        "6 of 60 cases of sentiment (3 tests) fail: 10.0 % (4.7-20.1)",
        "1 test of 3 without a failure",
        "The highest failure rates: near (25.0 %); names (5.0 %)",
        "What near asks.",
        "same class, 10 points",
        "positive must not fall",
        f"not good {EVIL}",
        "as it was → as it is now",
        "as it is: positive, 90.0 %",
    ):
        assert expected in text
    assert text.count("not good") == 2


def test_a_section_quotes_one_failure_of_each_test_or_none():
    assert [quote.text for quote in behaviour_section(FOUND, quoted=True).quotes] == [
        f"not good {EVIL}", "as it was → as it is now",
    ]  # fmt: skip
    assert behaviour_section(FOUND).quotes == ()
    assert behaviour_section(None).empty


def test_without_a_failure_nothing_is_quoted_and_no_test_is_named():
    text = read(behaviour_page(behaviour(of_test("near", 0)), "m")).text
    assert "0 of 20 cases" in text
    assert "highest" not in text


def test_tables_for_the_terminal():
    text = shown(behaviour_tables.results(FOUND), *behaviour_tables.examples(FOUND))
    assert "25.0 % (11.2-46.9)" in text
    assert f"not good {EVIL} [positive 90.0 %]" in text
    assert "as it was [positive 90.0 %] -> as it is now [negative 60.0 %]" in text


def test_models_side_by_side():
    values = compared(
        gru=of_model({"near": 0.5, "far": 0.25}), rnn=of_model({"near": 1.0, "far": 0.25}), old=None
    )
    text = read(comparison_page(values)).text
    assert "How often the models fail each test" in text
    assert "near negative 50.0 % 50.0 % (29.9-70.1), lowest 100.0 %" in text
    assert "not run" in text
    assert "gru fails the fewest, 37.5 %, and rnn the most, 62.5 %" in text
    # Where all do alike, none is the lowest.
    assert "far negative 25.0 % 25.0 % (11.2-46.9) 25.0 %" in text
    table = shown(*comparison_tables.summary(values))
    assert "Behaviour: failure rates, %" in table
    line = next(line for line in table.splitlines() if line.startswith("near"))
    assert line.split() == ["near", "50.0", "100.0", "-"]
    rates = [row.rpartition(",")[2] for row in comparison_csv(values).splitlines()]
    assert rates == ["behaviour_failure_rate", "0.375", "0.625", ""]


def test_many_models_stand_in_several_tables():
    values = compared(**{f"m{number}": of_model({"near": 0.5, "far": 0.1}) for number in range(7)})
    lines = [
        line for line in shown(*comparison_tables.summary(values)).splitlines() if line.startswith("near")
    ]
    assert [len(line.split()) - 1 for line in lines] == [5, 2]


def test_comparisons_without_it_have_no_such_part():
    for values in (compared(gru=None), comparison([model("gru", 0.9)])):
        assert "ehaviour" not in read(comparison_page(values)).text
        assert "Behaviour" not in shown(*comparison_tables.summary(values))
