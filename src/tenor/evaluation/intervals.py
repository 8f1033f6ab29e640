"""95 % intervals: how far a figure could be off because the test set is only a sample of texts.

Figures of a whole evaluation get percentile bootstrap intervals (Efron & Tibshirani 1993, chapter 13): texts
are drawn again with replacement, as many as there are, and the figure is computed of each draw. They say
nothing about another training seed or another kind of text.

A share that is exactly 0 or 1 is the same in every draw, which would claim certainty; such shares get the
Wilson score interval instead (Wilson 1927), which still has a width. Averages and F1 have no such formula:
where every row is right, or there is a single row, their interval has zero width and means nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tenor.errors import ConfigError
from tenor.evaluation.metrics import Floats, Weighted

LEVEL = 0.95
_Z = 1.959963984540054  # two-sided 95 % point of the normal distribution
_CHUNK_VALUES = 1 << 20  # counts held at a time: 8 MB, whatever the number of resamples


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return the three numbers by name."""
        return {"value": self.value, "low": self.low, "high": self.high}


def resampling_counts(rows: int, resamples: int, seed: int, block: int = 1) -> Iterator[Floats]:
    """Yield, chunk by chunk, how often each row is drawn in each resample, (R, N) with rows that sum to N.

    The draws depend on `rows`, `seed` and `block` only, not on the chunks. With a `block` above 1
    neighbouring rows are drawn together, as rows in the order of time must be: the moving-block bootstrap
    (Kuensch 1989).
    """
    random = np.random.default_rng(seed)
    block = min(block, rows)
    within = np.arange(block)
    chunk = max(1, _CHUNK_VALUES // max(rows, 1))
    for start in range(0, resamples, chunk):
        counts = np.empty((min(chunk, resamples - start), rows))
        for row in counts:
            starts = random.integers(rows - block + 1, size=-(-rows // block))
            drawn = (starts[:, None] + within).ravel()[:rows]
            row[:] = np.bincount(drawn, minlength=rows)
        yield counts


def bootstrap(
    figures: Weighted, rows: int, *, resamples: int, seed: int, block: int = 1
) -> list[Interval | None]:
    """Return the percentile interval of each of K figures, given as weights (R, N) -> (R, K).

    A figure that is NaN for the rows themselves, or in every resample, has no interval: None. A resample in
    which a figure is NaN (no row of a class was drawn) does not count for it. `block` is that of
    `resampling_counts`.
    """
    if resamples < 1:
        raise ConfigError(f"{resamples} bootstrap resamples; take at least 1 (1000 is usual)")
    values = figures(np.ones((1, rows)))[0]  # (K,)
    drawn = np.concatenate([figures(counts) for counts in resampling_counts(rows, resamples, seed, block)])
    tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    intervals: list[Interval | None] = []
    for value, column in zip(values, drawn.T, strict=True):
        defined = column[~np.isnan(column)]
        if np.isnan(value) or not len(defined):
            intervals.append(None)
        else:
            low, high = np.percentile(defined, tails)
            intervals.append(Interval(float(value), float(low), float(high)))
    return intervals


def wilson(hits: float, trials: int) -> Interval:
    """Return `hits` of `trials` with its Wilson score interval; of no trials 0 between 0 and 1.

    `hits` may be a mean over several readings of the same rows.
    """
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    share = hits / trials
    spread = _Z * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    centre, scale = share + _Z**2 / (2 * trials), 1 + _Z**2 / trials
    # Rounding must not push an end past the share it is about.
    low = min(max((centre - spread) / scale, 0.0), share)
    high = max(min((centre + spread) / scale, 1.0), share)
    return Interval(share, low, high)
