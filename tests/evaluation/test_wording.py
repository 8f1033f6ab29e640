"""Wording: words at their boundaries, in any case, with both apostrophes."""

import numpy as np
import pytest

from tenor.evaluation.slices import slices_of
from tenor.evaluation.wording import CONTRAST, NEGATION, VALUES, wording


@pytest.mark.parametrize("word", NEGATION)
def test_each_negation_word_is_found(word):
    assert wording([f"It was {word} good", f"{word.upper()}!", f"x{word}x"]) == ["negation"] * 2 + ["neither"]


@pytest.mark.parametrize("word", CONTRAST)
def test_each_contrast_word_is_found(word):
    assert wording([f"Dull, {word} short.", word.title(), f"x{word}x"]) == ["contrast"] * 2 + ["neither"]


@pytest.mark.parametrize("text", ["It isn't good", "I CAN’T say", "it is n't good", "ain't", "don't-know"])
def test_contractions_are_negations(text):
    assert wording([text]) == ["negation"]


@pytest.mark.parametrize(
    "text", ["", "nothingness", "a notable knot", "butter", "the ant's nest", "n'tx", "exceptional"]
)
def test_words_that_only_look_like_them_are_not(text):
    assert wording([text]) == ["neither"]


def test_words_of_both_kinds_and_words_apart():
    assert wording(["not bad, but long", "good in  spite\nof it all"]) == ["both", "contrast"]


def test_the_column_is_one_to_slice_by():
    texts = ["not good", "good", "but good", "never good but fine", "fine"]
    found = slices_of(np.zeros(5, int), np.array([1, 0, 0, 0, 0]), wording(texts), 2)
    assert {one.value: (one.rows, one.accuracy.value) for one in found} == {
        "neither": (2, 1.0),
        "negation": (1, 0.0),
        "contrast": (1, 1.0),
        "both": (1, 1.0),
    }
    assert set(VALUES) == {one.value for one in found}
