"""Templates: every filling comes once, articles are right, and what cannot be filled is refused."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.data.templates import Template, checked_words, draw
from tenor.errors import ConfigError

WORDS = {"thing": ["film", "phone"], "good": ["good", "excellent"], "name": ["Ann", "Bo", "Cy"], "x": ["one"]}


def template(*texts, words=WORDS):
    return Template.of(texts, words, "here")


def fillings(*texts, words=WORDS):
    made = template(*texts, words=words)
    return [made.filled(place) for place in range(made.count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No placeholder.", {"No placeholder."}),
        ("", {""}),
        ("The {thing} was {good}.", {"The film was good.", "The film was excellent.",
                                     "The phone was good.", "The phone was excellent."}),
        ("{a good} {x}", {"a good one", "an excellent one"}),
        ("{A good} {x}", {"A good one", "An excellent one"}),
        ("{Thing}: {thing}", {"Film: film", "Phone: phone"}),
        ("{thing1} or {thing2}", {"film or phone", "phone or film"}),
        ("{{{x}}} {{}}", {"{one} {}"}),
        ("<b>{x}</b> 🎬 فيلم", {"<b>one</b> 🎬 فيلم"}),
    ],
)  # fmt: skip
def test_placeholders(text, expected):
    found = [filled for (filled,) in fillings(text)]
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("hour", "an hour"), ("honest man", "an honest man"), ("useful lamp", "a useful lamp"),
        ("unique one", "a unique one"), ("uninteresting one", "an uninteresting one"),
        ("European", "a European"), ("house", "a house"), ("awful day", "an awful day"),
        ("one-off", "a one-off"), ("Onion", "an Onion"),
    ],
)  # fmt: skip
def test_articles_follow_the_sound(word, expected):
    assert fillings("{a word}", words={"word": [word]}) == [(expected,)]


def test_texts_of_a_pair_are_filled_with_the_same_words():
    found = fillings("{name1} saw the {thing}.", "{name2} saw the {thing}.")
    assert len(set(found)) == len(found) == 3 * 2 * 2
    for before, after in found:
        assert before.split()[0] != after.split()[0]
        assert before.split()[-1] == after.split()[-1]


@given(st.integers(0, 40), st.integers(0, 5))
def test_drawing_takes_all_or_so_many_without_any_twice(limit, seed):
    made = [template("{x}"), template("{thing} {good}"), template("{name1} {name2} {thing}")]
    found = draw(made, limit, Random(seed))
    assert len(set(found)) == len(found) == min(limit, 1 + 4 + 12)
    assert found == draw(made, limit, Random(seed))


def test_the_small_template_leaves_its_share_to_the_others():
    found = draw([template("{x}"), template("{name1} {name2}"), template("{thing} {name}")], 9, Random(0))
    assert [len(text.split()) for (text,) in found].count(1) == 1
    assert len(found) == 9


def test_a_product_of_any_size_is_drawn_from_without_being_made():
    words = {"w": [str(number) for number in range(1000)]}
    text = " ".join(f"{{w{number}}}" for number in range(1, 30))
    found = draw([template(text, words=words)], 20, Random(0))
    assert len(set(found)) == 20
    assert all(len(set(filled.split())) == 29 for (filled,) in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {thnig}", r"here: unknown placeholder \{thnig\}; .*good, name, thing, x; did you mean 'thing'"),
        ("a {}", "unknown placeholder"),
        ("a {an thing}", "unknown placeholder"),
        ("a { thing }", "unknown placeholder"),
        ("a {thing", r"a \{ stands alone"),
        ("a thing}", r"a \} stands alone"),
        ("{thing1} {thing2} {thing3}", "3 different words of the list 'thing' are asked for, which has 2"),
    ],
)
def test_what_cannot_be_filled_is_refused(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        template(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "give lists of words by name"),
        (None, "words are nothing"),
        ({"good": []}, "list 'good': the list of words is empty"),
        ({"good": "fine"}, "'fine' stands where a list of words is needed"),
        ({"answer": ["maybe", False]}, "False is no text; in YAML yes, no"),
        ({"good": ["fine", " "]}, "' ' is no text"),
        ({"good": ["fine", "fine"]}, "'fine' stands twice"),
        ({"Good": ["fine"]}, "a list is called 'Good'"),
        ({"good1": ["fine"]}, "a list is called 'good1'"),
        ({7: ["fine"]}, "a list is called 7"),
    ],
)
def test_lists_that_are_none_are_refused(value, message):
    with pytest.raises(ConfigError, match=message):
        checked_words(value, "words")
