"""Splits: nothing lost, nothing twice, groups whole, classes in proportion, the same each time."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenor.data.splits import hold_out
from tenor.errors import DataError

labels_of = st.lists(st.sampled_from("abc"), min_size=40, max_size=200)
fractions = st.floats(0.1, 0.5)
seeds = st.integers(0, 2**32)


def cut(labels, fraction, *, seed=0, stratify=True, groups=None):
    try:
        return hold_out(labels, fraction, seed=seed, stratify=stratify, groups=groups)
    except DataError:
        assume(False)
        raise


@settings(max_examples=60, deadline=None)
@given(labels_of, fractions, seeds, st.booleans(), st.one_of(st.none(), st.integers(8, 60)))
def test_disjoint_complete_sorted_and_repeatable(labels, fraction, seed, stratify, group_count) -> None:
    names = (
        [None if i % 7 == 0 else f"g{i % group_count}" for i in range(len(labels))] if group_count else None
    )
    stay, held = cut(labels, fraction, seed=seed, stratify=stratify, groups=names)
    assert sorted([*stay, *held]) == list(range(len(labels)))
    assert list(stay) == sorted(stay)
    assert list(held) == sorted(held)
    again = cut(labels, fraction, seed=seed, stratify=stratify, groups=names)
    assert np.array_equal(held, again[1])


@settings(max_examples=60, deadline=None)
@given(labels_of, fractions, seeds)
def test_size_and_class_shares_without_groups(labels, fraction, seed) -> None:
    _, held = cut(labels, fraction, seed=seed)
    taken = Counter(labels[i] for i in held)
    for label, count in Counter(labels).items():
        assert abs(taken[label] - fraction * count) <= 1
    _, held = cut(labels, fraction, seed=seed, stratify=False)
    assert len(held) == round(fraction * len(labels))


@settings(max_examples=60, deadline=None)
@given(labels_of, fractions, seeds, st.booleans(), st.data())
def test_groups_stay_whole(labels, fraction, seed, stratify, data) -> None:
    groups = data.draw(st.lists(st.integers(0, 30).map(str), min_size=len(labels), max_size=len(labels)))
    stay, held = cut(labels, fraction, seed=seed, stratify=stratify, groups=groups)
    assert not {groups[i] for i in stay} & {groups[i] for i in held}


@settings(max_examples=30, deadline=None)
@given(seeds, st.floats(0.1, 0.4))
def test_shares_of_many_groups_are_nearly_kept(seed, fraction) -> None:
    # 600 groups of 1 to 5 rows, as reviews of films: each is mostly of one class.
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(600), rng.integers(1, 6, 600))
    labels = np.where((groups + (rng.random(len(groups)) < 0.2)) % 3 == 0, "pos", "neg").tolist()
    _, held = hold_out(labels, fraction, seed=seed, stratify=True, groups=[str(g) for g in groups])
    assert abs(len(held) - fraction * len(labels)) <= 5
    taken = Counter(labels[i] for i in held)
    for label, count in Counter(labels).items():
        assert abs(taken[label] - fraction * count) <= 5


def test_rows_without_group_are_not_one_group() -> None:
    labels = ["a", "b"] * 50
    _, held = hold_out(labels, 0.1, seed=0, stratify=True, groups=[None] * 100)
    assert Counter(labels[i] for i in held) == {"a": 5, "b": 5}


def test_a_group_called_like_a_row_number_is_no_row() -> None:
    groups = ["1", None] * 20
    stay, held = hold_out(["a", "b"] * 20, 0.4, seed=0, stratify=False, groups=groups)
    ones = {i for i in range(40) if groups[i] == "1"}
    assert ones <= set(stay.tolist()) or ones <= set(held.tolist())


def test_seeds_differ() -> None:
    labels = ["a", "b"] * 500
    splits = [hold_out(labels, 0.2, seed=seed, stratify=True)[1].tolist() for seed in range(3)]
    assert splits[0] != splits[1] != splits[2] != splits[0]


def test_the_split_of_a_seed_never_changes() -> None:
    # The one golden value: stored runs rely on it, on every machine and with every NumPy.
    assert hold_out(["a", "b"] * 10, 0.2, seed=0, stratify=True)[1].tolist() == [2, 3, 11, 18]


def test_rare_classes_are_in_both_parts() -> None:
    labels = ["common"] * 98 + ["rare"] * 2
    stay, held = hold_out(labels, 0.1, seed=0, stratify=True)
    assert {98, 99} & set(stay.tolist())
    assert {98, 99} & set(held.tolist())


@pytest.mark.parametrize("fraction", [0.0, 1.0, 1.5, -0.1])
def test_a_share_must_be_between_0_and_1(fraction: float) -> None:
    with pytest.raises(DataError, match=r"validation share is .*; it must be above 0 and below 1"):
        hold_out(["a", "b"] * 10, fraction, seed=0, stratify=True)


def test_share_that_leaves_a_class_empty() -> None:
    with pytest.raises(DataError, match=r"0\.9 of the rows for test takes all 2 of class 'b'"):
        hold_out(["a"] * 20 + ["b"] * 2, 0.9, seed=0, stratify=True, name="test")
    with pytest.raises(DataError, match=r"takes all 1 of class 'b'"):
        hold_out(["a"] * 20 + ["b"], 0.1, seed=0, stratify=True)


def test_the_smallest_share_is_a_row() -> None:
    assert len(hold_out(["a", "b"] * 3, 0.01, seed=0, stratify=False)[1]) == 1


def test_groups_too_large_to_be_held_out() -> None:
    with pytest.raises(DataError, match=r"leaves no row for validation: .*more groups"):
        hold_out(["a", "b"] * 20, 0.1, seed=0, stratify=True, groups=["x"] * 20 + ["y"] * 20)
    with pytest.raises(DataError, match=r"none of the 20 of class 'b', whose groups are too large"):
        hold_out(
            ["a"] * 20 + ["b"] * 20, 0.1, seed=0, stratify=True, groups=[*map(str, range(20)), *["x"] * 20]
        )
