"""Sigmoid and hyperbolic tangent that LLVM turns into vector code; for use inside compiled functions.

Python's `math.exp` calls a library function for every number. In float32 exp is computed here as
2^k * p(r), x = k ln 2 + r, with a polynomial of degree 6 for e^r on |r| <= ln 2 / 2 (the split is that of
Cody & Waite 1980); its relative error is below 2e-7. In float64 the library function is called.
"""

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

_LIMIT = np.float32(87.0)  # beyond it e^x leaves the range of normal float32
_ROUND = np.float32(1.5 * 2**23)  # adding it leaves the nearest whole number in the lowest bits
_LOG2_E = np.float32(1 / math.log(2))
_LN2_HIGH = np.float32(355 / 512)  # exact in so few bits that k times it is exact
_LN2_LOW = np.float32(math.log(2) - 355 / 512)
_EXPONENT_BITS, _ONE_BITS = np.int32(23), np.int32(0x3F800000)
_P2, _P3, _P4, _P5, _P6 = (np.float32(1 / math.factorial(n)) for n in range(2, 7))


def exp(x: float) -> float:
    """Return e^x; callable from compiled functions only."""
    raise NotImplementedError("exp is for compiled functions; elsewhere use numpy.exp")


@njit(error_model="numpy")
def _exp32(x: Any) -> Any:
    # In this order a NaN stays one.
    x = -_LIMIT if x < -_LIMIT else x
    x = _LIMIT if x > _LIMIT else x
    shifted = x * _LOG2_E + _ROUND
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = ((((_P6 * r + _P5) * r + _P4) * r + _P3) * r + _P2) * r * r + r + np.float32(1.0)
    power = np.int32((np.float32(shifted).view(np.int32) << _EXPONENT_BITS) + _ONE_BITS)
    return p * power.view(np.float32)


@overload(exp)
def _exp(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - Numba compares it with the lambdas
    if x == types.float32:
        return lambda x: _exp32(x)  # noqa: PLW0108 - Numba wants a function of Python
    return lambda x: math.exp(x)  # noqa: PLW0108


@njit(error_model="numpy")
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e^-x)."""
    one = type(x)(1)
    return one / (one + exp(-x))


@njit(error_model="numpy")
def tanh(x: Any) -> Any:
    """Return (1 - e^-2x) / (1 + e^-2x)."""
    one = type(x)(1)
    two = type(x)(2)
    return two / (one + exp(-two * x)) - one
