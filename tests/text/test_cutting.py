"""Where a text that goes on is cut: its parts have the tokens of the whole, whatever follows."""

import functools
import random
from pathlib import Path

import encoders
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenor.errors import ConfigError
from tenor.text import pretrained
from tenor.text.tokenizer import TOKENIZERS, Tokenizer, build, from_json

TRAINING = [
    "I didn't like this film at all. It wasn't funny!",
    "The film was liked by all, unbelievable!",
] * 2
# What reaches over white space or looks at its neighbours, and what only seems to.
PRINTED = r"""
good Film don't ’n’ 8/10 3.5. 1,000 <br/> <br <b > <a </ </i> <! <!-- --> <3 </3 <unk> <UNK> < >
&lt; &lt;b &gt; &lt;/ &amp;lt; &nbsp; &#32; &#x3c; & &# ; &Sigma; :) :'( :-/ :// :D -_- ^_^ ! ?!
😀 👍🏽 🇩 🇩🇪 Σ ΟΔΟΣ aΣ' Σ. İ ı " ' _ 日本。
"""
PIECES = [
    *PRINTED.split(),
    *("<br />", '<"b"r" "/">', '<br "', "<BR ", "/>", "<a href='x y'>", "\ud800", "\u0345", "\u200d", "\0"),
    *("\u212a", "\xad"),
    *(" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u3000" + 8 * " "),
]
text = st.lists(st.one_of(st.sampled_from(PIECES), st.characters(exclude_categories=[])), max_size=14).map(
    "".join
)


@functools.cache
def made(name: str) -> Tokenizer:
    return build(name, TRAINING, max_size=90, min_count=1)


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(deadline=None, max_examples=150)
@given(begun=text, more=text)
@example(begun="so <b cl", more="ass='x y'> good")
@example(begun="so &lt;b cl", more="ass='x y'> good")
@example(begun="so <br ", more="/>good")
@example(begun="aΣ'", more="b")
def test_parts_have_the_tokens_of_the_whole(name: str, begun: str, more: str) -> None:
    tokenizer = made(name)
    end = tokenizer.cut(begun)
    assert 0 <= end <= len(begun)
    parts = tokenizer.tokenize(begun[:end]) + tokenizer.tokenize(begun[end:] + more)
    assert parts == tokenizer.tokenize(begun + more)
    assert tokenizer.cut(begun[end:]) == 0


@pytest.mark.parametrize("name", TOKENIZERS)
def test_many_random_texts(name: str) -> None:
    """Denser in what is tried above than hypothesis thinks of."""
    tokenizer, chance = made(name), random.Random(4)
    for _ in range(1500):
        begun, more = ("".join(chance.choices(PIECES, k=chance.randrange(12))) for _ in range(2))
        end = tokenizer.cut(begun)
        parts = tokenizer.tokenize(begun[:end]) + tokenizer.tokenize(begun[end:] + more)
        assert parts == tokenizer.tokenize(begun + more), (begun, more)


def test_characters_are_cut_anywhere() -> None:
    assert made("characters").cut("a good film, I th") == len("a good film, I th")


@pytest.mark.parametrize("name", [name for name in TOKENIZERS if name != "characters"])
def test_plain_text_is_cut_behind_every_word(name: str) -> None:
    assert made(name).cut("a good film, I th") == len("a good film, I ")
    assert made(name).cut("a good film\n") == len("a good film\n")
    assert made(name).cut("film") == made(name).cut("") == 0


@pytest.mark.parametrize("name", ["reviews", "bpe"])
def test_an_open_tag_is_held_back_and_a_closed_one_is_not(name: str) -> None:
    assert made(name).cut("a <a href='x y' ") == len("a ")
    assert made(name).cut("a <a href='x y'> b") == len("a <a href='x y'> ")
    assert made(name).cut("5 < 6 or <3 ") == len("5 < 6 or <3 ")


def test_rules_of_others_refuse(tmp_path: Path) -> None:
    tokenizer, _ = pretrained.read(str(encoders.write_folder(tmp_path / "bert")))
    with pytest.raises(ConfigError, match=r"text\.pretrained"):
        tokenizer.cut("a b")
    state = made("bpe").to_json()
    state["tokenizer"]["normalizer"] = None
    with pytest.raises(ConfigError, match=r"text\.tokenizer=bpe"):
        from_json(state).cut("a b")
