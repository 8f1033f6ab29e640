"""The language model by hand: gradients of the whole, pieces, losses; and Adagrad."""

import numpy as np
import pytest

from tenor.reference.adagrad import adagrad
from tenor.reference.gradient_check import numeric_gradient, relative_error
from tenor.reference.language_model import bits_per_character, initial_weights, learn, nothing_read, read

IDS = np.array([0, 2, 1, 1, 3, 0, 2, 2])


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    """Of 4 characters and 3 units, in float64 and none at 0."""
    generator = np.random.default_rng(1)
    return {name: generator.normal(size=one.shape) for name, one in initial_weights(4, 3, 0).items()}


def test_gradients_are_those_of_finite_differences(weights: dict[str, np.ndarray]) -> None:
    state = tuple(np.random.default_rng(2).normal(size=(2, 3)))
    _, gradients, _ = learn(weights, IDS, state)
    assert gradients.keys() == weights.keys()
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: float(learn(weights, IDS, state)[0].sum()), weights[name])
        assert relative_error(gradient, numeric) < 1e-7, name


def test_a_state_goes_on_from_piece_to_piece(weights: dict[str, np.ndarray]) -> None:
    whole, _, last = learn(weights, IDS, nothing_read(weights))
    first, _, state = learn(weights, IDS[:5], nothing_read(weights))
    second, _, end = learn(weights, IDS[4:], state)
    np.testing.assert_allclose(np.concatenate((first, second)), whole, atol=1e-13)
    np.testing.assert_allclose(end, last, atol=1e-13)


@pytest.mark.parametrize("piece", [1, 3, 7, 100])
def test_bits_are_those_of_one_reading(weights: dict[str, np.ndarray], piece: int) -> None:
    losses, *_ = learn(weights, IDS, nothing_read(weights))
    assert bits_per_character(weights, IDS, piece) == pytest.approx(losses.mean() / np.log(2))


def test_a_network_that_knows_nothing_needs_the_bits_of_a_guess(weights: dict[str, np.ndarray]) -> None:
    weights["output"][:] = weights["output_bias"][:] = 0
    assert bits_per_character(weights, IDS) == pytest.approx(2)


def test_what_comes_later_is_not_seen(weights: dict[str, np.ndarray]) -> None:
    changed = IDS.copy()
    changed[5:] = 3
    _, logits, *_ = read(weights, IDS, nothing_read(weights))
    _, other, *_ = read(weights, changed, nothing_read(weights))
    np.testing.assert_array_equal(logits[:5], other[:5])
    assert not np.allclose(logits[5:], other[5:])


def test_adagrad_by_hand() -> None:
    """Gradients 3 and then 4: sums 9 and 25, so steps 0.5 x 3 / 3 and 0.5 x 4 / 5."""
    weights, squares = {"w": np.array([1.0])}, {"w": np.zeros(1)}
    for gradient in (3.0, 4.0):
        adagrad(weights, squares, {"w": np.array([gradient])}, learning_rate=0.5, clip=10)
    assert squares["w"] == pytest.approx(25)
    assert weights["w"] == pytest.approx(1 - 0.5 - 0.4)


def test_adagrad_cuts_off_what_explodes() -> None:
    weights, squares = {"w": np.zeros(2)}, {"w": np.zeros(2)}
    adagrad(weights, squares, {"w": np.array([1e9, -1e9])}, learning_rate=1, clip=5)
    np.testing.assert_allclose(squares["w"], [25, 25])
    np.testing.assert_allclose(weights["w"], [-1, 1])
