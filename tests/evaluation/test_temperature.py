"""Temperature: the most likely one, safe at the edges, and no prediction changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.temperature import FEWEST, HIGHEST, LOWEST, Scaling, as_sure, softmax


def drawn(classes, temperature, rows=4000, seed=0):
    """Return logits that are too sure by `temperature`, and labels drawn from what they should say."""
    random = np.random.default_rng(seed)
    honest = 2 * random.standard_normal((rows, classes))
    chances = softmax(honest).cumsum(axis=1)
    labels = (random.random((rows, 1)) > chances[:, :-1]).sum(axis=1)
    return HeldOut.sampled(labels, honest * temperature, seed=0)


def loss(held_out, temperature):
    chosen = softmax(held_out.logits, temperature)[np.arange(len(held_out)), held_out.labels]
    return -np.log(chosen).mean()


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_it_is_found_and_the_likeliest(classes, temperature):
    held_out = drawn(classes, temperature)
    found = Scaling.fitted(held_out)
    assert found.reason is None
    assert found.temperature == pytest.approx(temperature, rel=0.1)
    least = loss(held_out, found.temperature)
    for other in (0.9, 0.999, 1.001, 1.1):
        assert loss(held_out, found.temperature * other) > least


def test_a_logit_that_stays_at_zero_is_no_hindrance():
    """The binary head gives (0, z)."""
    held_out = drawn(2, 2.0)
    z = held_out.logits[:, 1] - held_out.logits[:, 0]
    shifted = HeldOut(held_out.labels, np.stack([np.zeros_like(z), z], axis=1))
    assert Scaling.fitted(shifted).temperature == pytest.approx(
        Scaling.fitted(held_out).temperature, rel=1e-4
    )


def test_the_reason_is_given_where_there_is_none():
    held_out = drawn(3, 2.0)
    few = HeldOut(held_out.labels[: FEWEST - 1], held_out.logits[: FEWEST - 1])
    right = HeldOut(held_out.logits.argmax(axis=1).astype(np.int32), held_out.logits)
    for given_, said in [
        (None, "no validation data"),
        (few, "49 validation texts"),
        (right, "is read right"),
    ]:
        found = Scaling.fitted(given_)
        assert found.temperature is None
        assert said in found.reason


def test_it_stays_within_its_limits():
    logits = np.tile(np.array([[3.0, 0.0]], np.float32), (100, 1))
    wrong = np.ones(100, np.int32)
    assert Scaling.fitted(HeldOut(wrong, logits)).temperature == pytest.approx(HIGHEST)
    nearly = np.zeros(100, np.int32)
    nearly[0] = 1
    tiny = np.where(np.arange(100)[:, None] == 0, 1e-12, 1.0) * logits
    assert Scaling.fitted(HeldOut(nearly, tiny.astype(np.float32))).temperature == pytest.approx(LOWEST)


def test_enormous_logits_are_no_trouble():
    held_out = drawn(3, 2.0)
    found = Scaling.fitted(HeldOut(held_out.labels, held_out.logits * np.float32(1e6)))
    assert found.temperature == pytest.approx(HIGHEST)
    assert np.isfinite(softmax(np.array([[1e30, -1e30], [0.0, 0.0]]), LOWEST)).all()


@given(
    logits=st.lists(st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3), min_size=1, max_size=5),
    temperature=st.floats(LOWEST, HIGHEST),
)
def test_the_likeliest_class_stays(logits, temperature):
    given_ = np.array(logits, np.float32)
    scaled = softmax(given_, temperature)
    np.testing.assert_allclose(scaled.sum(axis=1), 1.0)
    rows = np.arange(len(given_))
    np.testing.assert_array_equal(scaled.max(axis=1), scaled[rows, given_.argmax(axis=1)])


def test_softmax_of_no_texts_and_without_a_temperature():
    assert softmax(np.empty((0, 2))).shape == (0, 2)
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0], [0.0, 0.0]])), [[1.0, 0.0], [0.5, 0.5]])
    np.testing.assert_allclose(softmax(np.array([[2.0, 0.0]]), 2.0), softmax(np.array([[1.0, 0.0]])))


@pytest.mark.parametrize("classes", [2, 4])
def test_as_sure_finds_the_temperature_of_a_mean_probability(classes):
    logits = drawn(classes, 3.0).logits
    for temperature in (0.5, 1.0, 4.0):
        sureness = softmax(logits, temperature).max(axis=1).mean()
        assert as_sure(logits, sureness) == pytest.approx(temperature, rel=1e-4)


def test_as_sure_stays_between_its_limits():
    logits = drawn(2, 1.0).logits
    assert as_sure(logits, 0.0) == pytest.approx(HIGHEST)
    assert as_sure(logits, 1.0) == pytest.approx(LOWEST)
    assert LOWEST <= as_sure(np.zeros((3, 2)), 0.5) <= HIGHEST
