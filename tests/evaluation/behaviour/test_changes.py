"""Changes of a text: they change what they say they change, and nothing else."""

from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenor.evaluation.behaviour.changes import CHANGES, typo, white_space

AWKWARD = ("", " ", "a", "🎬🎬🎬🎬🎬🎬", "<b>strong</b>", "كان الفيلم رائعا", "word " * 20_000)


@pytest.mark.parametrize("name", CHANGES)
def test_any_text_is_changed_the_same_way_each_time(name):
    for text in AWKWARD:
        assert CHANGES[name](text, Random(1)) == CHANGES[name](text, Random(1))


@given(st.text(max_size=80), st.integers(0, 9))
@example("ab²cd ab²cdef", 0)
def test_a_typo_swaps_two_letters_inside_one_word(text, seed):
    changed = typo(text, Random(seed))
    differing = [place for place, (a, b) in enumerate(zip(text, changed, strict=True)) if a != b]
    assert len(differing) in (0, 2)
    if differing:
        first, second = differing
        assert second == first + 1
        assert (text[first], text[second]) == (changed[second], changed[first])
        assert text[first - 1].isalpha()
        assert text[second + 1].isalpha()


def test_short_words_are_left_alone():
    assert typo("It was not good at all.", Random(0)) == "It was not good at all."


@given(st.text(alphabet="ab .\n", max_size=40), st.integers(0, 9))
def test_white_space_leaves_the_words(text, seed):
    assert white_space(text, Random(seed)).split() == text.split()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("upper case", "It was good.", {"IT WAS GOOD."}),
        ("lower case", "It was GOOD.", {"it was good."}),
        ("no punctuation", "Well, it wasn't well-made. No!", {"Well it wasn't well-made No"}),
        ("exclamation", "It was good. 3.5 stars", {f"It was good{'!' * n} 3.5 stars" for n in (1, 2, 3)}),
    ],
)
def test_what_comes_out(name, text, expected):
    assert {CHANGES[name](text, Random(seed)) for seed in range(30)} == expected
