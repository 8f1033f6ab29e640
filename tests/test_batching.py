"""Batches: padding, order, buckets."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tenor.batching import Batches, collate, round_width
from tenor.text.tokens import Tokens


def ragged(lengths: list[int]) -> Tokens:
    return Tokens.of([[10 * row + place + 1 for place in range(n)] for row, n in enumerate(lengths)])


def test_collate_pads_behind_each_text() -> None:
    batch = collate(ragged([2, 1, 3]), np.array([0, 1, 0]))
    assert batch.ids.tolist() == [[1, 2, 0], [11, 0, 0], [21, 22, 23]]
    assert batch.ids.dtype is torch.int64
    assert batch.mask.tolist() == [[True, True, False], [True, False, False], [True, True, True]]
    assert batch.lengths.tolist() == [2, 1, 3]
    assert len(batch) == 3


def test_to_returns_a_new_batch() -> None:
    batch = collate(ragged([2, 1]), np.array([0, 1]))
    moved = batch.to(torch.device("meta"))
    assert moved.ids.device.type == moved.targets.device.type == "meta"
    assert batch.ids.device.type == "cpu"


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=300),
    size=st.integers(1, 9),
    epoch=st.integers(0, 5),
)
def test_an_epoch_reads_every_text_once(lengths: list[int], size: int, epoch: int) -> None:
    batches = Batches(ragged(lengths), np.zeros(len(lengths), dtype=np.int64), size, seed=3)
    order = batches.order(epoch)
    assert sorted(row for rows in order for row in rows.tolist()) == list(range(len(lengths)))
    assert len(order) == len(batches)
    assert all(1 <= len(rows) <= size for rows in order)


@given(longest=st.integers(1, 100_000))
def test_rounded_widths_hold_the_text_and_waste_little(longest: int) -> None:
    assert longest <= round_width(longest) <= longest * 1.125


def test_rounded_widths_are_few() -> None:
    assert len({round_width(longest) for longest in range(1, 2500)}) < 100


def test_order_depends_on_seed_and_epoch_alone() -> None:
    lengths = np.random.default_rng(0).integers(1, 50, 200).tolist()

    def order(seed: int, epoch: int) -> list[list[int]]:
        batches = Batches(ragged(lengths), np.zeros(200, dtype=np.int64), 8, seed=seed)
        return [rows.tolist() for rows in batches.order(epoch)]

    assert order(1, 4) == order(1, 4)
    assert order(1, 4) != order(1, 5)
    assert order(1, 4) != order(2, 4)


def test_buckets_spare_most_of_the_padding() -> None:
    lengths = np.random.default_rng(0).integers(1, 200, 2000)
    batches = Batches(ragged(lengths.tolist()), np.zeros(2000, dtype=np.int64), 16, seed=0)
    padded = sum(int(lengths[rows].max()) * len(rows) for rows in batches.order(0))
    at_random = sum(int(lengths[at : at + 16].max()) * 16 for at in range(0, 2000, 16))
    assert padded < 1.15 * lengths.sum() < at_random


@pytest.mark.parametrize("rows", [[0], [2, 0, 1], [1, 1], []])
def test_select_takes_texts_in_the_order_asked(rows: list[int]) -> None:
    tokens = ragged([2, 1, 3])
    texts = [[1, 2], [11], [21, 22, 23]]
    selected = tokens.select(np.array(rows, dtype=np.int64))
    assert [
        selected.ids[a:b].tolist() for a, b in zip(selected.offsets, selected.offsets[1:], strict=False)
    ] == [texts[row] for row in rows]
