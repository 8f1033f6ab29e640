"""The compiled scan against the NumPy reference: outputs, pooling and gradients."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.kernels import ragged, scan
from tenor.reference.mingru import mingru

SIZE, HIDDEN, VOCABULARY = 3, 5, 7
EXACT = {np.float32: 2e-5, np.float64: 1e-12}


class Case:
    """Random texts over a few words, and what the reference makes of them, in float64."""

    def __init__(self, lengths: list[int], width: int, directions: int, seed: int, count: int = 0) -> None:
        generator = np.random.default_rng(seed)
        self.offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        self.rows = generator.integers(0, VOCABULARY, self.offsets[-1]).astype(np.int32)
        self.words = generator.normal(size=(VOCABULARY, SIZE))
        self.weight = generator.normal(size=(width, directions, 2, HIDDEN, SIZE))
        self.bias = generator.normal(size=(directions, 2, HIDDEN))
        self.d_pooled = generator.normal(size=(3, len(lengths), directions, HIDDEN))
        self.d_sequence = generator.normal(size=(len(self.rows), directions, HIDDEN))
        self.numbers = generator.normal(size=(len(self.rows), count)) * generator.integers(
            0, 2, (len(self.rows), 1)
        )
        self.lift = generator.normal(size=(width, count, directions, 2, HIDDEN))
        self.width, self.directions, self.count = width, directions, count

    def table(self) -> np.ndarray:
        products = np.einsum("ux,kdghx->ukdgh", self.words, self.weight)
        products[:, 0] += self.bias
        return products

    def reference(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return sequence, pooled values and the gradients with respect to words and lift."""
        sequence = np.zeros_like(self.d_sequence)
        pooled = np.zeros_like(self.d_pooled)
        d_words, d_lift = np.zeros_like(self.words), np.zeros_like(self.lift)
        inputs = np.concatenate((self.words[self.rows], self.numbers), 1)
        weight = np.concatenate((self.weight, np.moveaxis(self.lift, 1, -1)), -1)
        for text, direction in np.ndindex(len(self.offsets) - 1, self.directions):
            tokens = np.arange(self.offsets[text], self.offsets[text + 1])
            tokens = tokens if direction == 0 else tokens[::-1]
            h, backward = mingru(inputs[tokens], weight[:, direction], self.bias[direction])
            sequence[tokens, direction] = h
            pooled[:, text, direction] = h.mean(0), h.max(0), h[-1]
            d_mean, d_max, d_last = self.d_pooled[:, text, direction]
            d_h = self.d_sequence[tokens, direction] + d_mean / len(tokens)
            d_h[h.argmax(0), np.arange(HIDDEN)] += d_max
            d_h[-1] += d_last
            gradients = backward(d_h)
            np.add.at(d_words, self.rows[tokens], gradients.x[:, :SIZE])
            d_lift[:, :, direction] += np.moveaxis(gradients.weight[..., SIZE:], -1, 1)
        return sequence, pooled, d_words, d_lift


cases = st.builds(
    Case,
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    width=st.integers(1, 4),
    directions=st.integers(1, 2),
    seed=st.integers(0, 1000),
    count=st.integers(0, 2),
)


@settings(max_examples=60, deadline=None)
@given(case=cases, dtype=st.sampled_from(list(EXACT)), threads=st.integers(1, 3))
def test_equals_the_reference(case: Case, dtype: type, threads: int) -> None:
    sequence, pooled, d_words, d_lift = case.reference()
    table = case.table().astype(dtype)
    numbers, lift = case.numbers.astype(dtype), case.lift.astype(dtype)
    found = ragged.read(table, case.rows, case.offsets, numbers, lift, threads=threads)
    np.testing.assert_allclose(found.sequence, sequence, atol=EXACT[dtype])
    np.testing.assert_allclose(found.pooled, pooled, atol=EXACT[dtype])
    d_table, ours_lift = ragged.gradients(
        table, case.rows, case.offsets, numbers, lift, found,
        case.d_pooled.astype(dtype), case.d_sequence.astype(dtype), threads=threads,
    )  # fmt: skip
    ours = np.einsum("ukdgh,kdghx->ux", d_table.astype(np.float64), case.weight)
    np.testing.assert_allclose(ours, d_words, atol=50 * EXACT[dtype])
    np.testing.assert_allclose(ours_lift, d_lift, atol=50 * EXACT[dtype])


@pytest.mark.parametrize("width", [1, 2])
def test_any_number_of_threads_gives_the_same_bits(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ragged, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(ragged, "_VECTOR", 1)  # few units, yet several blocks of them
    case = Case([400, 3, 900, 250, 1, 77], width, 2, 1, 1)
    given = (case.table(), case.rows, case.offsets, case.numbers, case.lift)
    found = {}
    for threads in (1, 2, 5):
        read = ragged.read(*given, threads=threads)
        both = ragged.gradients(*given, read, case.d_pooled, None, threads=threads)
        found[threads] = [part.tobytes() for part in (read.sequence, read.pooled, *both)]
    assert found[1] == found[2] == found[5]


def test_work_is_shared_out() -> None:
    """Guards the test above: with threads there are several pieces, which cover everything once."""
    offsets = np.array([0, 400, 403, 1303, 1553, 1554], np.int64)
    _covers(list(ragged._pieces(offsets, 2, 4)), pieces=4, end=5)
    _covers(list(ragged._blocks(40, 2, 4)), pieces=4, end=40)
    _covers(list(ragged._blocks(10, 2, 16)), pieces=2, end=10)  # a vector is not cut
    _covers(list(ragged._blocks(100, 2, 64)), pieces=14, end=100)


def _covers(found: list[tuple[int, int, int]], *, pieces: int, end: int) -> None:
    """Check that for each of two directions the pieces go from 0 to `end` without gaps."""
    assert len(found) == pieces
    for direction in (0, 1):
        own = [(first, last) for d, first, last in found if d == direction]
        assert own[0][0] == 0
        assert own[-1][1] == end
        assert all(a[1] == b[0] for a, b in itertools.pairwise(own))
        assert all(first < last for first, last in own)


def test_vanished_gradients_are_zero_not_denormal() -> None:
    """The gate stands open: the gradient of the first token is a product of 3,000 small factors."""
    table = np.full((3000, 1, 1, 2, 4), 3.0, np.float32)  # a row a token
    offsets = np.array([0, 3000], np.int64)
    rows = np.arange(3000, dtype=np.int32)
    given = (table, rows, offsets, np.empty((3000, 0), np.float32), np.empty((1, 0, 1, 2, 4), np.float32))
    found = ragged.read(*given, threads=1)
    d_pooled = np.zeros_like(found.pooled)
    d_pooled[scan.LAST] = 1
    d_table, _ = ragged.gradients(*given, found, d_pooled, None, threads=1)
    tiny = np.finfo(np.float32).tiny
    assert not ((d_table != 0) & (np.abs(d_table) < tiny)).any()
    assert d_table[-1].any()
    assert not d_table[0].any()


@given(ids=st.lists(st.integers(0, 20), min_size=1, max_size=50))
def test_distinct_words_and_back(ids: list[int]) -> None:
    given_ids = np.array(ids, np.int32)
    words, rows = ragged.distinct(given_ids, 21)
    assert (words[rows] == given_ids).all()
    assert len(set(words.tolist())) == len(words) == len(set(ids))
