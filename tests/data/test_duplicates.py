"""Texts leave training and validation for what is measured on, and every loss is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.data.duplicates import digest, drop_shared, normalized
from tenor.data.example import Example
from tenor.errors import DataError

texts = st.lists(st.sampled_from(["a", " A", "b", "c c", "C  c", "d", "", " "]), max_size=8)


def examples(*texts: str, label: str = "good") -> tuple[Example, ...]:
    return tuple(Example(text, label, id=f"{text}{place}") for place, text in enumerate(texts))


@given(texts, texts, texts)
def test_no_text_stands_in_two_splits_and_the_test_split_is_whole(
    train: list[str], validation: list[str], test: list[str]
) -> None:
    fill = {"train": "t", "validation": "v", "test": "w"}  # so that none is left empty
    given_texts = {"train": train, "validation": validation, "test": test}
    splits = {name: examples(*some, fill[name]) for name, some in given_texts.items()}
    kept, notes = drop_shared(splits)
    assert list(kept) == list(splits)
    assert kept["test"] == splits["test"]
    homes = {name: {digest(example.text) for example in rows} - {None} for name, rows in kept.items()}
    assert not homes["train"] & (homes["validation"] | homes["test"])
    assert not homes["validation"] & homes["test"]
    for name, others in (("validation", ("test",)), ("train", ("validation", "test"))):
        elsewhere = {normalized(example.text) for other in others for example in splits[other]} - {""}
        assert kept[name] == tuple(e for e in splits[name] if normalized(e.text) not in elsewhere)
    assert len(notes) == sum(len(kept[name]) < len(splits[name]) for name in splits)


def test_repeats_within_a_split_stay() -> None:
    splits = {"train": examples("a", "A", "b")}
    assert drop_shared(splits) == (splits, [])


def test_a_split_without_texts_left_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"2 of 2 texts, which also stand in test \(2\), out of validation .*no text;"
    ):
        drop_shared(
            {"train": examples("x"), "validation": examples("a", "b"), "test": examples("a", "b", "c")}
        )


def test_a_class_that_training_would_lose_is_refused() -> None:
    train = (*examples("a", "b"), *examples("c", label="bad"))
    with pytest.raises(DataError, match=r"leaves it no text of class 'bad'; .*data\.duplicates=keep"):
        drop_shared({"train": train, "test": examples("c")})
