"""Columns that mark rows: what counts as true, and a column that is nowhere."""

import pytest

from tenor.data.marked import Marks
from tenor.errors import DataError


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "TRUE", " yes ", "t"])
def test_true_is_left_out(value: object) -> None:
    rows, notes = Marks(("out",), "a.setting").unmarked([{"out": value}, {"out": False}, {}], "file")
    assert rows == [{"out": False}, {}]
    assert notes == ["file: 1 of 3 rows were left out: their out is true."]


@pytest.mark.parametrize("value", [False, 0, 0.0, "0", "False", "no", "", None, float("nan")])
def test_false_and_nothing_stay(value: object) -> None:
    marks = Marks(("out",), "a.setting")
    assert marks.unmarked([{"out": value}], "file") == ([{"out": value}], [])
    marks.check(["file"])


def test_a_column_may_be_missing_somewhere_but_not_everywhere() -> None:
    marks = Marks(("out", "other"), "a.setting")
    assert marks.unmarked([{"text": "a", "out": 1}], "one")[0] == []
    marks.unmarked([{"text": "a"}], "two")
    with pytest.raises(DataError, match=r"one, two: no column 'other' \(a\.setting\); there is out, text"):
        marks.check(["one", "two"])


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(DataError, match=r"file: column 'out' holds 'perhaps', .* a\.setting takes columns"):
        Marks(("out",), "a.setting").unmarked([{"out": "perhaps"}], "file")
