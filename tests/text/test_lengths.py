import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenor.text.lengths import FULL, MOST_PADDING, by_length


@given(
    lengths=st.lists(st.integers(1, 60), max_size=60), texts=st.integers(1, 30), tokens=st.integers(1, 900)
)
def test_by_length_keeps_its_limits_and_loses_nothing(lengths: list[int], texts: int, tokens: int) -> None:
    array = np.array(lengths, dtype=np.int64)
    seen = []
    for rows in by_length(array, most_texts=texts, most_tokens=tokens):
        assert 1 <= len(rows) <= texts
        assert len(rows) == 1 or array[rows].max() * len(rows) <= tokens
        padded = array[rows].max() * len(rows)
        assert len(rows) <= FULL or array[rows].sum() >= (1 - MOST_PADDING) * padded
        seen += rows.tolist()
    assert sorted(seen) == list(range(len(lengths)))
