import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.text.reviews import spans, tokenize
from tenor.text.words import lowered


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I didn't like IT.", ["i", "didn't", "like", "it"]),
        ("I didn’t", ["i", "didn't"]),
        ("'quoted' rock'n'roll, rockin'", ["quoted", "rock'n'roll", "rockin"]),
        ("What?! No...", ["what", "?", "!", "no"]),
        ("8/10, or 7.5/10; $1,000.", ["8/10", "or", "7.5/10", "1,000"]),
        ("10.Great 3.", ["10", "great", "3"]),
        ("well-made _really_ (not)", ["well", "made", "really", "not"]),
        ("#fail @airline 50% off", ["fail", "airline", "50", "off"]),
    ],
)
def test_words_and_numbers(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("good<br /><br />film", ["good", "film"]),
        ("<i>very</i> <A href='x.html'>good</A><!-- note -->", ["very", "good"]),
        ("a < b > c", ["a", "b", "c"]),
        ("unclosed <b and on", ["unclosed", "b", "and", "on"]),
    ],
)
def test_tags_are_dropped(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


EMOTICONS = ":) :-) ;) ;-) :( :-( =) =( :o) :'( :D :-D :P :-P =P ;D :/ :-/ :\\ :| :* <3 </3 ^_^ ^^ -_-"


@pytest.mark.parametrize("emoticon", EMOTICONS.split(" "))
@pytest.mark.parametrize("around", ["so {} so", "so {}.", "{}", "so!{}"])
def test_emoticons_are_tokens(emoticon: str, around: str) -> None:
    assert emoticon.lower() in tokenize(around.format(emoticon))


@pytest.mark.parametrize(
    "text",
    ["see http://example.org/page", "at 10:30", "note:do it", "time:p", "(director): good", "a=d", "<30"],
)
def test_what_only_looks_like_an_emoticon_is_none(text: str) -> None:
    assert all(re.fullmatch(r"\w+", token) for token in tokenize(text))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Great😀😀", ["great", "😀", "😀"]),
        ("I ❤️ it", ["i", "❤", "it"]),
        ("👍🏽 👍🏿", ["👍", "👍"]),
        ("👨‍👩‍👧", ["👨", "👩", "👧"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("★★★☆", ["★", "★", "★", "☆"]),
    ],
)
def test_emoji_are_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_entities_are_decoded_once_and_keep_their_place() -> None:
    text = "don&#39;t &amp; I &lt;3 caf&eacute;s &amp;lt;3 &lt;br /&gt; &nosuch; R&B;"
    assert tokenize(text) == ["don't", "i", "<3", "cafés", "lt", "3", "nosuch", "r", "b"]
    assert [text[start:end] for _, start, end in spans(text)][:4] == [
        "don&#39;t",
        "I",
        "&lt;3",
        "caf&eacute;s",
    ]


@given(
    st.lists(
        st.one_of(st.sampled_from(["’", "'", "<b>", "İ", ":)", "8/10", "don't", "👍🏽"]), st.characters()),
        max_size=30,
    ).map(lambda parts: "".join(parts).replace("&", " "))
)
def test_without_entities_a_token_is_what_stands_at_its_place(text: str) -> None:
    for token, start, end in spans(text):
        here = lowered(text[start:end].replace("’", "'"))
        assert token.replace("ς", "σ") == here.replace("ς", "σ")


@given(st.text(st.characters(categories=["L", "Nd", "Zs"])))
def test_nothing_of_plain_words_is_lost(text: str) -> None:
    assert tokenize(text) == lowered(text).split()
