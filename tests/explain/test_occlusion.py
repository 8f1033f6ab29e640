"""Occlusion is what leaving out costs, in few enough readings."""

import numpy as np
import pytest
from explained import Counting, counting

from tenor.explain.attribution import attribute
from tenor.explain.occlusion import phrases
from tenor.explain.question import Question

METHODS = ["occlusion", "phrase-occlusion"]


def test_a_word_that_counts_scores_what_it_counts() -> None:
    found = attribute(counting(Counting(d=3.0, e=-1.0)), "a d b e d", "occlusion")
    assert found.label == "yes"
    assert found.log_odds == pytest.approx(5.0, abs=1e-5)
    np.testing.assert_allclose(found.scores, [0, 3, 0, -1, 3], atol=1e-5)
    other = attribute(counting(Counting(d=3.0, e=-1.0)), "a d b e d", "occlusion", label="no")
    np.testing.assert_allclose(other.scores, -found.scores, atol=1e-5)


def test_a_phrase_shares_its_score() -> None:
    found = attribute(counting(Counting(d=3.0, e=-1.0)), "a d b, e u. d", "phrase-occlusion")
    np.testing.assert_allclose(found.scores, [1, 1, 1, -0.5, -0.5, 3], atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_only_word_is_compared_with_an_unknown_one(method: str) -> None:
    engine = Counting(d=3.0)
    engine.weights[1] = 1.0
    assert attribute(counting(engine), "d", method).scores.tolist() == pytest.approx([2.0], abs=1e-5)
    assert attribute(counting(engine), "zzz", method).scores.tolist() == [0.0]
    assert attribute(counting(engine), "", method).scores.tolist() == [0.0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("length", [500, 1500, 100_000])
def test_long_texts_are_read_some_hundred_times(method: str, length: int) -> None:
    engine = Counting(d=5.0)
    words = ["a"] * length
    words[length // 3] = "d"
    found = attribute(counting(engine), " ".join(words), method)
    assert found.scores.shape == (length,)
    assert engine.read < 520
    assert found.scores.sum() == pytest.approx(5.0, abs=1e-4)
    assert found.scores[length // 3] == found.scores.max() > 0


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("a b c", [0]),
        ("a b, c d. e", [0, 2, 4]),
        ("a b\nc", [0, 2]),
        ("a b c d e f g h", [0, 4]),
        ("a b ... !? c", [0, 2]),
        ("", [0]),
        ("\u05d0 \u05d1. \u05d2", [0, 2]),
    ],
)
def test_phrases_end_with_marks_and_are_short(text: str, starts: list[int]) -> None:
    assert phrases(Question.of(counting(Counting()), text)).tolist() == starts
