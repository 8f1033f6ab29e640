"""Gated recurrence over ragged texts: the compiled scan behind plain functions on NumPy arrays.

Numba is imported by the first call, not with this module.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels import parallel

Array = npt.NDArray[Any]  # float32 or float64, all of one kind
# Below so many units x tokens a thread costs more than it saves.
_WORTH_A_THREAD = 50_000
_VECTOR = 16  # numbers of float32 that a processor adds at once


@dataclass(frozen=True)
class Read:
    """What reading B texts gave."""

    sequence: Array  # (N, D, H)
    pooled: Array  # (3, B, D, H): mean, maximum, last
    at: npt.NDArray[np.int32]  # (B, D, H): where the maximum stands


def read(
    table: Array,
    rows: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    numbers: Array,
    lift: Array,
    *,
    threads: int,
    sequence: bool = True,
) -> Read:
    """Read texts by a table of gate products (U, K, D, 2, H); see `tenor.kernels.scan`.

    `numbers` (N, F) and `lift` (K, F, D, 2, H) are those of the tokens, F = 0 for none. Without `sequence`
    that has no rows.
    """
    from tenor.kernels import scan

    _, _, directions, _, size = table.shape
    texts = len(offsets) - 1
    threads = _threads(offsets, directions, size, threads)
    found = Read(
        np.empty((len(rows) if sequence else 0, directions, size), table.dtype),
        np.empty((3, texts, directions, size), table.dtype),
        np.empty((texts, directions, size), np.int32),
    )

    def task(direction: int, first: int, end: int) -> None:
        # What is not kept goes into one row, which each thread has for itself.
        h = found.sequence if sequence else np.empty((1, directions, size), table.dtype)
        work, where = np.empty((5, size), table.dtype), np.empty(size, np.int32)
        scan.forward(
            table, rows, numbers, lift, offsets, first, end, direction, h, found.pooled, found.at, work, where
        )

    parallel.run([partial(task, *piece) for piece in _pieces(offsets, directions, threads)], threads)
    return found


def gradients(
    table: Array,
    rows: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    numbers: Array,
    lift: Array,
    found: Read,
    d_pooled: Array,
    d_sequence: Array | None,
    *,
    threads: int,
) -> tuple[Array, Array]:
    """Return the gradients of the table (U, K, D, 2, H) and of the numbers' weights (K, F, D, 2, H).

    The first five are what `read` was given, `found` is what it returned, `d_pooled` and `d_sequence` are the
    gradients of that.
    """
    from tenor.kernels import scan

    _, _, directions, _, size = table.shape
    threads = _threads(offsets, directions, size, threads)
    own = np.empty((0, directions, size), table.dtype) if d_sequence is None else d_sequence
    d_table, d_lift = np.zeros_like(table), np.zeros_like(lift)
    longest = int(np.diff(offsets).max())

    def task(direction: int, low: int, high: int) -> None:
        kept = np.empty((longest + 1, 3, high - low), table.dtype)
        work = np.empty((6, high - low), table.dtype)
        scan.backward(
            table, rows, numbers, lift, offsets, direction, low, high, d_pooled, own, found.at,
            d_table, d_lift, kept, work,
        )  # fmt: skip

    parallel.run([partial(task, *block) for block in _blocks(size, directions, threads)], threads)
    return d_table, d_lift


def _blocks(size: int, directions: int, threads: int) -> Iterator[tuple[int, int, int]]:
    """Yield direction, first unit and end of each piece of work: whole vectors of the processor."""
    vectors = -(-size // _VECTOR)
    parts = min(vectors, -(-threads // directions))
    for direction in range(directions):
        for part in range(parts):
            low, high = (_VECTOR * (vectors * place // parts) for place in (part, part + 1))
            yield direction, low, min(high, size)


def _pieces(offsets: npt.NDArray[np.int64], directions: int, threads: int) -> Iterator[tuple[int, int, int]]:
    """Yield direction, first text and end of each piece of work: a few for every thread."""
    parts = -(-threads // directions)
    for direction in range(directions):
        for first, end in parallel.ranges(offsets, parts):
            yield direction, first, end


def _threads(offsets: npt.NDArray[np.int64], directions: int, size: int, threads: int) -> int:
    """Return how many of the threads there is work for."""
    return max(1, min(threads, int(offsets[-1]) * size * directions // _WORTH_A_THREAD))


def distinct(
    ids: npt.NDArray[np.int32], vocabulary_size: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the distinct ids (U,) in order of appearance, and of each token its row among them (N,)."""
    from tenor.kernels import scan

    number = np.full(vocabulary_size, -1, np.int32)
    words, rows = np.empty_like(ids), np.empty_like(ids)
    return words[: scan.distinct(ids, number, words, rows)], rows
