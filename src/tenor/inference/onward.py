"""minGRU from a given state, in plain NumPy, all texts side by side (`tenor.kernels.scan` has the formulas).

Axes: B texts, N tokens, P entries kept from before each text's piece, K = width, H units, F numbers a token.
Models here have one direction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.inference.state import side_by_side

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Longer:
    """The pieces of B texts, and before each what was kept of the text so far."""

    items: npt.NDArray[Any]  # (N + B * P, ...)
    offsets: npt.NDArray[np.int64]  # (B+1,), into the items
    places: npt.NDArray[np.int64]  # (N,): where the tokens of the pieces stand
    last: npt.NDArray[Any]  # (B, P, ...): what to keep for the next piece

    @classmethod
    def of(cls, before: npt.NDArray[Any], new: npt.NDArray[Any], offsets: npt.NDArray[np.int64]) -> "Longer":
        """Join before (B, P, ...) and new (N, ...)."""
        texts, kept = before.shape[:2]
        longer = offsets + kept * np.arange(texts + 1)
        places = np.arange(len(new)) + np.repeat(kept * np.arange(1, texts + 1), np.diff(offsets))
        items = np.empty((len(new) + texts * kept, *new.shape[1:]), new.dtype)
        items[places] = new
        first = np.arange(kept)
        items[longer[:-1, None] + first] = before
        return cls(items, longer, places, items[longer[1:, None] - kept + first])


def of_words(table: Array, numbers: Array, lift: Array, words: Longer) -> Array:
    """Return the gates' sums of tokens (N, 2, H).

    table (U, K, 1, 2, H), lift (K, F, 1, 2, H); numbers (N + B * P, F) and words as they stand, -1 for none.
    """
    sums = table[words.items[words.places], 0, 0]
    for back in range(1, table.shape[1]):
        ids = words.items[words.places - back]
        products = table[ids, back, 0]
        products[ids < 0] = 0
        sums += products
    if numbers.shape[1]:
        for back in range(table.shape[1]):
            sums += np.tensordot(numbers[words.places - back], lift[back, :, 0], 1)
    return np.asarray(sums)


def of_inputs(weight: Array, bias: Array, inputs: Longer) -> Array:
    """Return the gates' sums (N, 2, H) of a layer above: weight (K, 1, 2, H, S), bias (1, 2, H)."""
    _, _, gates, size, _ = weight.shape
    sums = np.tile(bias.reshape(-1), (len(inputs.places), 1))
    for back, matrix in enumerate(weight.reshape(len(weight), gates * size, -1)):
        sums += inputs.items[inputs.places - back] @ matrix.T
    return sums.reshape(-1, gates, size)


def scan(sums: Array, h: Array, offsets: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Return h after each token (N, H) and each text's last (B, H), from sums (N, 2, H) and h (B, H)."""
    with np.errstate(over="ignore"):  # e^x is infinite, its inverse 0
        keep = 1 / (1 + np.exp(sums[:, 0]))
    sequence: Array = np.multiply(1 - keep, np.tanh(sums[:, 1]), dtype=np.float32)
    # What each token brings; what is kept comes to it below
    order, steps = side_by_side(offsets)
    now = h[order]
    for places in steps:
        own = now[: len(places)]
        own *= keep[places]
        own += sequence[places]
        sequence[places] = own
    last = np.empty_like(now)
    last[order] = now
    return sequence, last
