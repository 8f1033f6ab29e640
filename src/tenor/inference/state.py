"""`State`: what a model keeps of texts it is in the middle of: arrays whose first axis is the texts."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

State = Mapping[str, npt.NDArray[Any]]
Rows = npt.NDArray[np.int64]


def select(state: State, rows: Rows) -> dict[str, npt.NDArray[Any]]:
    """Return the state of the texts of `rows`, in that order, as arrays of its own."""
    return {name: array[rows] for name, array in state.items()}


def put(state: State, rows: Rows, part: State) -> None:
    """Write the state of the texts of `rows` into that of all."""
    for name, array in state.items():
        array[rows] = part[name]


def side_by_side(offsets: npt.NDArray[np.int64]) -> tuple[Rows, Iterator[Rows]]:
    """Return the texts, longest first, and of each step the places of the tokens that are read in it.

    Step t reads token t of every text that has one: those are the first of the longest.
    """
    lengths = np.diff(offsets)
    order = np.argsort(-lengths, kind="stable")
    starts, falling = offsets[:-1][order], -lengths[order]
    counts = np.searchsorted(falling, -np.arange(lengths.max(initial=0)), side="left")
    return order, (starts[:count] + step for step, count in enumerate(counts))
