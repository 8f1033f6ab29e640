"""Passages: the whole text, printable, its words weighted; of long ones the parts that matter."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.report.passage import MOST_WORDS, Piece, passage
from tenor.report.printable import printable
from tenor.text.token import Token
from tenor.text.words import spans


def pieces(text: str, weights: list[float] | None = None, **more: object) -> list[Piece]:
    words = spans(text)
    return passage(text, words, np.array(weights or np.zeros(len(words))), **more)  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_a_printable_text_commands_nothing_and_keeps_its_places(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert all(a == b or a not in "\u200d\ufe0f" for a, b in zip(text, shown, strict=True))


def test_escape_sequences_and_turned_directions_are_made_visible() -> None:
    assert printable("a\x1b[31mb\x07\x9b \u202ec\u2066") == "a\ufffd[31mb\ufffd\ufffd \ufffdc\ufffd"
    assert printable("a\r\n\tb\u2028c") == "a   b c"


@given(st.text("ab ,.\n\u05d0\U0001f600", max_size=100))
def test_the_pieces_of_a_short_text_are_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == printable(text)


def test_words_have_their_weights_and_marks() -> None:
    found = {piece.text: piece for piece in pieces("Good, not bad!", [0.9, -0.4, 0.01], marks={2: "x"})}
    assert [found[word].kind for word in ("Good", "not", "bad", ", ")] == ["for", "against", "", ""]
    assert [found[word].mark for word in ("Good", "not")] == ["", "x"]
    assert float(found["Good"].strength) > float(found["not"].strength)


def test_tokens_in_the_same_place_are_one_piece() -> None:
    tokens = [Token("a", 0, 1), Token("\u0120x", 2, 3), Token("y", 2, 3), Token("b", 4, 5)]
    found = passage("a \U0001f600 b", tokens, np.array([0.0, 0.25, 0.5, 0.0]), marks={3: "1"})
    assert "".join(piece.text for piece in found) == "a \U0001f600 b"
    assert [(piece.weight, piece.mark) for piece in found if piece.weight] == [(0.75, "1")]


def test_a_long_text_is_shown_around_its_marks() -> None:
    text = " ".join(f"w{number}" for number in range(1, 3001))
    found = pieces(text, marks={1000: "1", 1010: "2"})
    shown = "".join(piece.text for piece in found).split()
    assert {"w1", "w980", "w1000", "w1010", "w1030", "w3000"} <= set(shown)
    assert not {"w500", "w2000"} & set(shown)
    notes = [piece.text for piece in found if piece.note]
    left_out = sum(int(note.split()[1].replace(",", "")) for note in notes)
    assert len(notes) == 2
    assert left_out + len([word for word in shown if word.startswith("w") and word[1:].isdigit()]) == 3000
    assert not any(piece.note for piece in pieces(" ".join(["w"] * MOST_WORDS)))


@pytest.mark.parametrize("words", [slice(0, 50), slice(950, 1000), [*range(20), *range(980, 1000)]])
def test_what_the_model_has_not_read_is_left_out(words: slice | list[int]) -> None:
    text = " ".join(["word"] * 1000)
    every = spans(text)
    read = every[words] if isinstance(words, slice) else [every[place] for place in words]
    found = passage(text, read, np.zeros(len(read)))
    assert sum(piece.note for piece in found) == 1
    assert sum(piece.text == "word" for piece in found) == len(read)


def test_an_empty_text_has_a_passage() -> None:
    assert "".join(piece.text for piece in passage("", [Token("<unk>", 0, 0)], np.zeros(1))) == ""
