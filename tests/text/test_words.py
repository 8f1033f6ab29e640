import re

from hypothesis import given
from hypothesis import strategies as st

from tenor.text.words import lowered, spans, tokenize

any_text = st.text(st.one_of(st.characters(exclude_categories=[]), st.sampled_from("aB_9 İΣ'-")))


def test_words_are_runs_of_word_characters_in_lower_case() -> None:
    tokens = tokenize("It's a well-made_film: 9 of 10, Édith!")
    assert " ".join(tokens) == "it s a well made_film 9 of 10 édith"


def test_a_dotted_capital_i_neither_splits_its_word_nor_moves_the_next() -> None:
    text = "İSTANBUL İ film"
    assert tokenize(text) == ["istanbul", "i", "film"]
    assert [text[start:end] for _, start, end in spans(text)] == ["İSTANBUL", "İ", "film"]


def test_lower_case_is_as_long_as_the_text_for_every_character() -> None:
    assert all(len(lowered(chr(code))) == 1 for code in range(0x110000))


@given(any_text)
def test_a_token_is_what_stands_at_its_place(text: str) -> None:
    for token, start, end in spans(text):
        # At the end of a word a sigma has another form, and a slice may end where its word does not.
        assert token.replace("ς", "σ") == lowered(text[start:end]).replace("ς", "σ")


@given(any_text)
def test_every_word_character_is_in_one_token(text: str) -> None:
    covered = [place for _, start, end in spans(text) for place in range(start, end)]
    assert covered == [match.start() for match in re.finditer(r"\w", text)]
