"""An old and a new model on the same texts, and what is said of them."""

import numpy as np
import pytest
from rich.console import Console

from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.evaluation.metrics import Floats
from tenor.evaluation.side_by_side import SideBySide
from tenor.report import tables
from tenor.report.side_by_side import side_section, side_sentences, side_table

LABELS = np.arange(200) % 2


def read(wrong: int) -> tuple[Floats, Evaluation]:
    """A model that reads the first so many texts wrong."""
    right = np.where(np.arange(200) < wrong, 1 - LABELS, LABELS)
    probabilities = np.where(np.arange(2) == right[:, None], 0.8, 0.2)
    return probabilities, evaluate(LABELS, probabilities, ("<b>", "good"), resamples=100, seed=0)


def described(**sides: tuple[int, int]) -> dict[str, object]:
    found = {
        name: SideBySide.of(LABELS, read(old), read(new), resamples=200, seed=0).to_json()
        for name, (old, new) in sides.items()
    }
    return {"from": "runs/<first>", "missing": None, "sides": found}


def test_figures_are_those_of_both_and_of_their_difference() -> None:
    side = SideBySide.of(LABELS, read(60), read(20), resamples=500, seed=0)
    assert side.rows == 200
    assert (side.old["accuracy"].value, side.new["accuracy"].value) == (0.7, 0.9)  # type: ignore[union-attr]
    assert side.difference.value == pytest.approx(0.2)
    assert 0.1 < side.difference.low < 0.2 < side.difference.high < 0.3
    assert side.p == pytest.approx(2 * 0.5**40)
    same = SideBySide.of(LABELS, read(60), read(60), resamples=100, seed=0)
    assert (same.difference.low, same.difference.high, same.p) == (0, 0, 1)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (
            {"new": (60, 20)},
            "On 200 test texts of the new data the new model is better: 90.0 % right, before",
        ),
        ({"new": (20, 60)}, "the new model is worse:"),
        ({"new": (20, 21)}, "neither model is certainly better"),
        ({"old": (20, 60)}, "On 200 test texts of the old data the new model is worse: it forgot"),
        ({"old": (20, 21)}, "no forgetting is certain"),
        ({"new": (20, 21)}, "whether the new model forgot is not known"),
        ({"old": (20, 21)}, "The new data has no test texts"),
    ],
)
def test_the_sentence_follows_the_interval(sides: dict[str, tuple[int, int]], said: str) -> None:
    assert said in " ".join(side_sentences(described(**sides)))


def test_table_and_section_hold_both_lots() -> None:
    found = described(new=(60, 20), old=(20, 21))
    table = side_table(found)
    assert len(table.rows) == 6
    console = Console(width=100, record=True)
    console.print(tables.of_page(table))
    assert "new (200)" in console.export_text()
    section = side_section(found)
    assert not section.empty
    assert len(section.sentences) == 2
    assert side_section(None).empty
