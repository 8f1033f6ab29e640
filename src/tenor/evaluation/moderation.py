"""Variances of few trainings a model, each drawn towards what the models compared have in common.

Two or three trainings hardly tell how far trainings of a model spread; ten models of three trainings each
tell how far such models do. So each variance is taken as one of a family, whose size and width are estimated
from all, and moves towards it the further the fewer its own degrees of freedom are (Smyth 2004, "Linear
models and empirical Bayes methods", section 6: the moderated t of gene expression).

Genes are thousands, models are ten. So the family is taken to be wider than it looks, by one standard error,
and no variance is moved below what its own trainings show: a small one may be chance, a large one is a fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isinf, log, sqrt
from statistics import mean, variance

_FEWEST = 3  # variances from which a family can be estimated
_SHIFT = 10.0  # from here on the asymptotic series are exact to nine digits
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Family:
    """Variances around `variance`, which says as much of each as `freedom` degrees of freedom would.

    `most` are the degrees of freedom of all of them together: no variance is known better than that.
    """

    variance: float
    freedom: float
    most: float

    @classmethod
    def of(cls, variances: Sequence[float], freedoms: Sequence[float], *, least: float) -> "Family":
        """Estimate the family by the moments of the logarithms, none of them below that of `least`.

        With fewer than three variances there is no family: its freedom is 0.
        """
        if len(variances) < _FEWEST:
            return cls(0.0, 0.0, sum(freedoms))
        logs = [
            log(max(one, least)) - digamma(freedom / 2) + log(freedom / 2)
            for one, freedom in zip(variances, freedoms, strict=True)
        ]
        spread = variance(logs)
        by_chance = mean(trigamma(freedom / 2) for freedom in freedoms)
        doubt = spread * sqrt(2 / (len(logs) - 1))  # a standard error, as if the logarithms were normal
        apart = max(spread - by_chance, 0.0) + doubt
        half = _inverse_trigamma(apart) if apart > 0 else inf
        centre = mean(logs) if isinf(half) else mean(logs) + digamma(half) - log(half)
        return cls(exp(centre), 2 * half, sum(freedoms))

    def moderated(self, variance: float, freedom: float) -> tuple[float, float]:
        """Return what a variance of the family is taken to be, and the degrees of freedom it then has."""
        together = self.freedom + freedom
        if isinf(together):
            return max(variance, self.variance), self.most
        share = self.freedom / together
        drawn = share * self.variance + (1 - share) * variance
        return max(variance, drawn), min(together, self.most)


def digamma(x: float) -> float:
    """Return the derivative of log gamma at x > 0 (DLMF 5.5.2 and 5.11.2)."""
    below = 0.0
    while x < _SHIFT:
        below += 1 / x
        x += 1
    square = 1 / x**2
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return log(x) - 1 / (2 * x) - series - below


def trigamma(x: float) -> float:
    """Return the second derivative of log gamma at x > 0 (DLMF 5.15.5 and 5.15.8)."""
    below = 0.0
    while x < _SHIFT:
        below += 1 / x**2
        x += 1
    square = 1 / x**2
    series = square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
    return (1 + 1 / (2 * x) + series) / x + below


def _inverse_trigamma(value: float) -> float:
    """Return the x > 0 whose trigamma is `value` > 0: it falls all the way, so halving finds it."""
    low, high = 0.0, 1.0
    while trigamma(high) > value:
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if trigamma(middle) > value else (low, middle)
    return (low + high) / 2
