"""Compiled: words -> the ids of their subwords, and what truncation keeps of them."""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

import numpy as np
import numpy.typing as npt

from tenor.kernels.compiled import compiled

Ids = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


@compiled
def expand(words: Ids, firsts: Places, bounds: Places, subwords: Ids, ids: Ids, offsets: Places) -> None:
    """Write the subwords of words one after the other.

    Text b has the words `firsts[b]` to `firsts[b + 1]`; word w has `subwords[bounds[w]:bounds[w + 1]]`.
    Written are the ids of text b as `ids[offsets[b]:offsets[b + 1]]`.
    """
    at = 0
    for b in range(len(firsts) - 1):
        offsets[b] = at
        for place in range(firsts[b], firsts[b + 1]):
            for i in range(bounds[words[place]], bounds[words[place] + 1]):
                ids[at] = subwords[i]
                at += 1
    offsets[len(firsts) - 1] = at


@compiled
def keep(ids: Ids, offsets: Places, limit: int, front: int, unknown: int, out: Ids, bounds: Places) -> None:
    """Write what truncation keeps, as `out[bounds[b]:bounds[b + 1]]`; nothing is one `unknown`."""
    at = 0
    for b in range(len(offsets) - 1):
        bounds[b] = at
        skipped = max(offsets[b + 1] - offsets[b] - limit, 0)
        gap = offsets[b] + front
        for i in range(offsets[b], offsets[b + 1]):
            if skipped == 0 or i < gap or i >= gap + skipped:
                out[at] = ids[i]
                at += 1
        if at == bounds[b]:
            out[at] = unknown
            at += 1
    bounds[len(offsets) - 1] = at
