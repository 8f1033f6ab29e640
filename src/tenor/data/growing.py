"""`growing_order`: an order of rows whose every beginning looks like the whole."""

from collections.abc import Sequence

import numpy as np

from tenor.data.splits import Rows, group_codes, random_order

_LOOKED_AT = 8  # groups that may come next, of which the one comes that keeps the classes best


def growing_order(labels: Sequence[str], *, seed: int, groups: Sequence[str | None] | None = None) -> Rows:
    """Return all rows in a random order whose beginnings keep the share of each class (N,).

    Without groups, the rows of a class are spread evenly over the order, so that each beginning has its share
    of each class to within a row. With groups, whole groups follow each other, of the next few at random
    always the one after which the classes are nearest to their shares. Equal arguments give equal orders.

    Args:
        labels: the class of each row (N,).
        seed: of the random order.
        groups: the group of each row (N,); a row whose group is None is a group of its own.
    """
    _, codes = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    generator = np.random.Generator(np.random.PCG64(seed))
    if groups is not None:
        return _by_groups(codes, group_codes(groups), generator)
    places = np.empty(len(codes))
    for rows in _members(codes):
        places[rows[random_order(len(rows), generator)]] = (np.arange(len(rows)) + 0.5) / len(rows)
    # Of equal places the class that comes first must not always be the same, or none would be missed first.
    return np.lexsort((random_order(len(codes), generator), places))


def _by_groups(codes: Rows, groups: Rows, generator: np.random.Generator) -> Rows:
    members = _members(groups)
    waiting = random_order(len(members), generator).tolist()
    counts = np.stack([np.bincount(codes[rows], minlength=codes.max() + 1) for rows in members])  # (G, C)
    shares, there = np.bincount(codes) / len(codes), np.zeros(codes.max() + 1)
    order = []
    while waiting:
        after = there + counts[waiting[:_LOOKED_AT]]
        far = np.abs(after / after.sum(axis=1, keepdims=True) - shares).sum(axis=1)
        group = waiting.pop(int(far.argmin()))
        there += counts[group]
        order.append(members[group][random_order(len(members[group]), generator)])
    return np.concatenate(order)


def _members(codes: Rows) -> list[Rows]:
    """Return the rows of each code, (C) of various lengths."""
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
