"""The reference is its own equations: checked by finite differences alone."""

import numpy as np
import pytest

from tenor.reference.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from tenor.reference.mingru import mingru

STEP = 1e-6


def numeric(loss, array: np.ndarray) -> np.ndarray:
    """Central differences of a scalar function by each entry of `array`, which it reads."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + STEP
        above = loss()
        array[place] = kept - STEP
        found[place] = (above - loss()) / (2 * STEP)
        array[place] = kept
    return found


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("steps", [1, 2, 6])
def test_gradients_are_those_of_finite_differences(width: int, steps: int) -> None:
    generator = np.random.default_rng(width)
    x = generator.normal(size=(steps, 3))
    weight = generator.normal(size=(width, 2, 4, 3))
    bias = generator.normal(size=(2, 4))
    outside = generator.normal(size=(steps, 4))
    _, backward = mingru(x, weight, bias)
    found = backward(outside)
    for exact, array in ((found.x, x), (found.weight, weight), (found.bias, bias)):
        by_hand = numeric(lambda: float((mingru(x, weight, bias)[0] * outside).sum()), array)
        np.testing.assert_allclose(exact, by_hand, atol=1e-8)


def test_one_step_by_hand() -> None:
    """z = sigmoid(0) = 1/2 and c = tanh(1): h = tanh(1) / 2, then half of that and half of tanh(1)."""
    weight = np.array([[[[0.0]], [[1.0]]]])
    h, _ = mingru(np.array([[1.0], [1.0]]), weight, np.zeros((2, 1)))
    np.testing.assert_allclose(h[:, 0], [np.tanh(1) / 2, 3 * np.tanh(1) / 4])


def test_activations_and_their_derivatives() -> None:
    x = np.linspace(-6, 6, 25)
    for function, derivative in ((sigmoid, sigmoid_derivative), (tanh, tanh_derivative)):
        numeric_derivative = (function(x + STEP) - function(x - STEP)) / (2 * STEP)
        np.testing.assert_allclose(derivative(function(x)), numeric_derivative, atol=1e-9)
    np.testing.assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0.0, 1.0])
