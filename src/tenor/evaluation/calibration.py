"""Calibration: of the texts a model is 80 % sure of, are 80 % right?

Expected calibration error over the probability of the predicted class, in bins of equal width
(Guo et al. 2017, "On calibration of modern neural networks", eq. 3): bin m of M holds the confidences above
(m - 1) / M up to m / M. A confidence of exactly 0 belongs to the first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError, InputError
from tenor.evaluation.metrics import Floats, Ints

BINS = 15  # as in the paper


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose confidence lies above `low` up to `high`: their mean confidence and their accuracy.

    Both are None without rows.
    """

    low: float
    high: float
    rows: int
    confidence: float | None
    accuracy: float | None

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "low": self.low,
            "high": self.high,
            "rows": self.rows,
            "confidence": self.confidence,
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the probabilities of `rows` predictions can be trusted.

    `error` is the expected calibration error, between 0 and 1: the mean distance of confidence and accuracy
    over the bins, weighted by their rows. It depends on the number of bins, and of few rows it is larger
    than the truth. `brier` is the mean squared distance of the probabilities (C,) from the true class as 0
    and 1, summed over classes, between 0 and 2 (Brier 1950); for two classes that is twice the other common
    form. `bins` are all bins, from 0 to 1, for a picture.
    """

    rows: int
    error: float
    brier: float
    bins: tuple[Bin, ...]

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "rows": self.rows,
            "error": self.error,
            "brier": self.brier,
            "bins": [one.to_json() for one in self.bins],
        }


def calibration(labels: npt.ArrayLike, probabilities: npt.ArrayLike, *, bins: int = BINS) -> Calibration:
    """Measure probabilities (N, C) of rows whose classes are `labels` (N,), whole numbers below C.

    Raises:
        InputError: arrays that do not fit each other, or no row.
        ConfigError: fewer than one bin.
    """
    if bins < 1:
        raise ConfigError(f"{bins} calibration bins; take at least 1 ({BINS} is usual)")
    true, scores = checked(labels, probabilities)
    found = _bins(scores.max(axis=1), scores.argmax(axis=1) == true, bins)
    distances = [
        one.rows * abs(one.accuracy - one.confidence)
        for one in found
        if one.accuracy is not None and one.confidence is not None
    ]
    truth = np.zeros_like(scores)
    truth[np.arange(len(true)), true] = 1
    brier = float(((scores - truth) ** 2).sum(axis=1).mean())
    return Calibration(len(true), sum(distances) / len(true), brier, found)


def checked(labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[Ints, Floats]:
    """Return labels (N,) and probabilities (N, C) as arrays; raises as `calibration`."""
    true, scores = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    if true.ndim != 1 or scores.ndim != 2 or len(true) != len(scores) or not scores.size:
        raise InputError(
            f"labels of shape {true.shape} and probabilities of shape {scores.shape} do not fit; give labels "
            "(N,) and probabilities (N, C) of at least one text"
        )
    if true.dtype.kind not in "iu" or true.min() < 0 or true.max() >= scores.shape[1]:
        raise InputError(f"labels must be whole numbers from 0 to {scores.shape[1] - 1}, one a row")
    if not (np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1 + 1e-6):
        raise InputError("probabilities must lie between 0 and 1; some are not, or are not finite")
    return true.astype(np.int64), scores


def _bins(confidence: Floats, right: npt.NDArray[np.bool_], bins: int) -> tuple[Bin, ...]:
    edges = np.arange(bins + 1) / bins  # (M+1,)
    places = np.searchsorted(edges[1:-1], confidence, side="left")  # (N,)
    rows = np.bincount(places, minlength=bins)
    sums = np.bincount(places, confidence, minlength=bins)
    hits = np.bincount(places, right, minlength=bins)
    return tuple(
        Bin(low, high, n, total / n if n else None, hit / n if n else None)
        for low, high, n, total, hit in zip(
            edges[:-1].tolist(), edges[1:].tolist(), rows.tolist(), sums.tolist(), hits.tolist(), strict=True
        )
    )
