import re

from hypothesis import given
from hypothesis import strategies as st

from tenor.text.basic_english import spans, tokenize

# torchtext's rule, stated once more: these replacements, in this order, on lower-cased text, then split().
REPLACEMENTS = [
    (r"\'", " '  "),
    (r"\"", ""),
    (r"\.", " . "),
    (r"<br \/>", " "),
    (r",", " , "),
    (r"\(", " ( "),
    (r"\)", " ) "),
    (r"\!", " ! "),
    (r"\?", " ? "),
    (r"\;", " "),
    (r"\:", " "),
    (r"\s+", " "),
]

any_text = st.lists(
    st.one_of(
        st.sampled_from(
            [*"'\".,()!?;:<>/br BRİΣ", "<br />", "<BR />", '<b"r />', '"<br />"', "<br", " />", "\n"]
        ),
        st.characters(exclude_categories=[]),
    ),
    max_size=40,
).map("".join)


def oracle(text: str) -> list[str]:
    text = text.lower()
    for pattern, replacement in REPLACEMENTS:
        text = re.sub(pattern, replacement, text)
    return text.split()


@given(any_text)
def test_the_tokens_are_those_of_the_replacement_rules(text: str) -> None:
    assert tokenize(text) == oracle(text)


@given(any_text)
def test_spans_too(text: str) -> None:
    assert [token.text for token in spans(text)] == oracle(text)


@given(any_text)
def test_a_token_is_what_stands_at_its_place_without_double_quotes(text: str) -> None:
    for token, start, end in spans(text):
        assert text[start] != '"'
        assert text[end - 1] != '"'
        assert token.replace("ς", "σ") == text[start:end].lower().replace('"', "").replace("ς", "σ")


def test_the_known_quirks() -> None:
    text = 'A "so"called" film:<br />İt isn\'t <i>bad</i>; 7.5/10 (well-made)!'
    assert " ".join(tokenize(text)) == "a socalled film i̇t isn ' t <i>bad</i> 7 . 5/10 ( well-made ) !"
    assert [text[start:end] for _, start, end in spans(text)][:5] == ["A", 'so"called', "film", "İt", "isn"]
