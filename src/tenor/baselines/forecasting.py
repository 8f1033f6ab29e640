"""Forecasts without a network: persistence, seasonal naive, a linear autoregression.

    persistence     the last value stays
    seasonal naive  the value of the same place in the last season that is over
    autoregression  a linear function of the window, by ridge regression; its penalty, and whether it reads
                    the targets' own past or everything the network reads, are chosen on the validation
                    windows

None of them is uncertain by itself: their quantiles are those of their errors on the validation windows,
apart for each step and target.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.data.series.windows import Windows

Floats = npt.NDArray[np.float64]

PENALTIES = tuple(10.0**power for power in range(-1, 7))  # of ridge regression on values of variance 1
PERSISTENCE, SEASONAL, AUTOREGRESSION = "persistence", "seasonal naive", "autoregression"


@dataclass(frozen=True)
class Given:
    """What a baseline is made of: windows, the targets with gaps filled from before, the season."""

    train: Windows
    validation: Windows
    filled: Floats  # (T, K), scaled
    season: int


@dataclass(frozen=True)
class Baseline:
    """A way to forecast, and what was chosen for it."""

    points: Callable[[Windows], Floats]  # (N, H, K), scaled
    settings: dict[str, object]


def persistence(given: Given) -> Baseline:
    """Return the forecast that nothing changes."""

    def points(windows: Windows) -> Floats:
        return np.repeat(given.filled[windows.ends][:, None], windows.horizon, axis=1)

    return Baseline(points, {})


def seasonal_naive(given: Given) -> Baseline:
    """Return the forecast that a season is like the one before."""

    def points(windows: Windows) -> Floats:
        ahead = np.arange(1, windows.horizon + 1)
        back = ahead - given.season * -(-ahead // given.season)  # from the window's end, at most 0
        # Before the series has a season behind it, its first value stands in.
        return given.filled[np.maximum(windows.ends[:, None] + back, 0)]

    return Baseline(points, {"season": given.season})


def autoregression(given: Given) -> Baseline:
    """Fit ridge regression on the training windows, the best on validation of what is tried."""
    train, validation = given.train, given.validation
    targets = train.targets.shape[1]
    every = np.arange(len(train))
    wanted = train.wanted(every).astype(np.float64)
    whole = ~np.isnan(wanted).any(axis=(1, 2))
    judged = validation.wanted(np.arange(len(validation))).reshape(len(validation), -1)
    best: tuple[float, int, float, Floats] | None = None
    for columns in dict.fromkeys((targets, train.inputs.shape[1])):
        read, held_out = _design(train, columns)[whole], _design(validation, columns)
        y = wanted[whole].reshape(int(whole.sum()), -1)
        # Of x'x = v diag(l) v', each penalty's solution is v (l + penalty)^-1 v' x'y; the constant goes free.
        means, offsets = read.mean(axis=0), y.mean(axis=0)
        values, vectors = np.linalg.eigh((read - means).T @ (read - means))
        moments = vectors.T @ ((read - means).T @ (y - offsets))
        for penalty in PENALTIES:
            slopes = vectors @ (moments / (np.maximum(values, 0.0) + penalty)[:, None])
            weights = np.concatenate([slopes, (offsets - means @ slopes)[None]])
            said = held_out @ weights[:-1] + weights[-1]
            loss = float(np.nanmean(np.abs(said - judged)))
            if best is None or loss < best[0]:
                best = (loss, columns, penalty, weights)
    assert best is not None  # noqa: S101 - penalties are never empty
    _, columns, penalty, weights = best
    return Baseline(
        lambda windows: _linear(windows, columns, weights),
        {"penalty": penalty, "reads": "its own past" if columns == targets else "everything"},
    )


BASELINES: dict[str, Callable[[Given], Baseline]] = {
    PERSISTENCE: persistence,
    SEASONAL: seasonal_naive,
    AUTOREGRESSION: autoregression,
}


def quantiles_of(
    baseline: Baseline, validation: Windows, windows: Windows, levels: Sequence[float]
) -> Floats:
    """Return the forecast with the quantiles of its errors on the validation windows, (N, H, K, Q).

    The median is the forecast itself, and quantiles do not cross it.
    """
    errors = validation.wanted(np.arange(len(validation))) - baseline.points(validation)  # (N', H, K)
    spread = np.moveaxis(np.nanquantile(errors, levels, axis=0), 0, -1)  # (H, K, Q)
    level = np.array(levels)
    spread = np.where(
        level < 0.5, np.minimum(spread, 0.0), np.where(level > 0.5, np.maximum(spread, 0.0), 0.0)
    )
    return baseline.points(windows)[..., None] + spread


def _design(windows: Windows, columns: int) -> Floats:
    """Return the first columns of each window in a row, (N, L * columns)."""
    read = windows.features(np.arange(len(windows)))[..., :columns]
    return read.reshape(len(windows), -1).astype(np.float64)


def _linear(windows: Windows, columns: int, weights: Floats) -> Floats:
    said = _design(windows, columns) @ weights[:-1] + weights[-1]
    return np.asarray(said.reshape(len(windows), windows.horizon, -1))
