"""Temperature scaling: one number that makes a model as sure as it is right.

softmax(z / T) with the T that makes held-out texts likeliest (Guo et al. 2017, "On calibration of modern
neural networks", eq. 9). T above 1 takes away confidence, below 1 gives some. It keeps the order of the
classes, so no predicted label changes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.metrics import Floats

FEWEST = 50  # texts; of fewer, chance decides how sure the model is made
LOWEST, HIGHEST = 0.1, 10.0
_PRECISION = 1e-9  # of 1 / T, relative
_STEPS = 100


def softmax(logits: npt.NDArray[Any], temperature: float | None = None) -> Floats:
    """Return probabilities (N, C) of logits (N, C); no temperature is one of 1."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True, initial=-np.inf)
    powers = np.exp(shifted if temperature is None else shifted / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Scaling:
    """A temperature, or the reason why there is none."""

    temperature: float | None
    reason: str | None = None

    @classmethod
    def fitted(cls, held_out: HeldOut | None) -> "Scaling":
        """Fit by maximum likelihood, between `LOWEST` and `HIGHEST`.

        There is no temperature without held-out texts, of fewer than `FEWEST`, and where the model reads
        every one of them right: the likelihood then only grows as T falls, and nothing says where to stop.
        """
        if held_out is None:
            return cls(None, "the model holds no validation data")
        if len(held_out) < FEWEST:
            return cls(None, f"{len(held_out)} validation texts are too few, {FEWEST} are needed")
        logits, rows = held_out.logits.astype(np.float64), np.arange(len(held_out))
        margins = logits - logits[rows, held_out.labels][:, None]  # (N, C), of each class over the true one
        if margins.max() <= 0:
            return cls(None, "every validation text is read right, so nothing says how sure is too sure")
        return cls(1 / _steepest(margins))


def as_sure(logits: npt.NDArray[Any], sureness: float) -> float:
    """Return the T between `LOWEST` and `HIGHEST` at which the likeliest class has that mean probability.

    Of logits (N, C), N > 0: the mean over the texts falls as T grows, so T is found by bisection.
    """

    def surer(b: float) -> bool:
        return float(softmax(logits.astype(np.float64) * b).max(axis=1).mean()) > sureness

    low, high = 1 / HIGHEST, 1 / LOWEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if high - low <= _PRECISION * high:
            break
        low, high = (low, middle) if surer(middle) else (middle, high)
    return 2 / (low + high)


def _steepest(margins: Floats) -> float:
    """Return the b = 1 / T between the limits at which mean log sum exp(b m) of margins (N, C) is least.

    The function is convex in b: Newton's steps, and bisection where one would leave the bracket.
    """
    low, high = 1 / HIGHEST, 1 / LOWEST
    if _slopes(margins, low)[0] >= 0:
        return low
    if _slopes(margins, high)[0] <= 0:
        return high
    b = 1.0
    for _ in range(_STEPS):
        slope, curvature = _slopes(margins, b)
        low, high = (low, b) if slope > 0 else (b, high)
        step = slope / curvature if curvature > 0 else np.inf
        after = b - step if low <= b - step <= high else (low + high) / 2
        if abs(after - b) <= _PRECISION * b:
            return float(after)
        b = after
    return float(b)


def _slopes(margins: Floats, b: float) -> tuple[float, float]:
    """Return the first and second derivative at b: means of the mean and of the variance of each row."""
    shares = softmax(margins * b)
    means = (shares * margins).sum(axis=1)
    variances = (shares * (margins - means[:, None]) ** 2).sum(axis=1)
    return float(means.mean()), float(variances.mean())
