"""How the error falls with the number of training rows: error(n) = a + b n^-c.

That power law describes learning curves of many models and tasks (Hestness et al. 2017, "Deep learning
scaling is predictable, empirically"); a is what no number of rows takes away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.evaluation.intervals import resampling_counts
from tenor.evaluation.metrics import Floats
from tenor.evaluation.paired import Right

_EXPONENTS = np.arange(0.05, 2.0001, 0.05)
_CERTAIN = 1e-9


@dataclass(frozen=True)
class PowerLaws:
    """R curves error(n) = floor + scale (n / unit)^-exponent; of one curve R is 1."""

    unit: float
    floor: Floats  # (R,), a
    scale: Floats  # (R,), b / unit^c
    exponent: Floats  # (R,), c

    @classmethod
    def fitted(cls, sizes: Sequence[int], errors: Floats, variances: Floats) -> "PowerLaws":
        """Fit a curve to each row of errors (R, K) at K sizes by weighted least squares, with a, b >= 0.

        `variances` (K,) are those of the errors at each size. Exponents are sought among 0.05, 0.1, ... 2.
        """
        unit = float(max(sizes))
        n, weights = np.asarray(sizes, np.float64) / unit, 1 / variances
        best = np.full(len(errors), np.inf)
        found = np.zeros((3, len(errors)))
        for exponent in _EXPONENTS:
            floor, scale = _line(n**-exponent, errors, weights)
            rest = (weights * (errors - floor[:, None] - scale[:, None] * n**-exponent) ** 2).sum(axis=1)
            better = rest < best - _CERTAIN * np.abs(best, where=np.isfinite(best), out=np.zeros_like(best))
            best = np.where(better, rest, best)
            found = np.where(better, np.stack([floor, scale, np.full_like(floor, exponent)]), found)
        return cls(unit, *found)

    def errors(self, rows: float | npt.ArrayLike) -> Floats:
        """Return the error of each curve at so many rows, (R,), or (R, K) of K numbers of rows."""
        n = np.asarray(rows, np.float64) / self.unit
        floor, scale, exponent = (part.reshape(-1, *[1] * n.ndim) for part in self._parts)
        return np.asarray(floor + scale * n**-exponent)

    def rows_for(self, errors: Floats) -> Floats:
        """Return the rows at which each curve is down to its error (R,); infinite where it never is."""
        over = errors - self.floor
        reached = (over > 0) & (self.scale > 0)
        powers = np.divide(self.scale, over, out=np.full_like(over, np.inf), where=reached)
        with np.errstate(over="ignore"):
            return np.asarray(self.unit * powers ** (1 / self.exponent))

    @property
    def _parts(self) -> tuple[Floats, Floats, Floats]:
        return self.floor, self.scale, self.exponent


def drawn_errors(right: Sequence[Right], *, resamples: int, seed: int) -> Floats:
    """Return errors (R, K) under draws of texts and of trainings.

    `right` holds, for each of K sizes, which of the same V texts each of its S trainings reads right (S, V).
    A draw takes texts with replacement, the same for all sizes, and trainings, those of each size apart. The
    spread of so few trainings is made larger by sqrt(S / (S - 1)), by which the bootstrap has it too small.
    """
    texts = right[0].shape[1]
    generator = np.random.default_rng(seed)
    stacked = np.concatenate(right).T.astype(np.float64)  # (V, sum of S)
    drawn = [counts @ stacked / texts for counts in resampling_counts(texts, resamples, seed)]
    ends = np.cumsum([len(found) for found in right])[:-1]
    columns = []
    for accuracies in np.split(np.concatenate(drawn), ends, axis=1):  # (R, S)
        trainings = accuracies.shape[1]
        mean = accuracies.mean(axis=1)
        if trainings > 1:
            places = generator.integers(0, trainings, accuracies.shape)
            of_drawn = np.take_along_axis(accuracies, places, axis=1).mean(axis=1)
            mean = mean + np.sqrt(trainings / (trainings - 1)) * (of_drawn - mean)
        columns.append(np.clip(1.0 - mean, 0.0, 1.0))
    return np.stack(columns, axis=1)


def _line(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return intercept and slope (R,) of y (R, K) over x (K,), by weighted least squares, none below 0."""
    total = weights.sum()
    x_mean, y_mean = (weights * x).sum() / total, (y * weights).sum(axis=1) / total
    spread = (weights * (x - x_mean) ** 2).sum()
    slope = ((y - y_mean[:, None]) * (weights * (x - x_mean))).sum(axis=1) / spread
    intercept = y_mean - slope * x_mean
    through = (y * (weights * x)).sum(axis=1) / (weights * x**2).sum()
    slope = np.where(intercept < 0, through, slope)
    intercept = np.maximum(intercept, 0.0)
    flat = slope < 0
    return np.where(flat, y_mean, intercept), np.where(flat, 0.0, slope)
