"""What is said of a teacher: who it was, and the difference with its sign."""

from typing import Any

import pytest
from markup import read

from tenor.report.distillation import beside_section, beside_table, difference_sentence, learned_from
from tenor.report.page import Page

EVIL = "<script>alert('x')</script>"


def share(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def values(difference: float = -0.003, **origin: Any) -> dict[str, Any]:
    teacher = {
        "source": f"runs/{EVIL}",
        "digest": "abcdef0123456789",
        "network": "bilstm-mean-max",
        "trained_on": "movies",
        "accuracy": {"test": share(0.93)},
        "temperature": 1.5,
        "temperatures": {"train": 2.25, "unlabelled": 1.5},
        "texts": {"labelled": 100, "unlabelled": 1},
        "softened_by": 2.0,
        "weight_of_labels": 0.5,
    }
    model = {"accuracy": share(0.93), "bytes": 12_300_000, "texts_per_second": 85.4}
    return {
        "origin": {**teacher, **origin},
        "split": "test",
        "rows": 2000,
        "teacher": model,
        "student": {**model, "bytes": 8_800_000, "texts_per_second": 4321.0},
        "difference": share(difference),
        "p_mcnemar": 0.4,
    }


def test_the_teacher_is_named_with_what_is_known_of_it() -> None:
    known = values()["origin"]
    assert learned_from({**known, "source": "runs/best"}) == (
        "the bilstm-mean-max in runs/best, trained on movies (SHA-256 abcdef012345...), test accuracy 93.0 %"
    )
    nothing = {**known, "source": "runs/best", "trained_on": None, "accuracy": {}}
    assert learned_from(nothing) == "the bilstm-mean-max in runs/best (SHA-256 abcdef012345...)"


@pytest.mark.parametrize(
    ("difference", "said"), [(-0.003, "-0.3 points (-1.3 to +0.7)"), (0.02, "+2.0 points (+1.0 to +3.0)")]
)
def test_the_difference_has_its_sign_and_interval(difference: float, said: str) -> None:
    assert difference_sentence(values(difference)) == f"Student minus teacher: {said} on 2,000 test texts"


def test_the_table_has_a_row_for_each() -> None:
    rows = [[cell.text for cell in row] for row in beside_table(values()).cells]
    assert rows == [
        ["teacher", "93.0 % (92.0-94.0)", "12.3 MB", "85"],
        ["student", "93.0 % (92.0-94.0)", "8.8 MB", "4,321"],
    ]


def test_the_section_is_escaped_and_says_what_was_softened() -> None:
    html = Page("A run", "", [beside_section(values())]).render()
    assert EVIL not in html
    text = read(html).text
    assert "divided by 2.25 instead of 1.5 first" in text
    assert "It answered 100 labelled texts and 1 text without labels" in text
    same = {"temperatures": {"train": 1.5}, "texts": {"labelled": 100, "unlabelled": 0}}
    section = beside_section(values(**same))
    assert not any("divided by" in one or "without labels" in one for one in section.sentences)
    assert beside_section(None).empty
