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


@dataclass(frozen=True)
class Read:
    """What reading B texts gave, and what going back needs."""

    sequence: Array  # (N, D, H)
    pooled: Array  # (3, B, D, H): mean, maximum, last
    gates: Array  # (N, D, 2, H)
    at: npt.NDArray[np.int32]  # (B, D, H)


def read(
    table: Array,
    rows: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    numbers: Array,
    lift: Array,
    *,
    threads: int,
    sequence: bool = True,
    gates: bool = True,
) -> Read:
    """Read texts by a table of gate products (U, K, D, 2, H); see `tenor.kernels.scan`.

    `numbers` (N, F) and `lift` (K, F, D, 2, H) are those of the tokens, F = 0 for none. Without `sequence` or
    `gates` these have no rows; to go back both are needed.
    """
    from tenor.kernels import scan

    _, _, directions, _, size = table.shape
    count, texts = len(rows), len(offsets) - 1
    threads = _threads(offsets, directions, size, threads)
    found = Read(
        np.empty((count if sequence else 0, directions, size), table.dtype),
        np.empty((3, texts, directions, size), table.dtype),
        np.empty((count if gates else 0, directions, 2, size), table.dtype),
        np.empty((texts, directions, size), np.int32),
    )

    def task(direction: int, first: int, end: int) -> None:
        # What is not kept goes into one row, which each thread has for itself.
        h = found.sequence if sequence else np.empty((1, directions, size), table.dtype)
        z_and_c = found.gates if gates else np.empty((1, directions, 2, size), table.dtype)
        work, where = np.empty((5, size), table.dtype), np.empty(size, np.int32)
        scan.forward(
            table, rows, numbers, lift, offsets, first, end, direction, h, z_and_c, found.pooled, found.at,
            work, where,
        )  # fmt: skip

    parallel.run([partial(task, *piece) for piece in _pieces(offsets, directions, size, threads)], threads)
    return found


def gradients(
    found: Read,
    d_pooled: Array,
    d_sequence: Array | None,
    rows: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    numbers: Array,
    *,
    table_rows: int,
    width: int,
    threads: int,
) -> tuple[Array, Array]:
    """Return the gradients of the table (U, K, D, 2, H) and of the numbers' weights (K, F, D, 2, H)."""
    from tenor.kernels import scan

    count, directions, size = found.sequence.shape
    threads = _threads(offsets, directions, size, threads)
    own = np.empty((0, directions, size), found.sequence.dtype) if d_sequence is None else d_sequence
    d_gates = np.empty_like(found.gates)
    d_lift = np.zeros((len(offsets) - 1, width, numbers.shape[1], directions, 2, size), d_gates.dtype)

    def task(direction: int, first: int, end: int) -> None:
        scan.backward(
            d_pooled, own, found.at, found.sequence, found.gates, numbers, offsets, first, end, direction,
            d_gates, d_lift, np.empty((3, size), d_gates.dtype),
        )  # fmt: skip

    parallel.run([partial(task, *piece) for piece in _pieces(offsets, directions, size, threads)], threads)
    order, starts = np.empty(count, np.int32), np.empty(table_rows + 1, np.int64)
    text_of = np.empty(count, np.int32)
    scan.order_by_row(rows, table_rows, order, starts, offsets, text_of)
    d_table = np.empty((table_rows, width, directions, 2, size), d_gates.dtype)
    flat, flat_table = d_gates.reshape(count, directions, -1), d_table.reshape(*d_table.shape[:3], -1)
    parallel.run(
        [
            partial(scan.gather, flat, order, starts, text_of, offsets, first, end, flat_table)
            for first, end in parallel.ranges(starts + np.arange(table_rows + 1), threads)
        ],
        threads,
    )
    return d_table, d_lift.sum(0)


def _pieces(
    offsets: npt.NDArray[np.int64], directions: int, size: int, threads: int
) -> Iterator[tuple[int, int, int]]:
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
