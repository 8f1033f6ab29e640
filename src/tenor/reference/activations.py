"""Sigmoid and hyperbolic tangent with their derivatives, in NumPy."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x), without overflow for large negative x."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_derivative(value: Array) -> Array:
    """Return the derivative of sigmoid where it has this value: s (1 - s)."""
    return value * (1 - value)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def tanh_derivative(value: Array) -> Array:
    """Return the derivative of tanh where it has this value: 1 - t^2."""
    return 1 - value * value
