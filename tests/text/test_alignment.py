import re

from hypothesis import given
from hypothesis import strategies as st

from tenor.text.alignment import blank, substitute

DIGITS = re.compile(r"\d+")


def test_what_a_replacement_says_stands_for_the_whole_match() -> None:
    aligned = substitute(DIGITS, lambda match: "xyz", "a12b")
    assert aligned.text == "axyzb"
    assert aligned.token("xy", 1, 3) == ("xy", 1, 3)
    assert aligned.token("axyzb", 0, 5) == ("axyzb", 0, 4)
    assert aligned.token("b", 4, 5) == ("b", 3, 4)


@given(st.text("ab12"), st.text("xy", max_size=3))
def test_the_text_is_that_of_sub_and_what_was_not_replaced_is_found_again(text: str, new: str) -> None:
    aligned = substitute(DIGITS, lambda match: new, text)
    assert aligned.text == DIGITS.sub(new, text)
    assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)
    for character, start, end in zip(aligned.text, aligned.starts, aligned.ends, strict=True):
        assert text[start:end] == character or (character in new and DIGITS.fullmatch(text[start:end]))


@given(st.text("ab12"))
def test_blanks_move_nothing(text: str) -> None:
    assert DIGITS.sub(blank, text) == text.translate(str.maketrans("12", "  "))
