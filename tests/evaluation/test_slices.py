"""Slices part the rows: every row is in one slice, and a slice's figures are those of its rows alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.evaluation.slices import MISSING, SHOWN, length_slices, slices_of


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.one_of(st.text(max_size=3), st.integers(-50, 50).map(str), st.floats(width=16).map(str)),
        min_size=1,
        max_size=120,
    )
)
def test_every_row_is_in_exactly_one_slice(values):
    labels = np.arange(len(values)) % 2
    found = slices_of(labels, np.zeros_like(labels), values, 2)
    assert sum(one.rows for one in found) == len(values)
    right = sum(round(one.accuracy.value * one.rows) for one in found)
    assert right == (labels == 0).sum()
    assert len({one.value for one in found}) == len(found) <= SHOWN + 1


def test_figures_of_a_slice_are_those_of_its_rows():
    labels, predicted = np.array([0, 1, 0, 1, 1]), np.array([0, 1, 1, 1, 0])
    found = {one.value: one for one in slices_of(labels, predicted, ["a", "a", "b", "b", "b"], 2)}
    assert list(found) == ["b", "a"]  # most rows first
    assert found["a"].accuracy.value == found["a"].macro_f1 == 1.0
    assert found["b"].rows == 3
    assert found["b"].accuracy.value == pytest.approx(1 / 3)
    assert found["b"].macro_f1 == pytest.approx((0.0 + 0.5) / 2)
    assert found["a"].accuracy.low < 0.5  # two rows say little


def test_a_class_that_a_slice_lacks_does_not_lower_its_macro_f1():
    labels = np.array([0, 0, 1])
    assert slices_of(labels, labels, ["a", "a", "b"], 5)[0].macro_f1 == 1.0


def test_the_rarest_of_many_values_are_pooled():
    values = [f"film {i}" for i in range(30) for _ in range(30 - i)]
    labels = np.zeros(len(values), dtype=np.int64)
    found = slices_of(labels, labels, values, 2)
    assert [one.value for one in found[:2]] == ["film 0", "film 1"]
    assert found[-1].value == "other (10 values)"
    assert found[-1].rows == sum(range(1, 11))


def test_a_column_of_many_numbers_is_cut_into_quartiles_in_rising_order():
    labels = np.zeros(101, dtype=np.int64)
    found = slices_of(labels, labels, [f"{i / 10}" for i in range(100)] + [" "], 2)
    assert [one.value for one in found] == ["0.0 to 2.4", "2.5 to 4.9", "5.0 to 7.4", "7.5 to 9.9", MISSING]
    assert [one.rows for one in found] == [25, 25, 25, 25, 1]


def test_a_column_of_few_numbers_keeps_its_values():
    labels = np.zeros(6, dtype=np.int64)
    found = slices_of(labels, labels, ["5", "1", "1", "1", "5", "3"], 2)
    assert [(one.value, one.rows) for one in found] == [("1", 3), ("5", 2), ("3", 1)]


def test_one_word_among_many_numbers_makes_it_no_column_of_numbers():
    labels = np.zeros(41, dtype=np.int64)
    found = slices_of(labels, labels, [*map(str, range(40)), "many"], 2)
    assert found[-1].value == "other (21 values)"


def test_lengths_are_always_cut_and_ties_stay_together():
    labels = np.zeros(8, dtype=np.int64)
    found = length_slices(labels, labels, [900, 1, 1, 1, 2, 1, 1, 1], 2)
    assert [(one.value, one.rows) for one in found] == [("1", 6), ("2 to 900", 2)]
    assert [one.value for one in length_slices(labels, labels, [7] * 8, 2)] == ["7"]
