"""Sentences: only what can stand inside another and whose label is clear."""

import pytest

from tenor.data.augment.polarity import Polarity
from tenor.data.augment.sentences import clear_sentences
from tenor.data.augment.templates import Templates
from tenor.data.example import Example

CLASSES = ("negative", "positive")
POLARITY = Polarity(
    CLASSES,
    {"superb": 2.5, "lovely": 1.5, "dull": -2.5, "odd": -2.5},
    dict.fromkeys(("superb", "lovely", "dull", "odd"), 0.3),
)
TEMPLATES = Templates.read()


def found(text: str, label: str = "positive") -> list[str]:
    rows = [Example(text, label, "row-1", "film 1")]
    sentences = list(clear_sentences(rows, POLARITY, TEMPLATES))
    assert all((one.label, one.source, one.group) == (label, "row-1", "film 1") for one in sentences)
    return [one.text for one in sentences]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("The cast is superb.", "the cast is superb"),
        ("I loved all of it!!!", "I loved all of it"),
        ("IT'S  a joy", "it's a joy"),
        ("It’s a joy, really.", "it's a joy, really"),
        ("the tea was hot", "the tea was hot"),
    ],
)
def test_the_only_sentence_of_a_row_has_its_label(text: str, sentence: str) -> None:
    assert found(text) == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀😀😀",
        "Superb cast.",  # no clause
        "The best.",  # too short
        "The cast superb and lovely.",  # no verb
        "The plot is " + "very " * 20 + "superb.",  # too long
        "The cast is superb, but the plot is dull.",  # turns round
        "It is not superb.",
        "It isn’t superb.",
        "Is it superb?",
        "The cast is superb?",
        'The "cast" is superb.',
        "The cast (all) is superb.",
        "The cast is superb :)",
        "The cast is <b>superb</b>.",
        "The cast is superb http://x.y",
        "הסרט היה טוב מאוד",
    ],
)
def test_what_cannot_stand_inside_another_is_left_out(text: str) -> None:
    assert found(text) == []


def test_of_a_longer_row_only_what_is_clear_is_taken() -> None:
    text = (
        "The cast is superb. We saw it on Monday.<br /><br />The plot is dull.\nThe end was lovely! "
        "It is superb and odd."
    )
    assert found(text) == ["the cast is superb"]  # one word is not clear enough, and two not of one mind
    assert found(text, "negative") == ["the plot is dull"]


def test_at_most_five_of_a_row() -> None:
    assert len(found("The cast is superb. " * 50)) == 5


@pytest.mark.parametrize(
    "text", ["The cast is superb. " * 25_000, "the " * 100_000, " " * 100_000 + "x", "<br" * 100_000]
)
def test_long_texts_are_no_trouble(text: str) -> None:
    assert len(found(text)) <= 5
