"""Many texts at once give what the definition gives text by text."""

import copy
import functools
import pickle
import random
import string
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenor.text.pipeline
import tenor.text.scan.remembered
import tenor.text.scan.work
from tenor.config.text import TextConfig
from tenor.text.bulk import FRONTS, Kept
from tenor.text.effort import Effort
from tenor.text.pipeline import TextPipeline
from tenor.text.scan.remembered import Remembered
from tenor.text.tokenizer import TOKENIZERS, Tokenizer, build, from_json
from tenor.text.truncation import TRUNCATIONS, truncate
from tenor.text.vocabulary import Vocabulary

RULES = ["words", "basic_english", "reviews", "characters"]
# What the rules look for, what only looks like it, and what Unicode has to offer.
PRINTED = r"""
good Film don't ’n’ rock'n'roll ' '' a' 'b 9'9 _ _a_ a_1 é Ärger <pad> <unk> <UNK>
8/10 1,000 3.5 3.5. 3..5 10.Great 1/ /2 ٣.٤ ² ½ Ⅷ 1'000 7,a 3.5stars
<br/> <br /> <b<br <bR < > <> <b> </i> <!> </> </3 <3 <33 <1> <b </b <!-- -->
&amp; &lt; &gt; &lt;3 &#39; &#x27; &#304; &Sigma; &notit; &nosuch; & &#0; &; &#xD800; &#1114112; &nbsp;
&rsquo; &amp;lt; &NotEqualTilde;
:) ;-( =o) :'[ :-/ :// :/ :| :* :\ :D :-p =O ;o :do a:d :- : ^^ ^_^ ^_ -_- -_ -- -
! ?! ... , ; ( ) " "" [ ] | * \
😀 👍🏽 👨‍👩‍👧 🇩🇪 🇩 🇩🇪🇫 ❤️ ★ ❶ ⭐ ⭕ 🏻 🏿 🩷 ☀ ➿ ⟀
Σ ΟΔΟΣ ΣΑΣ aΣ' Σ. ς İ İstanbul ı ß ẞ ǅ ﬁ K Å ·
日本語 한국어 हिन्दी مرحبا สวัสดี עברית ꙮ 𐐀 𝔘𝔫𝔦
"""
PIECES = [
    *PRINTED.split(),
    *("<br />", '<"b"r" "/">', "<BR />", "<br  />", "<b<br />r />", '<br"" ""/"">'),
    *("</ a>", "< b>", "<a href='x'>"),
    *("e\u0301", "\u0345", "\u0307", "\U000e0001", "\uffff", "\U0010ffff"),
    *("\ud800", "\udfff", "\ud83d\udc4d"),
    *("\u200b", "\u200d", "\ufeff", "\u180e", "\xad", "\0", "\x01", "\x7f"),
    *" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u3000",
]
nasty = st.lists(st.one_of(st.sampled_from(PIECES), st.characters(exclude_categories=[]))).map("".join)


def corpus(size: int, seed: int = 0, pieces: Sequence[str] = PIECES) -> list[str]:
    """Return texts of up to 30 pieces, half of them without white space between."""
    chance = random.Random(seed)
    return [
        chance.choice(["", " "]).join(chance.choices(pieces, k=chance.randrange(30))) for _ in range(size)
    ]


def check(tokenizer: Tokenizer, texts: Sequence[str], threads: int = 1) -> None:
    """Hold counts and ids against the definition; every token has an id of its own."""
    tokens = [tokenizer.tokenize(text) for text in texts]
    expected = Counter(token for row in tokens for token in row)
    assert tokenizer.bulk().count(texts, threads) == (dict(expected), len(texts))
    vocabulary = Vocabulary(("<pad>", "<unk>", *sorted(expected.keys() - {"<pad>", "<unk>"})), 0, 1)
    found = list(tokenizer.bulk().encoder(vocabulary).encode(texts, Kept.of(None, "head"), threads))
    rows = [ids[start:end].tolist() for ids, offsets, _ in found for start, end in pairwise(offsets)]
    for text, row, wanted in zip(texts, rows, tokens, strict=True):
        assert row == (vocabulary.ids(wanted) or [1]), text
    assert [length for _, _, lengths in found for length in lengths] == list(map(len, tokens))


@functools.cache
def trained() -> Tokenizer:
    return build("bpe", corpus(50), max_size=200, min_count=1)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("threads", [1, 3])
def test_nasty_texts(rule: str, threads: int) -> None:
    check(build(rule, [], max_size=None, min_count=1), corpus(3000), threads)


@pytest.mark.parametrize("rule", RULES)
@settings(deadline=None)  # the first example may compile
@given(text=nasty)
def test_any_text(rule: str, text: str) -> None:
    check(build(rule, [], max_size=None, min_count=1), [text])


def code_points() -> Iterator[int]:
    """All of the two planes where scripts live, and some of those that are all alike or empty."""
    yield from range(0x20000)
    yield from range(0x20000, 0xE0000, 61)
    yield from range(0xE0000, 0xE0200)
    yield from range(0xE0200, sys.maxunicode + 1, 61)


@pytest.mark.parametrize("rule", RULES)
def test_every_character_in_many_places(rule: str) -> None:
    points = list(map(chr, code_points()))
    texts = [
        " ".join(f"{c} {c}{c} x{c}y 1{c}2 :{c}) <{c}> <{c}3 '{c}' {c}:d" for c in points[i : i + 256])
        for i in range(0, len(points), 256)
    ]
    for i in range(0, len(texts), 64):  # which keeps the vocabulary small
        check(build(rule, [], max_size=None, min_count=1), texts[i : i + 64])


@pytest.mark.parametrize("rule", RULES)
def test_every_character_alone(rule: str) -> None:
    tokenizer = build(rule, [], max_size=None, min_count=1)
    text = " ".join(map(chr, range(sys.maxunicode + 1)))
    assert tokenizer.bulk().count([text], 1)[0] == Counter(tokenizer.tokenize(text))


@pytest.fixture(params=["with a memory", "the library alone"])
def bpe(request: pytest.FixtureRequest) -> Tokenizer:
    learned = trained()
    if request.param == "with a memory":
        return learned
    value = learned.to_json()
    value["tokenizer"]["normalizer"]["normalizers"].pop()  # of other rules nothing is known
    return from_json(value)


@pytest.mark.parametrize("threads", [1, 3])
def test_subwords(bpe: Tokenizer, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenor.text.scan.work, "_PIECE", 1000)
    ascii_only = [piece for piece in PIECES if piece.isascii()]
    check(bpe, corpus(300, seed=1) + corpus(600, seed=2, pieces=ascii_only), threads)


def test_subwords_of_characters_that_are_plain_or_nearly(bpe: Tokenizer) -> None:
    points = [*map(chr, range(256)), *map(chr, range(0x2000, 0x2070))]
    check(bpe, [f"{c}{c} x{c}y 1{c}2 <{c}> <{c}b> '{c}'{d}a{c}{d}" for c in points for d in points[::29]])


def test_only_rules_that_are_known_are_read_with_a_memory() -> None:
    assert isinstance(trained().bulk(), Remembered)


def test_a_full_memory_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenor.text.scan.work, "_PIECE", 100)
    monkeypatch.setattr(tenor.text.scan.remembered, "_MOST_WORDS", 10)
    check(trained(), ["good film", "new words come every time"] * 20 + [f"word{i}" for i in range(100)])


@settings(deadline=None)
@given(st.lists(st.one_of(nasty, st.text(st.sampled_from(string.printable)))))
def test_subwords_of_any_texts(texts: list[str]) -> None:
    check(trained(), texts)


def test_what_is_kept_is_what_truncation_keeps() -> None:
    assert FRONTS.keys() == TRUNCATIONS.keys()
    for rule in TRUNCATIONS:
        for length in range(1, 9):
            kept = Kept.of(length, rule)
            for size in range(20):
                items = range(size)
                back = size - (kept.limit - kept.front)
                cut = [*items[: kept.front], *items[back:]] if size > kept.limit else list(items)
                assert cut == list(truncate(items, length, rule))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send any number of texts through the compiled path, in many pieces."""
    monkeypatch.setattr(tenor.text.pipeline, "EFFORT", Effort(0, 0, 0))
    monkeypatch.setattr(tenor.text.scan.work, "_PIECE", 1000)


CONFIG = TextConfig(tokenizer="reviews", max_size=100, min_count=2, max_length=None)


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("threads", [1, 4])
def test_a_pipeline_is_the_same_by_both_paths(
    tokenizer: str, threads: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    texts = corpus(200)
    config = replace(CONFIG, tokenizer=tokenizer)
    expected = TextPipeline.build(texts, config)
    cuts = [(length, rule) for rule in TRUNCATIONS for length in (None, 1, 2, 5, 8, 10**12)]
    pipelines = [replace(expected, max_length=length, truncation=rule) for length, rule in cuts]
    wanted = [pipeline.encode_with_lengths(texts) for pipeline in pipelines]
    request.getfixturevalue("at_once")
    assert TextPipeline.build(texts, config, threads=threads) == expected
    for pipeline, (tokens, lengths) in zip(pipelines, wanted, strict=True):
        found, found_lengths = pipeline.encode_with_lengths(iter(texts), threads=threads)
        for one, other in (
            (found.ids, tokens.ids),
            (found.offsets, tokens.offsets),
            (found_lengths, lengths),
        ):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("at_once")
def test_no_texts_are_no_tokens() -> None:
    pipeline = TextPipeline.build(["good good"], CONFIG)
    assert len(pipeline.encode([])) == 0
    assert len(pipeline.encode(iter(["", "", "good"]))) == 3


@pytest.mark.usefixtures("at_once")
def test_calls_from_several_threads_do_not_disturb_each_other() -> None:
    texts = corpus(200)
    pipeline = TextPipeline.build(texts, CONFIG)
    alone = [pipeline.encode(texts[i:], threads=1).ids.tolist() for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda i: pipeline.encode(texts[i:], threads=2).ids.tolist(), range(8))
        assert list(together) == alone


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_while_texts_are_read_comes_through(threads: int) -> None:
    pipeline = TextPipeline.build(["good good"], CONFIG)

    def broken() -> Iterator[str]:
        yield from corpus(100)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        pipeline.encode(broken(), threads=threads)


@pytest.mark.usefixtures("at_once")
def test_a_pipeline_that_has_encoded_is_copied_without_what_it_has_loaded() -> None:
    pipeline = TextPipeline.build(["good good"], CONFIG)
    before = len(pickle.dumps(pipeline))
    pipeline.encode(["good"])
    assert len(pickle.dumps(pipeline)) == before
    assert copy.deepcopy(pipeline) == pipeline
    assert copy.deepcopy(pipeline).encode(["good"]).ids.tolist() == pipeline.encode(["good"]).ids.tolist()
