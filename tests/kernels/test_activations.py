import numpy as np

from tenor.kernels.activations import sigmoid, tanh
from tenor.kernels.compiled import compiled
from tenor.reference import activations as reference


@compiled
def both(x, out):
    for i in range(x.shape[0]):
        out[0, i] = sigmoid(x[i])
        out[1, i] = tanh(x[i])


def test_float32_is_right_to_a_few_units_in_the_last_place() -> None:
    x = np.concatenate((np.linspace(-100, 100, 100_001), [0.0, 1e-30, -1e-30, 1e30, -1e30])).astype(
        np.float32
    )
    out = np.empty((2, len(x)), np.float32)
    both(x, out)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(out[0], reference.sigmoid(exact), atol=3e-7)
    np.testing.assert_allclose(out[1], reference.tanh(exact), atol=3e-7)


def test_float64_is_that_of_the_reference() -> None:
    x = np.linspace(-30, 30, 1001)
    out = np.empty((2, len(x)))
    both(x, out)
    np.testing.assert_allclose(out[0], reference.sigmoid(x), rtol=1e-12)
    np.testing.assert_allclose(out[1], reference.tanh(x), atol=1e-15)


def test_nan_stays_nan() -> None:
    for dtype in (np.float32, np.float64):
        out = np.zeros((2, 1), dtype)
        both(np.array([np.nan], dtype), out)
        assert np.isnan(out).all()
