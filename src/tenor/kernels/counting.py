"""Counting texts by class, and the log-count ratios that follow, for `tenor.text.ratios`."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels.compiled import compiled

Array = npt.NDArray[Any]


@compiled(allocates=False)
def search(rising: Array, low: int, end: int, value: int) -> int:
    """Return the place of a value among rising[low:end], which rise; -1 where it is not."""
    high = end
    while low < high:
        middle = (low + high) >> 1
        if rising[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < end and rising[low] == value else -1


@compiled
def find(
    ids: Array,
    offsets: Array,
    first: int,
    end: int,
    starts: Array,
    followers: Array,
    specials: int,
    out: Array,
) -> None:
    """Find the bigram that ends at each token of texts `first` to `end`.

    ids (N,) int32, offsets (B+1,) int64; the bigrams of first word w are those of `followers` from starts[w]
    to starts[w + 1], sorted; written: out (N,) int32, the number of the bigram, -1 where there is none or
    where one of its words is below `specials`.
    """
    for text in range(first, end):
        before = np.int32(-1)
        for t in range(offsets[text], offsets[text + 1]):
            word = ids[t]
            out[t] = -1
            if before >= specials and word >= specials:
                out[t] = search(followers, starts[before], starts[before + 1], word)
            before = word


@compiled
def add(
    items: Array, offsets: Array, targets: Array, amount: int, counts: Array, seen: Array, stamp: int
) -> int:
    """Add `amount` to counts (M, C) for each text that holds an item, in the column of the text's class.

    items (N,) int32, -1 none; targets (B,) int64; seen (M,) int64 holds the stamp of the last text that held
    an item; stamps from `stamp` on are unused. Returns the next unused one.
    """
    for text in range(offsets.shape[0] - 1):
        target = targets[text]
        for t in range(offsets[text], offsets[text + 1]):
            item = items[t]
            if item >= 0 and seen[item] != stamp:
                seen[item] = stamp
                counts[item, target] += amount
        stamp += 1
    return stamp


@compiled
def ratios(items: Array, counts: Array, weights: Array, smoothing: float, out: Array) -> None:
    """Write the log-count ratios of items: out (N, F) float32, 0 where an item is -1.

    counts (M, C); weights (C,) the share of texts of each class; F = 1 for two classes (the second against
    the first), else C (each against the rest).
    """
    classes = counts.shape[1]
    for n in range(items.shape[0]):
        item = items[n]
        if item < 0:
            out[n] = 0
            continue
        total = 0.0
        for c in range(classes):
            total += counts[item, c]
        for f in range(out.shape[1]):
            c = 1 if classes == 2 else f
            share = weights[c]
            inside = (counts[item, c] + 2 * smoothing * share) / share
            outside = (total - counts[item, c] + 2 * smoothing * (1 - share)) / (1 - share)
            out[n, f] = math.log(inside / outside)
