"""Sums of the weights of the n-grams that stand in texts, for `tenor.text.ngram_part`."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels.compiled import compiled

Array = npt.NDArray[Any]


@compiled(allocates=False)
def sums(
    ids: Array,
    offsets: Array,
    first: int,
    end: int,
    specials: int,
    words: int,
    places: Array,
    starts: Array,
    followers: Array,
    weights: Array,
    seen: Array,
    ending: Array,
    out: Array,
) -> None:
    """Add to out (B, K) float64 the weights of the n-grams of texts `first` to `end`, each once a text.

    ids (N,) int32, offsets (B+1,) int64; the `words` words with ids from `specials` on are the first columns
    of weights (F, K). The runs of o + 2 words that go on from run r of o + 1 words are those of the sorted
    `followers` from starts[places[o] + r] to starts[places[o] + r + 1]; their columns are their places there
    behind the words. seen (F,) int32 holds zeros or numbers of texts before, from 1; ending (orders,) int32
    is room for the runs that end at a word.
    """
    orders = ending.shape[0]
    for text in range(first, end):
        for order in range(orders):
            ending[order] = -1
        for t in range(offsets[text], offsets[text + 1]):
            word = ids[t]
            if word < specials:
                for order in range(orders):
                    ending[order] = -1
                continue
            for order in range(orders - 1, -1, -1):  # the longest first, since it goes on from a shorter one
                column = word - specials
                if order:
                    column = -1
                    if ending[order - 1] >= 0:
                        row = places[order - 1] + ending[order - 1]
                        low, last = starts[row], starts[row + 1]
                        high = last
                        while low < high:
                            middle = (low + high) >> 1
                            if followers[middle] < word:
                                low = middle + 1
                            else:
                                high = middle
                        if low < last and followers[low] == word:
                            column = words + low
                            ending[order] = low - starts[places[order - 1]]
                    if column < 0:
                        ending[order] = -1
                        continue
                else:
                    ending[0] = column
                if seen[column] != text + 1:
                    seen[column] = text + 1
                    for output in range(out.shape[1]):
                        out[text, output] += weights[column, output]
