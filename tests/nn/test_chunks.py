"""Chunks hold every token of every text once, in order, whatever the lengths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.nn.chunks import Chunks, framed, running
from tenor.nn.language_model import NOTHING
from tenor.text.tokens import Tokens

lengths = st.lists(st.integers(1, 30), min_size=1, max_size=12)


def ragged(sizes: list[int]) -> Tokens:
    """Texts in which no token occurs twice."""
    starts = np.cumsum([2, *sizes])
    return Tokens.of([list(range(start, start + n)) for start, n in zip(starts, sizes, strict=False)])


@settings(deadline=None)
@given(sizes=lengths, batch_size=st.integers(1, 5), length=st.integers(1, 9), epoch=st.integers(0, 2))
def test_every_text_is_read_in_order_from_its_beginning(
    sizes: list[int], batch_size: int, length: int, epoch: int
) -> None:
    tokens = framed(ragged(sizes), boundary=0)
    chunks = Chunks(tokens, 0, batch_size, length, seed=5)
    read: dict[int, list[int]] = {}
    total = 0
    for place in chunks.order(epoch):
        chunk = chunks.batch(place)
        total += len(chunk)
        assert chunk.first == (place.start == 0)
        assert chunk.ids.shape == chunk.targets.shape
        assert chunk.ids.shape[1] <= length
        assert (chunk.targets != NOTHING).sum() == len(chunk)
        for row, ids, targets in zip(place.rows.tolist(), chunk.ids, chunk.targets, strict=True):
            there = targets != NOTHING
            assert there.any()
            before = [0] if chunk.first else read[row][-1:]
            assert ids[there].tolist() == [*before, *targets[there][:-1].tolist()]
            read.setdefault(row, []).extend(targets[there].tolist())
    assert total == chunks.total
    wanted = ragged(sizes)
    for row, size in enumerate(sizes):
        start = int(wanted.offsets[row])
        assert read[row] == [*wanted.ids[start : start + size].tolist(), 0]


def test_the_order_is_that_of_seed_and_epoch() -> None:
    tokens = framed(ragged([3, 9, 4, 7, 8, 2, 6, 5] * 4), boundary=0)
    chunks, same, other = (Chunks(tokens, 0, 4, 3, seed=seed) for seed in (1, 1, 2))

    def rows(found: Chunks, epoch: int) -> list[list[int]]:
        return [place.rows.tolist() for place in found.order(epoch)]

    assert rows(chunks, 1) == rows(same, 1)
    assert rows(chunks, 0) != rows(chunks, 1)
    assert rows(chunks, 0) != rows(other, 0)
    assert len(chunks) == len(chunks.order(0))


@given(sizes=lengths, rows=st.integers(1, 6), least=st.integers(1, 9))
def test_a_running_text_is_cut_into_rows(sizes: list[int], rows: int, least: int) -> None:
    tokens = ragged(sizes)
    found = running(tokens, boundary=1, rows=rows, least=least)
    firsts = found.offsets[:-1]
    assert (found.ids[firsts] == 1).all()
    assert np.array_equal(np.delete(found.ids, firsts), tokens.ids)
    assert len(found) <= rows + len(sizes)
    assert (found.lengths > 1).all()


@pytest.mark.parametrize(("rows", "least", "wanted"), [(4, 1, 4), (4, 50, 2), (4, 1000, 1)])
def test_rows_are_alike_and_no_shorter_than_the_least(rows: int, least: int, wanted: int) -> None:
    found = running(ragged([100]), boundary=1, rows=rows, least=least)
    assert len(found) == wanted
    assert np.ptp(found.lengths) <= 1
