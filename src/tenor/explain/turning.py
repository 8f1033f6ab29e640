"""Turning points: where a running probability changed and stayed changed.

At each word the median of the values just before it is set against the median of those from it on. What a
few words undo is in neither median, so a single wobble is no turn however large. The number of values in a
median grows with the square root of the text: in a long one more is asked of what is called lasting.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

LEAST = 0.15  # of probability; a smaller change is no turn
FEW = 5  # turns that are named, unless the label changes more often
MOST = 9  # turns that are named even then: the last ones
_WIDEST = 25  # values in a median, at most

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turn:
    """A lasting change, put down to the words `first` to `last` (from 1), most often one and the same.

    They are several where not every place of a text was read: all words between two readings.
    """

    first: int
    last: int
    before: float  # probability that had settled
    after: float  # and that settled then
    step: float  # from the word before `first` to `last`: what these words changed alone
    labels: tuple[int, int] | None = None  # class before and after, where the label changed

    @property
    def change(self) -> float:
        """From `before` to `after`."""
        return self.after - self.before


def turning_points(values: Array, labels: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> list[Turn]:
    """Return the turns of a running probability in the order of the text.

    They are the changes of the label that last, at most `MOST`, and the largest lasting changes of the
    probability by `LEAST` or more, as many as make `FEW` turns in all. What holds at the end lasts.

    Args:
        values: (P+1,) probability before any word and after each place that was read.
        labels: (P+1,) likeliest class there.
        places: (P,) number of words read at each place, rising.
    """
    width = 2 * int(min(math.sqrt(len(places)), _WIDEST) / 2) + 1
    before, after = _settled(values, width)
    changes = _label_changes(labels[1:], width // 2 + 1)

    def turn(row: int, old: float, new: float, crossed: tuple[int, int] | None) -> Turn:
        first = int(places[row - 2]) + 1 if row > 1 else 1
        return Turn(first, int(places[row - 1]), old, new, float(values[row] - values[row - 1]), crossed)

    turns: dict[int, Turn] = {}
    named: set[int] = set()
    for peak in _peaks(after - before, width):
        near = np.arange(max(peak - width // 2, 1), min(peak + width // 2 + 1, len(values)))
        steps = (values[near] - values[near - 1]) * np.sign(after[peak] - before[peak])
        row = int(near[steps.argmax()])
        if row in turns:
            continue
        within = [int(one) for one in near[steps > 0] if one in changes]
        crossed = (changes[within[0]][0], changes[within[-1]][1]) if within else None
        turns[row] = turn(row, float(before[peak]), float(after[peak]), crossed)
        named.update(within)
    for row in changes.keys() - named:
        turns[row] = turn(row, float(values[row - 1]), float(values[row]), changes[row])
    return [turns[row] for row in sorted(_chosen(turns))]


def _settled(values: Array, width: int) -> tuple[Array, Array]:
    """Return the medians of `width` values before each row, and of as many from it on; both (P+1,).

    Beyond its ends the curve is as it is there: nothing comes after the last word to undo it.
    """
    padded = np.pad(values, (width, width - 1), mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return medians[: len(values)], medians[width:]


def _peaks(change: Array, width: int) -> list[int]:
    """Return the rows of the largest changes, none within `width` of a larger one of the same direction."""
    found: list[int] = []
    for signed in (change, -change):
        left = np.where(signed >= LEAST, signed, 0.0)
        left[0] = 0.0  # nothing has been read there
        for _ in range(MOST):
            peak = int(left.argmax())
            if not peak:
                break
            found.append(peak)
            left[max(peak - width + 1, 0) : peak + width] = 0.0
    return sorted(found, key=lambda row: -abs(change[row]))


def _label_changes(labels: npt.NDArray[np.int64], stay: int) -> dict[int, tuple[int, int]]:
    """Return where one label that stays gives way to another: row of the curve -> class before and after.

    A label stays that holds for `stay` places, or to the end. Where none before the last does, the last is
    said to follow what was just before it.
    """
    runs, start = [], 1
    for label, group in groupby(labels.tolist()):
        length = len(list(group))
        runs.append((start, label, length))
        start += length
    lasting = [run for run in runs[:-1] if run[2] >= stay] + runs[-1:]
    changes = {b[0]: (a[1], b[1]) for a, b in pairwise(lasting) if a[1] != b[1]}
    if len(runs) > 1 and runs[-1][2] < stay and lasting == runs[-1:]:
        changes[runs[-1][0]] = (runs[-2][1], runs[-1][1])
    return changes


def _chosen(turns: Mapping[int, Turn]) -> list[int]:
    """Return the rows of the turns to name."""
    changes = sorted(row for row, turn in turns.items() if turn.labels is not None)[-MOST:]
    others = sorted(turns.keys() - changes, key=lambda row: -abs(turns[row].change))
    others = [row for row in others if turns[row].labels is None]
    return changes + others[: max(FEW - len(changes), 0)]
