import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.evaluation.intervals import Interval
from tenor.report.numbers import (
    change,
    count,
    decimal_interval,
    duration,
    excerpt,
    percent,
    percent_interval,
    size,
)


def test_figures_carry_their_interval() -> None:
    assert percent(0.5) == "50.0 %"
    assert percent_interval(Interval(0.913, 0.89, 0.932)) == "91.3 % (89.0-93.2)"
    assert decimal_interval(Interval(0.246, 0.2, 0.3)) == "0.246 (0.200-0.300)"
    assert percent_interval(None) == decimal_interval(None) == "-"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1.84, "1.8 s"), (12.4, "12 s"), (59.7, "1:00 min"), (185, "3:05 min"), (3723, "1:02:03 h")],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(("size_", "shown"), [(12, "12 bytes"), (1300, "1.3 KB"), (2_500_000, "2.5 MB")])
def test_sizes(size_: int, shown: str) -> None:
    assert size(size_) == shown


def test_counts_agree_with_their_noun() -> None:
    assert count(1, "row") == "1 row"
    assert count(2000, "row") == "2,000 rows"
    assert count(2, "class", "classes") == "2 classes"


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (75, 100, "25 % fewer"),
        (104, 100, "4 % more"),
        (100, 100, "as many"),
        (5, 0, "5 more"),
        (9999, 10_000, "0.01 % fewer"),
    ],
)
def test_changes(ours: int, theirs: int, said: str) -> None:
    assert change(ours, theirs) == said


@given(st.text(), st.integers(2, 60))
def test_an_excerpt_is_one_line_of_about_the_length_asked_for(text: str, length: int) -> None:
    shown = excerpt(text, length)
    assert len(shown) <= length + len(" ... ")
    assert len(shown.splitlines()) <= 1


def test_an_excerpt_has_both_ends() -> None:
    shown = excerpt("first " + "middle " * 100 + "last", 40)
    assert shown.startswith("first middle")
    assert shown.endswith("middle last")
    assert excerpt("a short\ntext") == "a short text"
