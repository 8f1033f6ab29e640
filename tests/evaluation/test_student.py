"""Student's t against its closed forms, and where it ends: the normal distribution."""

from math import atan, erfc, inf, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.evaluation import student

points = st.floats(0, 1e4)


@given(points)
def test_one_to_four_degrees_of_freedom_have_closed_forms(t):
    assert student.two_sided(t, 1) == pytest.approx(1 - 2 * atan(t) / pi, abs=1e-12)  # Cauchy
    assert student.two_sided(t, 2) == pytest.approx(1 - t / sqrt(2 + t * t), abs=1e-12)
    four = t / sqrt(4 + t * t)
    assert student.two_sided(t, 4) == pytest.approx(1 - 1.5 * four * (1 - four**2 / 3), abs=1e-12)


@given(st.floats(0, 8), st.floats(1e4, 1e9))
def test_many_degrees_of_freedom_are_nearly_normal(t, freedom):
    assert student.two_sided(t, freedom) == pytest.approx(erfc(t / sqrt(2)), abs=2 / freedom)


@given(st.floats(-50, 50), st.floats(0.5, 1e8))
def test_tail_is_a_probability_symmetric_and_falling(t, freedom):
    found = student.two_sided(t, freedom)
    assert 0 <= found <= 1
    assert student.two_sided(-t, freedom) == found
    assert student.two_sided(abs(t) + 1, freedom) <= found


@given(st.floats(1, 1e9), st.floats(0.5, 0.999))
def test_quantile_turns_the_tail_round(freedom, level):
    assert student.two_sided(student.quantile(freedom, level), freedom) == pytest.approx(1 - level, rel=1e-6)


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.7062), (2, 4.30265), (4, 2.77645), (10, 2.22814), (inf, 1.959964)]
)
def test_quantiles_of_the_printed_tables(freedom, expected):
    assert student.quantile(freedom) == pytest.approx(expected, rel=1e-5)


def test_interval_stays_where_the_figure_can_be():
    assert student.interval(0.9, 0.01, 2, 0, 1).high == 1.0
    assert student.interval(0.5, 0.0, inf, 0, 1).to_json() == {"value": 0.5, "low": 0.5, "high": 0.5}
