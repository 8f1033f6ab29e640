"""Raw labels become classes: spellings, order, names, ratings, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.data.labels import BINARY, label_key, learn_labels, match_labels, polarity
from tenor.errors import DataError


def learn(values, names=()):
    return learn_labels(values, range(1, len(values) + 1), "f", names)


def read(labels, values):
    return labels.read(values, range(1, len(values) + 1), "f")


def match(values, classes, names=()):
    return read(match_labels(values, range(1, len(values) + 1), "f", classes, names), values)


@pytest.mark.parametrize(("negative", "positive"), BINARY)
def test_binary_spellings(negative: str, positive: str) -> None:
    values = [positive.upper(), negative, f" {negative.title()} ", positive]
    labels = learn(values)
    assert labels.classes == ("negative", "positive")
    assert read(labels, values) == ["positive", "negative", "negative", "positive"]


@pytest.mark.parametrize(
    "values",
    [[0, 1], [0.0, 1.0], [False, True], ["0", "1.0"], [-1, 1], ["-1", "+1"], ["1", "2"], ["NEG", "Pos"]],
)
def test_binary_values_of_any_type(values: list[object]) -> None:
    labels = learn(values * 10)
    assert read(labels, values) == ["negative", "positive"] == list(labels.classes)


def test_renamed_says_what_was_read_as_what() -> None:
    assert learn([0, 1]).renamed == "0 = negative, 1 = positive"
    assert learn(["ham", "spam"]).renamed == ""
    assert match_labels(["A", "b"], [1, 2], "f", ("A", "B")).renamed == ""


def test_other_values_keep_their_names_in_natural_order() -> None:
    assert learn(["10", "9", " 2 ", "10"]).classes == ("2", "9", "10")
    assert learn([4.5, 10, 1.0]).classes == ("1", "4.5", "10")
    assert learn(["spam", "ham", "eggs"]).classes == ("eggs", "ham", "spam")
    assert learn(["b", "10", "a", "9"]).classes == ("9", "10", "a", "b")
    assert learn(["yes", "no"]).classes == ("no", "yes")
    assert learn(["neg", "neutral", "pos"]).classes == ("neg", "neutral", "pos")


def test_keys() -> None:
    assert [label_key(value) for value in (1, 1.0, "1", " 1.00 ", "+1", "-0", "007", "1e3")] == [
        *("1", "1", "1", "1", "1", "0", "007", "1e3")
    ]
    assert [label_key(value) for value in (None, math.nan, "", "  ", "NaN", "null")] == [None] * 6
    assert label_key("none") == "none"  # a class, as in "no hate"


@given(st.lists(st.one_of(st.text(max_size=5), st.integers(), st.floats(), st.booleans()), min_size=1))
def test_keys_are_their_own_keys(values: list[object]) -> None:
    for key in filter(None, map(label_key, values)):
        assert label_key(key) == key


def test_names_for_the_sorted_values() -> None:
    labels = learn([2, 0, 1, 2], ["negative", "neutral", "positive"])
    assert labels.classes == ("negative", "neutral", "positive")
    assert read(labels, ["1.0", 2]) == ["neutral", "positive"]
    assert read(learn([0, 1], ["spam", "ham"]), [0, 1]) == ["spam", "ham"]
    assert learn([0, 1], ["spam", "ham"]).classes == ("spam", "ham")


def test_names_of_another_number_or_alike() -> None:
    with pytest.raises(DataError, match=r"f: 2 label names \(a, b\) for 3 labels \('0', '1', '2'\)"):
        learn([0, 1, 2], ["a", "b"])
    with pytest.raises(DataError, match=r"must differ"):
        learn([0, 1], ["a", "a"])


@pytest.mark.parametrize("missing", [None, math.nan, "", " "])
def test_missing_labels_are_counted_and_placed(missing: object) -> None:
    with pytest.raises(DataError, match=r"f: 2 of 4 rows have no label \(rows 2, 4\)"):
        learn([0, missing, 1, missing])


def test_one_class_only() -> None:
    with pytest.raises(DataError, match=r"f: all 3 rows have the label 'pos'"):
        learn(["pos", "pos ", "pos"])


def test_labels_that_are_no_classes() -> None:
    for values in ([f"some text {i}" for i in range(30)], [i / 7 for i in range(40)], list(range(1001)) * 5):
        with pytest.raises(DataError, match=r"are no classes; .*--label-column.*--positive-from"):
            learn(values)


def test_labels_that_are_no_single_value() -> None:
    with pytest.raises(DataError, match=r"f, row 2: the label is a list"):
        learn(["a", ["a", "b"]])


def test_label_that_training_does_not_know() -> None:
    with pytest.raises(DataError, match=r"f, row 2: label 'maybe' is not known; known are 'no', 'yes'"):
        read(learn(["yes", "no"]), ["yes", "maybe"])


def test_ratings() -> None:
    def rate(values, **bounds):
        return polarity(values, range(1, len(values) + 1), "f", **bounds)

    both = rate([1, "4", 5.0, 6, "7.0", 10], positive_from=7, negative_to=4)
    assert both == ["negative", "negative", None, None, "positive", "positive"]
    assert rate([1, 6.5, 7], positive_from=7, negative_to=None) == ["negative", "negative", "positive"]
    assert rate([4, 4.5, 7], positive_from=None, negative_to=4) == ["negative", "positive", "positive"]
    with pytest.raises(DataError, match=r"f, row 2: 'good' is no number.*--label-column"):
        rate([1, "good"], positive_from=7, negative_to=4)
    with pytest.raises(DataError, match=r"--positive-from must be above --negative-to"):
        rate([1, 5], positive_from=4, negative_to=4)
    with pytest.raises(DataError, match=r"1 of 2 rows have no label \(rows 2\)"):
        rate([1, None], positive_from=4, negative_to=3)


@given(st.integers(1, 10), st.integers(1, 10), st.integers(1, 10))
def test_a_higher_rating_is_never_worse(low: int, high: int, bound: int) -> None:
    order = {"negative": 0, None: 1, "positive": 2}
    rated = polarity([low, high], [1, 2], "f", positive_from=bound + 2, negative_to=bound)
    assert (order[rated[0]] <= order[rated[1]]) or low > high


def test_classes_of_a_model_by_their_names() -> None:
    assert match(["Spam", "ham"], ("ham", "spam", "eggs")) == ["spam", "ham"]
    assert match([3, "1.0"], ("1", "2", "3")) == ["3", "1"]
    assert match(["A", "a"], ("a", "A")) == ["A", "a"]


@pytest.mark.parametrize("classes", [("negative", "positive"), ("positive", "negative")])
@pytest.mark.parametrize(("negative", "positive"), BINARY)
def test_classes_of_a_model_by_binary_spellings(
    classes: tuple[str, ...], negative: str, positive: str
) -> None:
    assert match([positive, negative.upper()], classes) == ["positive", "negative"]


def test_one_class_is_enough_to_be_measured() -> None:
    assert match([1, 1], ("negative", "positive")) == ["positive", "positive"]
    assert match(["neg"], ("negative", "positive")) == ["negative"]


def test_classes_of_a_model_by_label_names() -> None:
    assert match([0, 1], ("negative", "positive"), ["positive", "negative"]) == ["positive", "negative"]
    assert match([0, 1, 2], ("good", "bad", "odd"), ["bad", "odd", "good"]) == ["bad", "odd", "good"]
    # Their own names mean themselves, whatever the names were for in training.
    assert match(["bad", "good"], ("good", "bad"), ["good", "bad"]) == ["bad", "good"]


@pytest.mark.parametrize(
    ("values", "names"),
    [(["positive", "neutral"], []), ([0, 1], []), ([0, 1], ["a", "b", "c"]), ([0, 1], ["a", "z"])],
)
def test_labels_that_a_model_does_not_have(values: list[object], names: list[str]) -> None:
    with pytest.raises(DataError, match=r"f: labels .* are not classes of the model \('a', 'b', 'c'\)"):
        match(values, ("a", "b", "c"), names)
