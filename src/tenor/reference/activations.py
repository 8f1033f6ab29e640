"""Sigmoid, tanh, relu and softmax in NumPy; derivatives are written in the value of the function."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x), without overflow for large negative x."""
    small = np.exp(-np.abs(x))
    value: Array = np.where(x >= 0, 1, small) / (1 + small)
    return value


def sigmoid_derivative(value: Array) -> Array:
    """Return the derivative of sigmoid where it has this value: s (1 - s)."""
    return value * (1 - value)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def tanh_derivative(value: Array) -> Array:
    """Return the derivative of tanh where it has this value: 1 - t^2."""
    return 1 - value * value


def relu(x: Array) -> Array:
    """Return the positive part of x."""
    return np.maximum(x, 0)


def relu_derivative(value: Array) -> Array:
    """Return the derivative of relu where it has this value: 1 above 0, and 0 at 0 (as in torch)."""
    return (value > 0).astype(value.dtype)


class Activation(NamedTuple):
    """A function of numbers one by one, and its derivative by the function's value."""

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]


TANH = Activation(tanh, tanh_derivative)
RELU = Activation(relu, relu_derivative)


def softmax(x: Array) -> Array:
    """Return e^x_k / sum_j e^x_j over the last axis, without overflow: the largest x is taken off first."""
    powers = np.exp(x - x.max(-1, keepdims=True))
    shares: Array = powers / powers.sum(-1, keepdims=True)
    return shares
