"""Logistic regression, one class against the rest, on features scaled by log-count ratios or by nothing."""

import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.errors import MissingExtraError
from tenor.evaluation.metrics import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_TOLERANCE, _ITERATIONS = 1e-3, 1000


def outputs_of(classes: int) -> int:
    """Return K: two classes share one output, the second against the first."""
    return 1 if classes == 2 else classes


def log_count_ratios(features: "csr_matrix", targets: Ints, outputs: int, smoothing: float) -> Floats:
    """Return log (p / |p|) - log (q / |q|) of each feature and output (F, K), p and q smoothed."""
    columns = []
    for output in range(outputs):
        own = _positive(targets, output, outputs)
        p, q = (features.T @ part.astype(np.float64) + smoothing for part in (own, ~own))
        columns.append(np.log(p / p.sum()) - np.log(q / q.sum()))
    return np.stack(columns, axis=1)


def fitted(
    features: "csr_matrix", targets: Ints, scale: Floats, penalty: float
) -> tuple[npt.NDArray[np.float32], Floats]:
    """Return weights (F, K) and bias (K,) of features (N, F), which are scaled by (F, K) meanwhile.

    The weights hold the scale already. `penalty` is C, the inverse strength. Raises `MissingExtraError`
    without scikit-learn.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "train") from error
    outputs = scale.shape[1]
    weights, bias = np.zeros(scale.shape, np.float32), np.zeros(outputs)
    for output in range(outputs):
        positive = _positive(targets, output, outputs)
        if not positive.any():  # a class that training does not have: as good as never
            bias[output] = -np.log(1 + len(positive))
            continue
        scaled = features.copy()
        scaled.data *= scale[scaled.indices, output]
        regression = LogisticRegression(
            C=penalty, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_ITERATIONS, random_state=0
        )
        with warnings.catch_warnings():
            # The last steps towards a weak penalty's optimum change no prediction.
            warnings.simplefilter("ignore", ConvergenceWarning)
            regression.fit(scaled, positive)
        weights[:, output] = regression.coef_[0] * scale[:, output]
        bias[output] = regression.intercept_[0]
    return weights, bias


def _positive(targets: Ints, output: int, outputs: int) -> npt.NDArray[np.bool_]:
    """Which texts are of the class that an output stands for: of two classes the second."""
    return np.equal(targets, 1 if outputs == 1 else output)
