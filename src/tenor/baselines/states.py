"""Classes of windows without a network: the commonest, and logistic regression on the window as it is."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.data.series.windows import Windows
from tenor.errors import MissingExtraError

Floats = npt.NDArray[np.float64]

PENALTIES = (0.01, 0.1, 1.0)  # inverse strength, as scikit-learn's C
MAJORITY, LOGISTIC = "majority", "logistic regression"
_ITERATIONS = 500


@dataclass(frozen=True)
class StateBaseline:
    """A way to tell states, and what was chosen for it."""

    probabilities: Callable[[Windows], Floats]  # (N, C)
    settings: dict[str, object]


def majority(train: Windows, validation: Windows, classes: int) -> StateBaseline:
    """Return the shares of the classes in training for every window."""
    counts = np.bincount(train.classes(np.arange(len(train))), minlength=classes)
    shares = counts / counts.sum()
    return StateBaseline(lambda windows: np.tile(shares, (len(windows), 1)), {})


def logistic(train: Windows, validation: Windows, classes: int) -> StateBaseline:
    """Fit logistic regression on all numbers of a window; validation windows choose the penalty.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "train") from error
    known = train.classes(np.arange(len(train)))
    if len(np.unique(known)) < 2:
        return majority(train, validation, classes)
    wanted = validation.classes(np.arange(len(validation)))
    best: tuple[float, float, StateBaseline] | None = None
    for penalty in PENALTIES:
        regression = LogisticRegression(C=penalty, max_iter=_ITERATIONS)
        with warnings.catch_warnings():
            # The last steps towards the optimum change no prediction.
            warnings.simplefilter("ignore", ConvergenceWarning)
            regression.fit(_flat(train), known)
        fitted = StateBaseline(_reading(regression, classes), {"C": penalty})
        right = float((fitted.probabilities(validation).argmax(axis=1) == wanted).mean())
        if best is None or right > best[0]:
            best = (right, penalty, fitted)
    assert best is not None  # noqa: S101 - penalties are never empty
    return best[2]


STATE_BASELINES: dict[str, Callable[[Windows, Windows, int], StateBaseline]] = {
    MAJORITY: majority,
    LOGISTIC: logistic,
}


def _reading(regression: Any, classes: int) -> Callable[[Windows], Floats]:
    def probabilities(windows: Windows) -> Floats:
        found = np.zeros((len(windows), classes))  # a class that training lacks has none
        found[:, regression.classes_] = regression.predict_proba(_flat(windows))
        return found

    return probabilities


def _flat(windows: Windows) -> Floats:
    return windows.features(np.arange(len(windows))).reshape(len(windows), -1).astype(np.float64)
