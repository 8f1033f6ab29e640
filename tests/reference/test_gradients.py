"""Every layer of the reference is its own equations: gradients checked by finite differences alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.reference.gradient_check import gradient_errors, numeric_gradient, relative_error
from tenor.reference.layers import LAYERS
from tenor.reference.lstm import lstm
from tenor.reference.mingru import mingru

STATEFUL = [name for name in LAYERS if "attention" not in name and "entropy" not in name]
WIDE = "minGRU, three tokens wide"  # also needs the tokens before


@settings(max_examples=80, deadline=None, derandomize=True)  # so that no drawn number lies on relu's kink
@given(
    name=st.sampled_from(list(LAYERS)),
    steps=st.integers(1, 6),
    size=st.integers(1, 3),
    hidden=st.integers(1, 4),
    seed=st.integers(0, 1000),
)
def test_gradients_are_those_of_finite_differences(
    name: str, steps: int, size: int, hidden: int, seed: int
) -> None:
    layer = LAYERS[name]
    errors = gradient_errors(
        layer.function, *layer.arrays(steps, size, hidden, np.random.default_rng(seed)), seed=seed
    )
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("name", LAYERS)
def test_a_wrong_gradient_is_found(name: str) -> None:
    """Guards the test above: one gradient a hundredth too large."""
    layer = LAYERS[name]
    arrays = layer.arrays(4, 2, 3, np.random.default_rng(1))
    fine = gradient_errors(layer.function, *arrays)

    def skewed(first: np.ndarray, *rest: np.ndarray) -> tuple:
        *outputs, backward = layer.function(first, *rest)

        def wrong(*outside: np.ndarray) -> object:
            found = backward(*outside)
            first_gradient = next(iter(vars(found).values()))
            first_gradient *= 1.01
            return found

        return *outputs, wrong

    found = gradient_errors(skewed, *arrays)
    first = next(iter(found))
    assert found[first] == pytest.approx(0.01, rel=0.1)
    assert {key: value for key, value in found.items() if key != first} == {
        key: value for key, value in fine.items() if key != first
    }


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_is_computed_in_the_type_of_the_input(name: str, dtype: type) -> None:
    layer = LAYERS[name]
    exact = layer.arrays(5, 2, 3, np.random.default_rng(2))
    *outputs, backward = layer.function(*(array.astype(dtype) for array in exact))
    gradients = vars(backward(*(np.ones_like(output) for output in outputs)))
    assert {array.dtype for array in (*outputs, *gradients.values())} == {np.dtype(dtype)}
    *expected, exact_backward = layer.function(*exact)
    expected_gradients = vars(exact_backward(*(np.ones_like(output) for output in expected)))
    for found, wanted in zip(
        (*outputs, *gradients.values()), (*expected, *expected_gradients.values()), strict=True
    ):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


@pytest.mark.parametrize("name", [name for name in LAYERS if "attention" not in name])
def test_a_text_without_tokens_leaves_the_state_as_it_is(name: str) -> None:
    layer = LAYERS[name]
    arrays = layer.arrays(0, 2, 3, np.random.default_rng(3))
    *outputs, backward = layer.function(*arrays)
    gradients = vars(backward(*(np.zeros_like(output) for output in outputs)))
    assert all(len(output) == 0 for output in outputs)
    assert not any(array.any() for array in gradients.values())


@pytest.mark.parametrize("name", [name for name in STATEFUL if name not in {"LSTM", WIDE}])
def test_a_text_in_two_pieces_is_the_text(name: str) -> None:
    layer = LAYERS[name]
    x, *weights, initial = layer.arrays(7, 2, 3, np.random.default_rng(4))
    whole, backward = layer.function(x, *weights, initial)
    first, first_backward = layer.function(x[:4], *weights, initial)
    second, second_backward = layer.function(x[4:], *weights, first[-1])
    np.testing.assert_allclose(np.concatenate((first, second)), whole, atol=1e-14)
    d_h = np.random.default_rng(5).normal(size=whole.shape)
    later = second_backward(d_h[4:])
    d_first = d_h[:4].copy()
    d_first[-1] += later.initial
    earlier, expected = first_backward(d_first), backward(d_h)
    np.testing.assert_allclose(earlier.initial, expected.initial, atol=1e-12)
    np.testing.assert_allclose(earlier.weight + later.weight, expected.weight, atol=1e-12)


def test_an_lstm_in_two_pieces_is_the_lstm() -> None:
    x, *weights, hidden, cell = LAYERS["LSTM"].arrays(7, 2, 3, np.random.default_rng(6))
    whole_h, whole_c, backward = lstm(x, *weights, hidden, cell)
    first_h, first_c, first_backward = lstm(x[:4], *weights, hidden, cell)
    second_h, second_c, second_backward = lstm(x[4:], *weights, first_h[-1], first_c[-1])
    np.testing.assert_allclose(np.concatenate((first_h, second_h)), whole_h, atol=1e-14)
    np.testing.assert_allclose(np.concatenate((first_c, second_c)), whole_c, atol=1e-14)
    d_h = np.random.default_rng(7).normal(size=whole_h.shape)
    later = second_backward(d_h[4:])
    d_first, d_cell = d_h[:4].copy(), np.zeros_like(first_c)
    d_first[-1] += later.hidden
    d_cell[-1] = later.cell
    earlier, expected = first_backward(d_first, d_cell), backward(d_h)
    for name in ("hidden", "cell"):
        np.testing.assert_allclose(getattr(earlier, name), getattr(expected, name), atol=1e-12)
    np.testing.assert_allclose(earlier.recurrent + later.recurrent, expected.recurrent, atol=1e-12)


@pytest.mark.parametrize("name", STATEFUL)
def test_without_a_state_a_text_begins_at_zeros(name: str) -> None:
    layer = LAYERS[name]
    states = 2 if name == "LSTM" else 1
    arrays = layer.arrays(3, 2, 3, np.random.default_rng(8))[:-states]
    (h, *_), (from_zeros, *_) = layer.function(*arrays), layer.function(*arrays, *[np.zeros(3)] * states)
    np.testing.assert_array_equal(h, from_zeros)


def test_one_step_of_mingru_by_hand() -> None:
    """z = sigmoid(0) = 1/2 and c = tanh(1): h = tanh(1) / 2, then half of that and half of tanh(1)."""
    weight = np.array([[[[0.0]], [[1.0]]]])
    h, _ = mingru(np.array([[1.0], [1.0]]), weight, np.zeros((2, 1)))
    np.testing.assert_allclose(h[:, 0], [np.tanh(1) / 2, 3 * np.tanh(1) / 4])


def test_one_step_of_an_lstm_by_hand() -> None:
    """All gates sigmoid(0) = 1/2 and g = tanh(1), from c_0 = 2: c = 1 + tanh(1) / 2, h = tanh(c) / 2."""
    weight = np.array([[0.0], [0.0], [1.0], [0.0]])
    h, c, _ = lstm(np.ones((1, 1)), weight, np.zeros((4, 1)), np.zeros(4), np.zeros(1), np.array([2.0]))
    assert c[0, 0] == pytest.approx(1 + np.tanh(1) / 2)
    assert h[0, 0] == pytest.approx(np.tanh(1 + np.tanh(1) / 2) / 2)


def test_differences_find_a_known_gradient() -> None:
    array = np.array([[1.0, -2.0], [0.5, 3.0]])
    found = numeric_gradient(lambda: float((array**3).sum()), array)
    assert relative_error(found, 3 * array**2) < 1e-9
    np.testing.assert_array_equal(array, [[1.0, -2.0], [0.5, 3.0]])


def test_relative_errors() -> None:
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 0.5
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0
