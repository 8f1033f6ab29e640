"""Words on a plane: the two directions in which their vectors differ most (principal components).

The vectors are centred and projected on their first two right singular vectors (Pearson 1901, by SVD). What
share of the differences the plane shows is said with it: neighbours on the map may be far apart in the rest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """N points on a plane."""

    points: Floats  # (N, 2)
    shares: tuple[float, float]  # of the variance of the vectors that each axis shows


def plane(vectors: npt.NDArray[np.float32], along: npt.NDArray[np.float64]) -> Plane:
    """Project vectors (N, D); of each axis that end is right, or up, where `along` (N,) is larger.

    The sign of a singular vector is arbitrary, and would be another on another machine. Vectors that do not
    differ lie in one point.
    """
    centred = vectors.astype(np.float64) - vectors.mean(0, dtype=np.float64)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    points, shares = np.zeros((len(vectors), 2)), [0.0, 0.0]
    total = float((values**2).sum())
    for axis in range(min(2, len(values))):
        if total > 0:
            own = left[:, axis] * values[axis]
            points[:, axis] = own if own @ along >= 0 else -own
            shares[axis] = float(values[axis] ** 2 / total)
    return Plane(points, (shares[0], shares[1]))
