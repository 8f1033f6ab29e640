"""Student's t distribution, for spreads that are estimated of very few numbers, such as three seeds.

The tail is a regularized incomplete beta function, computed by its continued fraction (DLMF 8.17.22).
"""

from math import erfc, exp, isinf, lgamma, log, log1p, sqrt

from tenor.evaluation.intervals import LEVEL, Interval

_NORMAL = 1e7  # degrees of freedom from which on t is the normal distribution to seven digits
_TINY = 1e-300
_MOST_TERMS = 100_000


def two_sided(t: float, freedom: float) -> float:
    """Return the probability that Student's t with `freedom` degrees of freedom is as far from 0 as `t`."""
    if freedom >= _NORMAL or isinf(t):
        return erfc(abs(t) / sqrt(2))
    whole = freedom + t * t
    return _incomplete_beta(freedom / 2, 0.5, freedom / whole, t * t / whole)


def quantile(freedom: float, level: float = LEVEL) -> float:
    """Return the t within which the share `level` of the distribution lies, on both sides of 0."""
    low, high = 0.0, 2.0
    while two_sided(high, freedom) > 1 - level:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if two_sided(middle, freedom) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def interval(value: float, variance: float, freedom: float, lowest: float, highest: float) -> Interval:
    """Return `value` with its t interval, kept within `lowest` and `highest`, where the figure ends."""
    spread = quantile(freedom) * sqrt(variance) if variance > 0 else 0.0
    return Interval(value, max(value - spread, min(lowest, value)), min(value + spread, max(highest, value)))


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """Return I_x(a, b); `rest` is 1 - x, which the caller knows more exactly."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - _incomplete_beta(b, a, rest, x)
    log_x = log1p(-rest) if rest < 0.5 else log(x)
    log_rest = log1p(-x) if x < 0.5 else log(rest)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log_x + b * log_rest) / a
    # Lentz's way: numerator and denominator of the fraction, from the front to the back.
    upper, lower = 1.0, 0.0
    fraction = 1.0
    for term in range(_MOST_TERMS):
        m = term // 2
        if term == 0:
            step = 1.0
        elif term % 2:
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / _away_from_0(1 + step * lower)
        upper = _away_from_0(1 + step / upper)
        fraction *= upper * lower
        if term and abs(upper * lower - 1) < 1e-15:
            break
    return min(1.0, front * (fraction - 1))


def _away_from_0(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
