"""What is drawn, and how: properties of temperature, top-k and top-p."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tenor.errors import ConfigError
from tenor.inference.sampling import Sampling

logits = arrays.arrays(np.float32, st.integers(2, 30), elements=st.floats(-20, 20, width=32)).map(
    lambda x: x - np.logaddexp.reduce(x)
)
temperatures = st.floats(0.1, 5)


@example(x=np.log(np.float32([0.9, 0.1])), temperature=2e-309, top_k=None, top_p=1.0)
@given(x=logits, temperature=st.floats(0, 5), top_k=st.none() | st.integers(1, 40), top_p=st.floats(0.01, 1))
def test_they_are_probabilities(x: np.ndarray, temperature: float, top_k: int | None, top_p: float) -> None:
    found = Sampling(temperature, top_k, top_p).probabilities(x)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1)
    assert found[x.argmax()] > 0


@given(x=logits, temperature=temperatures, top_k=st.integers(1, 40))
def test_top_k_keeps_the_likeliest(x: np.ndarray, temperature: float, top_k: int) -> None:
    found = Sampling(temperature, top_k).probabilities(x)
    kept = found > 0
    assert kept.sum() <= top_k
    if kept.any() and not kept.all():
        assert x[kept].min() >= x[~kept & (Sampling(temperature).probabilities(x) > 0)].max(initial=-np.inf)
    whole = Sampling(temperature).probabilities(x)
    np.testing.assert_allclose(found[kept], whole[kept] / whole[kept].sum())


@given(x=logits, temperature=temperatures, top_p=st.floats(0.01, 0.99))
def test_top_p_keeps_the_fewest_that_are_enough(x: np.ndarray, temperature: float, top_p: float) -> None:
    whole = Sampling(temperature).probabilities(x)
    kept = Sampling(temperature, top_p=top_p).probabilities(x) > 0
    assert whole[kept].sum() >= top_p - 1e-9
    assert whole[kept].sum() - whole[kept].min() < top_p + 1e-9


@given(x=logits)
def test_no_limits_leave_the_model_as_it_is(x: np.ndarray) -> None:
    np.testing.assert_allclose(Sampling().probabilities(x), np.exp(x.astype(float)), rtol=1e-4, atol=1e-9)


@given(x=logits)
def test_a_lower_temperature_is_bolder(x: np.ndarray) -> None:
    assume(np.ptp(x) > 1e-3)
    best = x.argmax()
    low, high = (Sampling(temperature).probabilities(x)[best] for temperature in (0.5, 2.0))
    assert low >= high
    assert Sampling(0).probabilities(x)[best] == 1


def test_draws_are_as_likely_as_they_should_be() -> None:
    generator = np.random.default_rng(0)
    x = np.log(np.array([0.5, 0.0, 0.3, 0.2]) + 1e-30)
    drawn = np.bincount([Sampling().draw(x, generator) for _ in range(4000)], minlength=4) / 4000
    np.testing.assert_allclose(drawn, [0.5, 0, 0.3, 0.2], atol=0.03)
    assert drawn[1] == 0


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"temperature": -1}, "temperature is -1; it must be 0 or more"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_k": 0}, "top-k is 0; it must be 1 or more"),
        ({"top_p": 0}, "top-p is 0; it must be above 0"),
        ({"top_p": 1.5}, "top-p is 1.5"),
    ],
)
def test_what_is_out_of_range_is_refused(setting: dict, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Sampling(**setting)
