"""Duplicates are found whatever their case and spacing, within and across splits."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tenor.data.duplicates import normalized
from tenor.data.example import Dataset, Example
from tenor.evaluation.duplicates import find_duplicates


def dataset(**splits):
    return Dataset("toy", ("bad", "good"), {name: tuple(rows) for name, rows in splits.items()})


def test_the_same_but_for_case_and_spacing_is_a_duplicate():
    found = find_duplicates(
        dataset(
            train=[
                Example("A fine  film", "good"),
                Example(" a FINE film\n", "good"),
                Example("A fine", "good"),
            ]
        )
    )
    assert found.repeated == {"train": 1}
    assert found.texts == ()
    assert found.conflicts.texts == 0


def test_overlaps_count_rows_of_the_later_split_and_name_them():
    found = find_duplicates(
        dataset(
            train=[Example("one"), Example("two")],
            validation=[Example("three"), Example("Two", id="v7")],
            test=[Example("ONE"), Example("one "), Example("three"), Example("four")],
        )
    )
    assert [(one.split, one.other, one.rows, one.examples) for one in found.texts] == [
        ("validation", "train", 1, ("v7",)),
        ("test", "train", 2, ("test[0]", "test[1]")),
        ("test", "validation", 1, ("test[2]",)),
    ]
    assert found.repeated == {"train": 0, "validation": 0, "test": 1}


def test_empty_texts_and_missing_groups_are_equal_to_nothing():
    found = find_duplicates(dataset(train=[Example(""), Example(" \n")], test=[Example("")]))
    assert found.repeated == {"train": 0, "test": 0}
    assert found.texts == found.groups == ()


def test_groups_that_straddle_splits_are_found():
    found = find_duplicates(
        dataset(
            train=[Example("a", group="film 1"), Example("b", group="film 2")],
            test=[Example("c", group="film 2"), Example("d", group="film 3"), Example("e")],
        )
    )
    assert [(one.split, one.other, one.rows) for one in found.groups] == [("test", "train", 1)]
    assert found.texts == ()


def test_conflicting_labels_are_found_across_splits_and_unlabelled_rows_conflict_with_nobody():
    found = find_duplicates(
        dataset(
            train=[Example("odd", "good"), Example("plain", "good"), Example("open", None)],
            test=[Example("Odd", "bad"), Example("plain", "good"), Example("open", "bad")],
        )
    ).conflicts
    assert (found.texts, found.rows, found.examples) == (1, 2, ("train[0]", "test[0]"))


def test_only_a_few_examples_are_named():
    rows = [Example(f"text {i}") for i in range(50)]
    overlap = find_duplicates(dataset(train=rows, test=rows)).texts[0]
    assert overlap.rows == 50
    assert len(overlap.examples) == 5


def test_a_broken_character_does_not_stop_the_count():
    found = find_duplicates(dataset(train=[Example("bad \ud800"), Example("bad \ud800")]))
    assert found.repeated == {"train": 1}


@given(
    st.lists(st.text("aB \n", max_size=3), max_size=12), st.lists(st.text("aB \n", max_size=3), max_size=12)
)
def test_counts_agree_with_comparing_all_pairs(first, second):
    found = find_duplicates(dataset(train=map(Example, first), test=map(Example, second)))
    same = [normalized(text) for text in first]
    assert found.repeated["train"] == sum(bool(t) and t in same[:i] for i, t in enumerate(same))
    shared = sum(bool(normalized(text)) and normalized(text) in same for text in second)
    assert sum(one.rows for one in found.texts) == shared
    json.dumps(found.to_json())
