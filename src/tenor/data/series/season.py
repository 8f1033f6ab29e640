"""How many steps a season of a series has."""

import numpy as np

from tenor.data.series.calendar import PERIODS
from tenor.data.series.series import Floats, Series

_FEWEST_SEASONS = 2  # that training must hold
_CLEARLY = 0.9  # share of the variance half a season before and after that may be left at the season
_ALIKE = 0.02  # autocorrelations so near are the same, and the shorter season is taken


def find_season(series: Series, training: Floats) -> int:
    """Return the season of training values (T,), NaN where missing, in steps; 1 where there is none.

    It is the lag of the largest autocorrelation among those that are clearly larger than half a
    season before and after them: what changes slowly has a large one at every short lag. Candidates are the
    day, week and year; of a column that counts steps every lag at which the autocorrelation has a peak.
    Values at later times are not looked at.
    """
    most = len(training) // _FEWEST_SEASONS  # so that one and a half seasons can be looked at, too
    if series.step.unit == "number":
        found = _correlations(training, most)
        peaks = 2 + np.flatnonzero((found[1:-1] > found[:-2]) & (found[1:-1] >= found[2:]))
        candidates = [int(lag) for lag in peaks if lag + lag // 2 <= most]
    else:
        lags = {round(series.step.in_a(size)) for size in PERIODS.values()}
        candidates = sorted(lag for lag in lags if 1 < lag <= most)
        longest = max(candidates, default=0)
        found = _correlations(training, longest + longest // 2)
    far = 1 - found  # half the variance of a difference, as a share
    seasons = [
        lag for lag in candidates if far[lag - 1] < _CLEARLY * far[[lag // 2 - 1, lag + lag // 2 - 1]].mean()
    ]
    largest = max((found[lag - 1] for lag in seasons), default=0.0)
    # A week of equal days is as like the week before as a day is like the day before.
    return min((lag for lag in seasons if found[lag - 1] > largest - _ALIKE), default=1)


def _correlations(values: Floats, most: int) -> Floats:
    """Return the autocorrelation at the lags from 1 to `most`, (most,)."""
    apart = np.where(np.isnan(values), 0.0, values - np.nanmean(values))
    size = 1 << (2 * len(apart) - 1).bit_length()
    power = np.abs(np.fft.rfft(apart, size)) ** 2
    products = np.fft.irfft(power, size)[: most + 1]
    # By the mean product, so that far lags are not smaller for having fewer pairs.
    means = products / (len(apart) - np.arange(len(products)))
    return np.asarray(means[1:] / max(means[0], np.finfo(np.float64).tiny))
