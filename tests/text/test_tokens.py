import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenor.text.tokens import Tokens

rows = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), max_size=8)


def lists(tokens: Tokens) -> list[list[int]]:
    return [ids.tolist() for ids in np.split(tokens.ids, tokens.offsets[1:-1])] if len(tokens) else []


@given(rows)
def test_joined_and_split_again(texts: list[list[int]]) -> None:
    tokens = Tokens.of(texts)
    assert lists(tokens) == texts
    assert tokens.lengths.tolist() == [len(text) for text in texts]
    assert (tokens.ids.dtype, tokens.offsets.dtype) == (np.int32, np.int64)


@given(rows.filter(bool), st.data())
def test_select_gives_texts_in_the_order_asked(texts: list[list[int]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(texts) - 1)))
    selected = Tokens.of(texts).select(np.array(chosen, dtype=np.int64))
    assert lists(selected) == [texts[row] for row in chosen]


@given(rows)
def test_padded_holds_each_text_and_padding_after_it(texts: list[list[int]]) -> None:
    padded = Tokens.of(texts).padded(pad=-1)
    longest = max(map(len, texts), default=0)
    assert padded.tolist() == [text + [-1] * (longest - len(text)) for text in texts]


def test_pieces_of_some_texts() -> None:
    tokens = Tokens.of([[1, 2, 3], [4], [5, 6, 7, 8, 9]])
    piece = tokens.piece(np.array([2, 0]), 1, 3)
    assert piece.ids.tolist() == [6, 7, 8, 2, 3]
    assert piece.offsets.tolist() == [0, 3, 5]


def test_joined_texts_follow_each_other() -> None:
    parts = [[[1, 2], [3]], [], [[4, 5, 6]]]
    joined = Tokens.joined([Tokens.of(part) for part in parts])
    whole = Tokens.of([text for part in parts for text in part])
    np.testing.assert_array_equal(joined.ids, whole.ids)
    np.testing.assert_array_equal(joined.offsets, whole.offsets)
    assert joined.ids.dtype == whole.ids.dtype
    assert joined.offsets.dtype == whole.offsets.dtype
    assert len(Tokens.joined([])) == 0
