"""The one line, the table and the page of a learning curve."""

from typing import Any

import pytest

from tenor.report.curve_page import curve_page, curve_table, outlook_sentence


def values(says: str, *, reason: str | None = None, point: tuple[Any, Any, Any] = (1500, 1200, 2400)) -> Any:
    ends = ("value", "low", "high")
    accuracies = [{"value": v, "low": v - 0.02, "high": v + 0.02} for v in (0.7, 0.8, 0.85, 0.88)]
    outlook = {
        "says": says,
        "reason": reason,
        "rows": 1000,
        "accuracies": accuracies,
        "law": {"floor": 0.02, "scale": 0.1, "exponent": 0.4},
        "doubled": dict(zip(ends, (0.024, 0.011, 0.031), strict=True)),
        "point": dict(zip(ends, point, strict=True)),
    }
    bare = {**outlook, "accuracies": accuracies[1:], "law": None, "doubled": None, "point": None}
    return {
        "data": {"source": "<b>reviews</b>", "classes": ["a", "b"], "rows": {"train": 1000, "validation": 1}},
        "sizes": [125, 250, 500, 1000],
        "seeds": [0, 1, 2],
        "failures": {"lstm-125-rows-seed-0": "<out of memory>"},
        "settings": {"training": {"epochs": 3}},
        "environment": {"tenor": "0.1"},
        "curves": [
            {"name": "lstm", "kind": "network", "sizes": [125, 250, 500, 1000], "outlook": outlook},
            {"name": "tfidf", "kind": "baseline", "sizes": [250, 500, 1000], "outlook": bare},
        ],
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            values("more"),
            "More labels would probably help: twice as many (2,000 rows) would bring +2.4 points",
        ),
        (values("more"), "takes about 500 rows more (200 to 1,400)"),
        (values("more", point=(9000, 5000, None)), "takes about 8,000 rows more (4,000 to more than 9,000)"),
        (values("more", point=(None, 5000, None)), "takes more than 10 times the rows"),
        (values("little"), "More labels would probably help little"),
        (values("unknown", reason="because"), "cannot be told: because (twice as many"),
    ],
)
def test_one_line_says_it(given: Any, said: str) -> None:
    assert said in outlook_sentence(given)


def test_a_size_that_one_model_lacks_is_left_empty() -> None:
    table = curve_table(values("more"))
    assert [row[0] for row in table.rows] == ["125", "250", "500", "1,000"]
    assert table.rows[0][2] == "-"
    assert table.rows[1][2] == "80.0 % (78.0-82.0)"


def test_the_page_escapes_what_it_shows() -> None:
    page = curve_page(values("more"))
    assert "<b>reviews" not in page
    assert "&lt;out of memory&gt;" in page
    assert "broken line is the power law" in page
