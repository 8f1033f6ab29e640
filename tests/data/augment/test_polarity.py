"""Words: their polarity is that of the texts they stand in, and chance is not taken for it."""

import pytest

from tenor.data.augment.polarity import Polarity, words
from tenor.data.example import Example

CLASSES = ("con", "pro")


def polarity(counts: dict[str, tuple[int, int]], others: int = 100) -> Polarity:
    """Return that of texts of one word each, and of `others` neutral ones of each class."""
    rows = [Example("neutral", label) for label in CLASSES for _ in range(others)]
    for word, each in counts.items():
        rows += [
            Example(word, label) for label, count in zip(CLASSES, each, strict=True) for _ in range(count)
        ]
    return Polarity.of(rows, CLASSES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's WELL-made, isn’t it?", ["it's", "well-made", "isn't", "it"]),
        ("'quoted' x2 -- 10/10", ["quoted", "x"]),
        ("😀 <br /> שלום", ["br", "שלום"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_word_speaks_for_the_class_of_its_texts_if_that_is_no_chance() -> None:
    found = polarity({"good": (2, 40), "bad": (40, 2), "film": (40, 40), "zither": (0, 1)})
    assert found.label(["good"], errors=3) == "pro"
    assert found.label(["bad"], errors=3) == "con"
    assert found.label(["film"], errors=0) is None
    assert found.label(["zither"], errors=3) is None
    assert found.label(["zither", "unheard"], errors=3) is None
    assert found.label([], errors=3) is None


def test_all_words_must_agree_and_be_clear_together() -> None:
    found = polarity({"good": (2, 40), "fine": (5, 40), "bad": (40, 2)})
    assert found.label(["good", "bad"], errors=3) is None
    one = found.ratios["good"]
    assert found.label(["good", "good"], errors=3, at_least=one + 0.1) is None  # a word counts once
    assert found.label(["good", "fine"], errors=3, at_least=one + 0.1) == "pro"


def test_ratios_do_not_follow_the_share_of_the_classes() -> None:
    rows = [Example("film", label) for label in ("con", "con", "con", "pro") for _ in range(50)]
    assert "film" not in Polarity.of(rows, CLASSES).ratios
