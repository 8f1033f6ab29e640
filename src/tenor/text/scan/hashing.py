"""Compiled functions of the hash table of tokens: open addressing, linear probing.

A table of S slots, a power of two, holds entries 0, 1, ... in the order in which they came. Entry e has the
letters `own[bounds[e]:bounds[e + 1]]` and the count `counts[e]`. A slot is 0 if free; otherwise its upper
half is that of the hash and its lower half is e + 1. Letters are always compared, so two tokens stay two.
"""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

import numpy as np
import numpy.typing as npt

from tenor.kernels.compiled import compiled

Letters = npt.NDArray[np.uint32]
Integers = npt.NDArray[np.int64]

_LOWER_HALF = 0xFFFFFFFF


@compiled
def _hash(letters: Letters, start: int, end: int) -> np.int64:
    """Return a hash of 64 bits (FNV-1a over code points, with the upper half mixed into the lower)."""
    value = np.int64(-3750763034362895579)
    for i in range(start, end):
        value = (value ^ np.int64(letters[i])) * np.int64(1099511628211)
    return value ^ value >> 29


@compiled
def _slot(
    letters: Letters, start: int, end: int, value: np.int64, slots: Integers, own: Letters, bounds: Integers
) -> int:
    """Return the slot of a token of hash `value`, or the free one where it belongs."""
    mask = len(slots) - 1
    place = int(value) & mask
    while slots[place] != 0:
        if (slots[place] ^ value) >> 32 == 0:
            first = bounds[(slots[place] & _LOWER_HALF) - 1]
            size = bounds[slots[place] & _LOWER_HALF] - first
            if size == end - start:
                i = 0
                while i < size and own[first + i] == letters[start + i]:
                    i += 1
                if i == size:
                    return place
        place = (place + 1) & mask
    return place


@compiled
def add(
    letters: Letters,
    starts: Integers,
    ends: Integers,
    weights: Integers,
    done: int,
    slots: Integers,
    own: Letters,
    bounds: Integers,
    counts: Integers,
    size: int,
) -> tuple[int, int]:
    """Add the weight of each token, from token `done`, to the count of its entry, making new entries.

    `size` is the number of entries. Returns the number of tokens that are done, less than all if the table
    must grow first, and the new size.
    """
    for token in range(done, len(starts)):
        start, end = starts[token], ends[token]
        value = _hash(letters, start, end)
        place = _slot(letters, start, end, value, slots, own, bounds)
        entry = (slots[place] & _LOWER_HALF) - 1
        if entry < 0:
            first = bounds[size]
            if 2 * size >= len(slots) or size >= len(counts) or first + end - start > len(own):
                return token, size
            for i in range(end - start):
                own[first + i] = letters[start + i]
            entry = size
            size += 1
            bounds[size] = first + end - start
            counts[entry] = 0
            slots[place] = value >> 32 << 32 | size
        counts[entry] += weights[token]
    return len(starts), size


@compiled
def look_up(
    letters: Letters,
    starts: Integers,
    ends: Integers,
    firsts: Integers,
    limit: int,
    front: int,
    slots: Integers,
    own: Letters,
    bounds: Integers,
    counts: Integers,
    unknown: int,
    ids: npt.NDArray[np.int32],
    offsets: Integers,
) -> None:
    """Write the `counts` of the entries of tokens, or `unknown`, text by text.

    Text b has the tokens `firsts[b]` to `firsts[b + 1]`. Of more than `limit` tokens the first `front` and as
    many of the last ones are kept. A text without tokens is one unknown. Written are the ids of text b as
    `ids[offsets[b]:offsets[b + 1]]`.
    """
    at = 0
    for b in range(len(firsts) - 1):
        offsets[b] = at
        skipped = max(firsts[b + 1] - firsts[b] - limit, 0)
        gap = firsts[b] + front
        token = firsts[b]
        while token < firsts[b + 1]:
            if skipped > 0 and token == gap:
                token += skipped
                skipped = 0
                continue
            start, end = starts[token], ends[token]
            place = _slot(letters, start, end, _hash(letters, start, end), slots, own, bounds)
            entry = (slots[place] & _LOWER_HALF) - 1
            ids[at] = counts[entry] if entry >= 0 else unknown
            at += 1
            token += 1
        if at == offsets[b]:
            ids[at] = unknown
            at += 1
    offsets[len(firsts) - 1] = at
