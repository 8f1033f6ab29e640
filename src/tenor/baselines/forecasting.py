"""Forecasts without a network: persistence, seasonal naive, a linear autoregression.

    persistence     the last value stays
    seasonal naive  the value of the same place in the last season that is over
    autoregression  a linear function of the window, by ridge regression; its penalty for each step, and
                    whether it reads the targets' own past or everything the network reads, are chosen on
                    the validation windows

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
_MOST_WINDOWS = 4096  # held in memory as rows of numbers
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
        # Before a series has a season behind it, its first value stands in.
        first = np.int64(0) if windows.starts is None else windows.starts[:, None]
        return given.filled[np.maximum(windows.ends[:, None] + back, first)]

    return Baseline(points, {"season": given.season})


def autoregression(given: Given) -> Baseline:
    """Fit ridge regression on the training windows; validation chooses what it reads, and each step's "
    "penalty."""
    train, validation = given.train, given.validation
    targets = train.targets.shape[1]
    judged = validation.wanted(np.arange(len(validation)))
    there = ~np.isnan(judged)
    best: tuple[float, int, Floats, Floats] | None = None
    for columns in dict.fromkeys((targets, train.inputs.shape[1])):
        tried = np.stack(list(_ridge(train, columns).values()))  # (P, L * columns + 1, H * K)
        errors = [np.where(there, np.abs(_linear(validation, columns, one) - judged), 0.0) for one in tried]
        losses = np.stack([error.sum(axis=0).ravel() for error in errors])  # (P, H * K)
        chosen = losses.argmin(axis=0)
        loss = float(losses.min(axis=0).sum())
        if best is None or loss < best[0]:
            weights = np.take_along_axis(tried, chosen[None, None], axis=0)[0]
            best = (loss, columns, np.array(PENALTIES)[chosen], weights)
    assert best is not None  # noqa: S101 - the targets are always there
    _, columns, penalties, weights = best
    shown = sorted({float(penalties.min()), float(penalties.max())})
    return Baseline(
        lambda windows: _linear(windows, columns, weights),
        {
            "penalty": " to ".join(f"{one:g}" for one in shown),
            "reads": "its own past" if columns == targets else "everything",
        },
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


def _ridge(windows: Windows, columns: int) -> dict[float, Floats]:
    """Return, for each penalty, the weights (L * columns + 1, H * K) of ridge regression; the last are
    constants.

    Windows after which a value is missing are left out. Moments are summed up in pieces, so that a long
    series needs no more memory than a short one.
    """
    size = windows.length * columns
    outputs = windows.horizon * windows.targets.shape[1]
    count, sums, products = 0, np.zeros(size + outputs), np.zeros((size, size + outputs))
    for rows in _pieces(windows):
        wanted = windows.wanted(rows).reshape(len(rows), -1).astype(np.float64)
        whole = ~np.isnan(wanted).any(axis=1)
        joined = np.concatenate([_design(windows, columns, rows), wanted], axis=1)[whole]
        count += len(joined)
        sums += joined.sum(axis=0)
        products += joined[:, :size].T @ joined
    means = sums / max(count, 1)
    centred = products - count * np.outer(means[:size], means)
    # Of x'x = v diag(l) v', each penalty's solution is v (l + penalty)^-1 v' x'y; the constant goes free.
    values, vectors = np.linalg.eigh(centred[:, :size])
    moments = vectors.T @ centred[:, size:]
    found = {}
    for penalty in PENALTIES:
        slopes = vectors @ (moments / (np.maximum(values, 0.0) + penalty)[:, None])
        found[penalty] = np.concatenate([slopes, (means[size:] - means[:size] @ slopes)[None]])
    return found


def _pieces(windows: Windows) -> list[npt.NDArray[np.int64]]:
    return np.array_split(np.arange(len(windows)), max(1, -(-len(windows) // _MOST_WINDOWS)))


def _design(windows: Windows, columns: int, rows: npt.NDArray[np.int64]) -> Floats:
    """Return the first columns of some windows in a row each, (B, L * columns)."""
    return windows.features(rows)[..., :columns].reshape(len(rows), -1).astype(np.float64)


def _linear(windows: Windows, columns: int, weights: Floats) -> Floats:
    said = [_design(windows, columns, rows) @ weights[:-1] + weights[-1] for rows in _pieces(windows)]
    return np.concatenate(said).reshape(len(windows), windows.horizon, -1)
