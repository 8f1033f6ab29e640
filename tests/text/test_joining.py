"""Tokens written as a text is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.text import basic_english
from tenor.text.joining import join


@pytest.mark.parametrize(
    "text",
    [
        "it was good, and then (at the end) it was not!",
        "i don't know. do you?",
        "well... it isn't bad!!!",
        "😀 שלום, عالم",
    ],
)
def test_words_are_written_as_they_stood(text: str) -> None:
    assert join(basic_english.tokenize(text), "word") == text


def test_double_quotes_open_and_close() -> None:
    assert join(["he", "said", '"', "no", '"', ",", "twice"], "word") == 'he said "no", twice'


def test_an_emoticon_is_a_word() -> None:
    assert join(["good", ":)", "!"], "word") == "good :)!"


def test_pieces_are_put_together_where_no_word_begins() -> None:
    assert (
        join(["▁the", "▁un", "believ", "able", "▁film", "▁,", "▁too"], "piece")
        == "the unbelievable film, too"
    )


@given(text=st.text())
def test_characters_stay_as_they_are(text: str) -> None:
    assert join(list(text), "character") == text


@given(tokens=st.lists(st.text(min_size=1, max_size=3).filter(lambda token: token.strip() == token)))
def test_no_token_is_lost(tokens: list[str]) -> None:
    assert join(tokens, "word").replace(" ", "") == "".join(tokens).replace(" ", "")
