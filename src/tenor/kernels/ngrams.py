"""Sums of the weights of the n-grams that stand in texts, for `tenor.text.ngram_part`."""

from typing import Any

import numpy.typing as npt

from tenor.kernels.compiled import compiled
from tenor.kernels.counting import search

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
    for text in range(first, end):
        ending[:] = -1
        for t in range(offsets[text], offsets[text + 1]):
            word = ids[t]
            if word < specials:
                ending[:] = -1
                continue
            for order in range(ending.shape[0] - 1, -1, -1):  # longest first: each goes on from a shorter one
                if order == 0:
                    ending[0] = word - specials
                    column = word - specials
                else:
                    column = -1
                    if ending[order - 1] >= 0:
                        row = places[order - 1] + ending[order - 1]
                        column = search(followers, starts[row], starts[row + 1], word)
                    ending[order] = -1
                    if column < 0:
                        continue
                    ending[order] = column - starts[places[order - 1]]
                    column += words
                if seen[column] != text + 1:
                    seen[column] = text + 1
                    for output in range(out.shape[1]):
                        out[text, output] += weights[column, output]
