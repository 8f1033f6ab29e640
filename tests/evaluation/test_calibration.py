"""Calibration: by hand, at the edges of bins, and honest probabilities have a small error."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.errors import ConfigError, InputError
from tenor.evaluation.calibration import calibration


def two(*positive):
    return np.array([[1 - p, p] for p in positive])


def test_by_hand():
    # Confidences 0.9, 0.9, 0.6, 0.7; right, wrong, right, right.
    found = calibration([1, 1, 0, 1], two(0.9, 0.1, 0.4, 0.7), bins=5)
    assert [one.rows for one in found.bins] == [0, 0, 1, 1, 2]
    last = found.bins[4]
    assert (last.low, last.high, last.confidence, last.accuracy) == pytest.approx((0.8, 1.0, 0.9, 0.5))
    assert found.error == pytest.approx((2 * 0.4 + 1 * 0.4 + 1 * 0.3) / 4)
    assert found.brier == pytest.approx(2 * (0.1**2 + 0.9**2 + 0.4**2 + 0.3**2) / 4)
    assert found.bins[0].confidence is found.bins[0].accuracy is None


def test_an_edge_belongs_to_the_bin_below():
    probabilities = np.array([[0.2, 0.2, 0.2, 0.2, 0.2], [0.6, 0.4, 0, 0, 0], [1, 0, 0, 0, 0]])
    rows = [one.rows for one in calibration([0, 0, 0], probabilities, bins=5).bins]
    assert rows == [1, 0, 1, 0, 1]


def test_honest_probabilities_have_a_small_error_and_sure_ones_a_large_one():
    random = np.random.default_rng(0)
    positive = random.random(20_000)
    labels = (random.random(20_000) < positive).astype(int)
    honest = calibration(labels, two(*positive))
    assert honest.error < 0.02
    assert len(honest.bins) == 15
    sure = calibration(labels, two(*(positive > 0.5)))
    assert sure.error == pytest.approx(1 - np.mean((positive > 0.5) == labels))
    assert sure.brier > honest.brier


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30), st.integers(1, 20))
def test_bins_hold_every_row_and_figures_stay_in_range(rows, bins):
    labels = [label for _, label in rows]
    found = calibration(labels, two(*(p for p, _ in rows)), bins=bins)
    assert sum(one.rows for one in found.bins) == found.rows == len(rows)
    assert 0 <= found.error <= 1
    assert 0 <= found.brier <= 2
    for one in found.bins:
        if one.rows:
            assert one.low <= one.confidence <= one.high + 1e-12
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("labels", "probabilities", "said"),
    [
        ([], np.empty((0, 2)), "do not fit"),
        ([0, 1], [[0.5, 0.5]], "do not fit"),
        ([2], [[0.5, 0.5]], "from 0 to 1"),
        ([0.0], [[0.5, 0.5]], "whole numbers"),
        ([0], [[1.5, -0.5]], "between 0 and 1"),
        ([0], [[np.nan, 1]], "between 0 and 1"),
    ],
)
def test_what_does_not_fit_is_refused(labels, probabilities, said):
    with pytest.raises(InputError, match=said):
        calibration(labels, probabilities)


def test_no_bins_are_refused():
    with pytest.raises(ConfigError, match="0 calibration bins"):
        calibration([0], [[1.0, 0.0]], bins=0)
