"""The scan of `tenor.kernels.ragged` for a few texts, in plain NumPy: nothing is compiled or loaded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Read:
    """What reading B texts gave."""

    sequence: Array  # (N, D, H)
    pooled: Array  # (3, B, D, H): mean, maximum, last


def read(
    table: Array,
    rows: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    numbers: Array,
    lift: Array,
    *,
    threads: int = 1,
    sequence: bool = True,
) -> Read:
    """Read texts by a table (U, K, D, 2, H), numbers (N, F) and their weights (K, F, D, 2, H).

    As `ragged.read`, but in one thread, and the sequence is always kept.
    """
    width, directions, _, size = table.shape[1:]
    outputs = np.empty((len(rows), directions, size), table.dtype)
    pooled = np.empty((3, len(offsets) - 1, directions, size), table.dtype)
    for text in range(len(offsets) - 1):
        own = slice(offsets[text], offsets[text + 1])
        products = table[rows[own]] + np.tensordot(numbers[own], lift, (1, 1))  # (T, K, D, 2, H)
        for direction in range(directions):
            turned = products[:, :, direction] if direction == 0 else products[::-1, :, direction]
            sums = turned[:, 0].copy()
            for back in range(1, min(width, len(turned))):
                sums[back:] += turned[:-back, back]
            h = _scan(sums)
            outputs[own, direction] = h if direction == 0 else h[::-1]
            pooled[:, text, direction] = h.mean(0), h.max(0), h[-1]
    return Read(outputs, pooled)


def _scan(gates: Array) -> Array:
    """(T, 2, H) -> h (T, H), as 1 - z = sigmoid(-a) and z c are known before the loop begins."""
    with np.errstate(over="ignore"):  # e^x is infinite, its inverse 0
        keep = 1 / (1 + np.exp(gates[:, 0]))
    h = (1 - keep) * np.tanh(gates[:, 1])
    for t in range(1, len(h)):
        h[t] += keep[t] * h[t - 1]
    return np.asarray(h)
