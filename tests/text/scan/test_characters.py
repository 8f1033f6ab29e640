import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenor.text.scan.characters import ALPHANUMERIC, DIGIT, SPACE, characters, code_points, letters
from tenor.text.words import lowered

EVERY = list(map(chr, range(sys.maxunicode + 1)))


def test_every_character_is_of_its_kind() -> None:
    kinds = characters().kinds
    for bit, belongs in ((ALPHANUMERIC, str.isalnum), (DIGIT, str.isdecimal), (SPACE, str.isspace)):
        np.testing.assert_array_equal(kinds & bit != 0, list(map(belongs, EVERY)))


def test_every_character_has_the_lower_case_of_words() -> None:
    lower = characters().lower
    assert list(map(chr, lower)) == list(map(lowered, EVERY))
    np.testing.assert_array_equal(lower[lower], lower)  # a text that is in lower case stays as it is


@given(st.text(st.characters(exclude_categories=[])))
def test_letters_are_code_points(text: str) -> None:
    assert letters(text).tolist() == list(map(ord, text))
    assert code_points(letters(text)) == text
