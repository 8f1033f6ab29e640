"""What `TextClassifier` takes for texts and labels, and what it says of the rest."""

import math

import numpy as np
import pandas as pd
import pytest
from classifiers import small, texts

from tenor.errors import InputError

TRAIN, CODES = texts(80)
NEW, _ = texts(30, seed=1)


@pytest.fixture(scope="module")
def fitted():
    return small().fit(TRAIN, CODES)


@pytest.mark.parametrize(
    "kind",
    [
        tuple,
        np.array,
        iter,
        pd.Series,
        lambda values: pd.Series(values, index=range(len(values), 0, -1)),
        lambda values: np.array(values, dtype=object),
    ],
)
def test_any_kind_of_sequence_gives_the_same(kind, fitted):
    other = small().fit(kind(TRAIN), kind(CODES))
    assert (other.predict_proba(kind(NEW)) == fitted.predict_proba(NEW)).all()


def test_one_column_is_texts(fitted):
    frame = pd.DataFrame({"text": TRAIN})
    other = small().fit(frame, CODES)
    assert (other.predict_proba(frame.to_numpy()) == fitted.predict_proba(TRAIN)).all()


def test_labels_of_a_mixed_frame_keep_their_kind():
    rows = pd.DataFrame({"text": TRAIN, "label": CODES}).to_numpy()  # of objects, as its columns differ
    classifier = small(epochs=1).fit(rows[:, 0], rows[:, 1])
    assert classifier.classes_.dtype.kind == "i"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("one text", "in a list"),
        (b"one text", "in a list"),
        ([], "0 samples"),
        (np.array([], dtype=str), "0 samples"),
        (None, "NoneType"),
        ({"a": "text"}, "dict"),
        ({"a"}, "set"),
        (["a", None], "text 1 is None"),
        (["a", math.nan], "text 1 is nan"),
        (pd.Series(["a", None, "b"]), "text 1 is nan"),
        (pd.Series(["a", None], dtype="string"), "text 1 is <NA>"),
        (["a", b"b"], "text 1 is b'b'"),
        (["a", 3], r"text 1 is 3 \(int\)"),
        ([["a"], ["b"]], r"text 0 is \['a'\]"),
        (np.zeros((2, 3)), r"shape \(2, 3\)"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), r"shape \(1, 2\)"),
    ],
    ids=repr,
)
def test_texts_that_are_none(values, message, fitted):
    with pytest.raises(InputError, match=message):
        small().fit(values, [0, 1])
    with pytest.raises(InputError, match=message):
        fitted.predict(values)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "y to be passed"),
        ("aba", "of type str"),
        ([0, 1], "3 texts and 2 labels"),
        ([], "3 texts and 0 labels"),
        ([1, 1, 1], "only 1 class, '1'"),
        ([0.5, 1.5, 2.25], "continuous"),
        ([0, 1, math.nan], "label 2 is nan"),
        ([0, 1, math.inf], "label 2 is inf"),
        (["a", "b", None], "label 2 is None"),
        (["a", math.nan, "b"], "label 1 is nan"),
        (["a", 1, "b"], "label 1 is 1"),
        (pd.Series(["a", None, "b"]), "label 1 is"),
        (pd.Series([0, 1, None], dtype="Int64"), "label 2 is nan"),
        ([[0, 1], [1, 0], [1, 1]], "1d array"),
        ([{"a": 1}, {"a": 2}, {"a": 1}], "Unknown label type"),
    ],
    ids=repr,
)
def test_labels_that_are_none(labels, message):
    with pytest.raises(ValueError, match=message):
        small().fit(TRAIN[:3], labels)


def test_a_column_of_labels_is_taken_with_a_warning():
    with pytest.warns(UserWarning, match="column-vector"):
        classifier = small(epochs=1).fit(TRAIN, np.array(CODES)[:, None])
    assert classifier.predict(NEW).shape == (30,)
