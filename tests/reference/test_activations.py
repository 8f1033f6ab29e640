import numpy as np
import pytest

from tenor.reference.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from tenor.reference.cross_entropy import cross_entropy
from tenor.reference.gradient_check import STEP


@pytest.mark.parametrize(
    ("function", "derivative"),
    [(sigmoid, sigmoid_derivative), (tanh, tanh_derivative), (relu, relu_derivative)],
)
def test_derivatives_are_those_of_finite_differences(function, derivative) -> None:
    x = np.linspace(-6, 6, 26)  # 0, the kink of relu, is not among them
    numeric = (function(x + STEP) - function(x - STEP)) / (2 * STEP)
    np.testing.assert_allclose(derivative(function(x)), numeric, atol=1e-9)


def test_nothing_overflows() -> None:
    np.testing.assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0.0, 1.0])
    np.testing.assert_array_equal(softmax(np.array([[-1e4, 1e4], [1e4, 1e4]])), [[0, 1], [0.5, 0.5]])
    losses, _ = cross_entropy(np.array([[-1e4, 1e4], [1e4, 1e4]]), np.array([0, 1]))
    np.testing.assert_allclose(losses, [2e4, np.log(2)])


def test_nan_stays_nan() -> None:
    assert np.isnan(sigmoid(np.array([np.nan]))).all()
