"""`hold_out`: which rows leave training for validation or test."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tenor.errors import DataError

Rows = npt.NDArray[np.int64]


def hold_out(
    labels: Sequence[str],
    fraction: float,
    *,
    seed: int,
    stratify: bool,
    groups: Sequence[str | None] | None = None,
    name: str = "validation",
) -> tuple[Rows, Rows]:
    """Split rows at random into those that stay and those held out.

    Equal arguments give equal splits on every machine. The two parts have no row in common, together have
    every row, and are in the order of the rows.

    Args:
        labels: the class of each row (N,).
        fraction: share of the rows to hold out, above 0 and below 1.
        seed: of the random order.
        stratify: keep the share of each class, to the row; with `groups` as nearly as whole groups allow.
        groups: the group of each row (N,); rows of one group stay together. A row whose group is None is
            a group of its own.
        name: what the held-out rows are called in messages.

    Returns:
        Indices that stay (N - K,) and indices held out (K,), both sorted.

    Raises:
        DataError: the fraction leaves nothing to hold out, or a class without rows to train on.
    """
    if not 0 < fraction < 1:
        raise DataError(f"the {name} share is {fraction:g}; it must be above 0 and below 1")
    classes, codes = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    # Raw uniform numbers, sorted: unlike `shuffle`, NumPy cannot change how that is done.
    generator = np.random.Generator(np.random.PCG64(seed))
    strata = codes if stratify else np.zeros_like(codes)
    if groups is None:
        held = _hold_rows(strata, fraction, generator)
    else:
        held = _hold_groups(strata, group_codes(groups), fraction, generator)
    _check(held, codes, [str(label) for label in classes], fraction, name, stratify=stratify)
    return np.flatnonzero(~held), np.flatnonzero(held)


def _hold_rows(strata: Rows, fraction: float, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    order = random_order(len(strata), generator)
    held = np.zeros(len(strata), dtype=bool)
    for stratum, quota in enumerate(_quotas(np.bincount(strata), fraction).tolist()):
        members = order[strata[order] == stratum]
        held[members[:quota]] = True
    return held


def _quotas(sizes: Rows, fraction: float) -> Rows:
    """Rows to hold out of each class: the rounded total, shared by largest remainders, at least one each."""
    exact = fraction * sizes
    quotas: Rows = np.floor(exact).astype(np.int64)
    short = round(fraction * int(sizes.sum())) - int(quotas.sum())
    quotas[np.argsort(quotas - exact, kind="stable")[: max(0, short)]] += 1
    np.maximum(quotas, 1, out=quotas)
    return quotas


def _hold_groups(
    strata: Rows, groups: Rows, fraction: float, generator: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Go through the groups in random order and hold out each that fits into what the quotas still lack.

    Then go through the others, and hold out each that brings the counts of the classes nearer to the quotas.
    """
    missing = fraction * np.bincount(strata)  # (C,) rows still wanted of each class
    rows = np.argsort(groups, kind="stable")
    members = np.split(rows, np.cumsum(np.bincount(groups))[:-1])
    held = np.zeros(len(strata), dtype=bool)
    too_large = []
    for group in random_order(len(members), generator):
        counts = np.bincount(strata[members[group]], minlength=len(missing))
        if np.all(counts <= missing):
            missing -= counts
            held[members[group]] = True
        else:
            too_large.append((group, counts))
    for group, counts in too_large:
        if counts @ (2 * missing - counts) > 0:  # |missing - counts|^2 < |missing|^2
            missing -= counts
            held[members[group]] = True
    return held


def random_order(size: int, generator: np.random.Generator) -> Rows:
    """Return so many numbers from 0 in a random order, the same on every machine."""
    return np.argsort(generator.random(size), kind="stable")


def group_codes(groups: Sequence[str | None]) -> Rows:
    """Number the groups by first appearance (N,)."""
    numbers: dict[object, int] = {}
    keys = (index if group is None else (group,) for index, group in enumerate(groups))
    return np.asarray([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _check(
    held: npt.NDArray[np.bool_],
    codes: Rows,
    classes: list[str],
    fraction: float,
    name: str,
    *,
    stratify: bool,
) -> None:
    if not held.any():
        raise DataError(
            f"{fraction:g} of {len(held):,} rows leaves no row for {name}: give a larger share, more rows "
            "(or more groups), or 0 for none"
        )
    totals = np.bincount(codes, minlength=len(classes))
    taken = np.bincount(codes[held], minlength=len(classes))
    for label, total, gone in zip(classes, totals.tolist(), taken.tolist(), strict=True):
        if gone == total:
            raise DataError(
                f"holding out {fraction:g} of the rows for {name} takes all {total:,} of class {label!r} and "
                "leaves none to train on; give a smaller share, or more rows of that class"
            )
        if stratify and gone == 0:
            raise DataError(
                f"holding out {fraction:g} of the rows for {name} takes none of the {total:,} of class "
                f"{label!r}, whose groups are too large; give a larger share, or turn stratify off"
            )
