"""What is said beside the scores of an attribution, and of the faithfulness of methods."""

import numpy as np
import pytest

from tenor.evaluation.intervals import Interval
from tenor.explain.attribution import ATTENTION, Attribution
from tenor.explain.faithfulness import FRACTIONS, RANDOM, Faithfulness, MethodScore
from tenor.report.attribution_words import coloured_words, named, score, sentences, word
from tenor.report.faithfulness_table import faithfulness_sentences
from tenor.text.token import Token


def attribution(method: str = "occlusion", **changes) -> Attribution:
    values = {
        "text": "a b c",
        "label": "yes",
        "method": method,
        "tokens": (Token("a", 0, 1), Token("b", 2, 3), Token("c", 4, 5)),
        "scores": np.array([0.5, -2.0, 0.0]),
        "log_odds": 1.0,
        "baseline": None,
        "steps": None,
    }
    return Attribution(**{**values, **changes})


def test_the_strongest_words_are_named_whatever_their_sign() -> None:
    found = attribution()
    assert [(word(found, place), score(found, place)) for place in named(found).values()] == [
        ("b", "-2.000"),
        ("a", "+0.500"),
    ]
    assert {piece.text: (piece.weight, piece.mark) for piece in coloured_words(found, "[{}]")} == {
        "a": (0.25, "[2]"), " ": (0.0, ""), "b": (-1.0, "[1]"), "c": (0.0, ""),
    }  # fmt: skip


def test_nothing_is_named_where_nothing_counts() -> None:
    found = attribution(scores=np.zeros(3))
    assert not named(found)
    assert {piece.weight for piece in coloured_words(found)} == {0.0}


def test_an_error_that_stays_is_shown() -> None:
    found = attribution("integrated-gradients", baseline=2.0, steps=512)
    assert (found.error, found.relative_error) == (pytest.approx(0.5), pytest.approx(0.5))
    assert "error 0.5000 (50.0 %) after 512 steps" in sentences(found, chosen=True)[1]
    level = attribution("integrated-gradients", baseline=1.0, steps=32)
    assert level.relative_error is None
    assert "error 1.5000 after 32 steps" in sentences(level, chosen=True)[1]


def test_attention_is_labelled() -> None:
    found = attribution(ATTENTION, scores=np.array([0.25, 0.75, 0.0]))
    assert score(found, 1) == "75.0 %"
    assert "not an explanation" in " ".join(sentences(found, chosen=True))
    assert "not an explanation" not in " ".join(sentences(attribution(), chosen=True))
    assert "default" in sentences(attribution(), chosen=False)[0]


@pytest.mark.parametrize(
    ("low", "default", "said"),
    [
        (0.01, "a", "a is ahead. The default for models of this kind is a."),
        (-0.01, "b", "a is ahead; not clearly behind it: b. The default for models of this kind is b."),
    ],
)
def test_whether_the_best_is_clearly_so_is_said(low: float, default: str, said: str) -> None:
    def method(name: str, behind: Interval | None) -> MethodScore:
        level = Interval(0.1, 0.0, 0.2)
        curve = tuple(0.5 for _ in FRACTIONS)
        return MethodScore(name, level, level, level, behind, curve, curve, 0.1)

    methods = (method("a", None), method("b", Interval(0.05, low, 0.1)), method(RANDOM, None))
    assert said in faithfulness_sentences(Faithfulness(9, methods, 100, 0), default)[0]
