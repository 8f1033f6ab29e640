"""Log-count ratios: counted right, left out right, found by both routes alike."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.config.network import RatioConfig
from tenor.text import ratios as module
from tenor.text.ratios import Bigrams, Counts, LogCountRatios
from tenor.text.tokens import Tokens

VOCABULARY = 7
CONFIG = RatioConfig(smoothing=1.5, bigram_smoothing=0.5, min_count=2)

texts = st.lists(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=9), min_size=2, max_size=8)


def bigrams_of(text: list[int]) -> list[tuple[int, int]]:
    """Pairs of neighbours, padding (0) and unknown (1) being no words."""
    return [(a, b) for a, b in itertools.pairwise(text) if min(a, b) > 1]


def counts_of(given_texts: list[list[int]], classes: int) -> tuple[Counts, Tokens, np.ndarray]:
    tokens, targets = Tokens.of(given_texts), np.arange(len(given_texts)) % classes
    made = Counts.of(tokens, targets, vocabulary_size=VOCABULARY, classes=classes, config=CONFIG)
    return made, tokens, targets


def by_hand(held: list[list[object]], targets: np.ndarray, item: object, column: int, alpha: float) -> float:
    """log (p / n_p) - log (q / n_q) with smoothing that leaves unseen items at 0."""
    inside = [item in text for text, target in zip(held, targets, strict=True) if target == column]
    outside = [item in text for text, target in zip(held, targets, strict=True) if target != column]
    share = len(inside) / len(targets)
    p = sum(inside) + 2 * alpha * share
    q = sum(outside) + 2 * alpha * (1 - share)
    return math.log(p / share) - math.log(q / (1 - share))


@settings(max_examples=60, deadline=None)
@given(given_texts=texts, classes=st.integers(2, 3))
def test_ratios_are_those_counted_by_hand(given_texts: list[list[int]], classes: int) -> None:
    if len(given_texts) < classes:
        return
    counts, tokens, targets = counts_of(given_texts, classes)
    ratios = counts.ratios()
    columns = [1] if classes == 2 else range(classes)
    for number, column in enumerate(columns):
        for word in range(2, VOCABULARY):
            expected = by_hand(given_texts, targets, word, column, CONFIG.smoothing)
            assert ratios.words[word, number] == pytest.approx(expected, abs=1e-5)
        pairs = [bigrams_of(text) for text in given_texts]
        found = ratios.bigrams.find(tokens)
        values = ratios.of_bigrams(found)
        frequent = {pair for pair, n in Counter(p for text in pairs for p in text).items() if n >= 2}
        for row, text in enumerate(given_texts):
            for place in range(len(text)):
                pair = tuple(text[place - 1 : place + 1]) if place else None
                t = tokens.offsets[row] + place
                assert (found[t] >= 0) == (pair in frequent)
                expected = (
                    by_hand(pairs, targets, pair, column, CONFIG.bigram_smoothing) if found[t] >= 0 else 0
                )
                assert values[t, number] == pytest.approx(expected, abs=1e-5)
    assert (ratios.words[:2] == 0).all()


@settings(max_examples=30, deadline=None)
@given(given_texts=texts, data=st.data())
def test_left_out_texts_are_as_if_never_counted(given_texts: list[list[int]], data: st.DataObject) -> None:
    counts, tokens, targets = counts_of(given_texts, 2)
    before = counts.ratios()
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, len(given_texts) - 1), min_size=1))))
    some = tokens.select(rows)
    with counts.without(some, counts.bigrams.find(some), targets[rows]):
        words, pairs = counts.words.copy(), counts.pairs.copy()
    kept = [row for row in range(len(given_texts)) if row not in rows]
    for word in range(2, VOCABULARY):
        held = Counter(int(targets[row]) for row in kept if word in given_texts[row])
        assert words[word].tolist() == [held[0], held[1]]
    found = counts.bigrams.find(tokens)
    for row, text in enumerate(given_texts):
        for place in range(1, len(text)):
            number, pair = found[tokens.offsets[row] + place], (text[place - 1], text[place])
            held = Counter(int(targets[other]) for other in kept if pair in bigrams_of(given_texts[other]))
            assert number < 0 or pairs[number].tolist() == [held[0], held[1]]
    after = counts.ratios()
    assert (after.words == before.words).all()
    assert (after.values == before.values).all()


@given(given_texts=texts)
def test_both_routes_find_the_same(given_texts: list[list[int]]) -> None:
    counts, tokens, _ = counts_of(given_texts, 2)
    found = counts.bigrams.find(tokens)
    assert (counts.bigrams.find_plainly(tokens) == found).all()


def test_threads_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_A_THREAD", 0)
    generator = np.random.default_rng(0)
    tokens = Tokens.of([generator.integers(0, VOCABULARY, n).tolist() for n in (40, 1, 300, 7, 90)])
    bigrams = Bigrams.of(tokens, VOCABULARY, 2)
    assert len(bigrams.followers) > 10
    assert (bigrams.find(tokens, threads=3) == bigrams.find_plainly(tokens)).all()


def test_arrays_and_back_and_damage() -> None:
    counts, tokens, _ = counts_of([[2, 3, 2, 3], [4, 5, 4, 5], [2, 3, 6]], 2)
    ratios = counts.ratios()
    arrays = ratios.to_arrays()
    again = LogCountRatios.from_arrays(arrays)
    found = again.bigrams.find(tokens)
    np.testing.assert_array_equal(again.of_bigrams(found), ratios.of_bigrams(found))
    for damaged in ("words", "starts", "followers", "values"):
        with pytest.raises(ValueError, match="do not fit"):
            LogCountRatios.from_arrays({**arrays, damaged: arrays[damaged][:-1]})


def test_no_texts_give_zeros() -> None:
    nothing = LogCountRatios.none(VOCABULARY, 3)
    assert nothing.size == 6
    tokens = Tokens.of([[2, 3]])
    assert (nothing.of_bigrams(nothing.bigrams.find(tokens)) == 0).all()
    assert nothing.of_words(tokens.ids).shape == (2, 3)


def test_more_words_behind_change_nothing_of_the_others() -> None:
    counts, tokens, _ = counts_of([[2, 3, 2, 3], [4, 5, 4, 5], [2, 3, 6]], 2)
    ratios = counts.ratios()
    more = ratios.extended(VOCABULARY + 2)
    beside = Tokens.of([[2, 3, VOCABULARY, 2, VOCABULARY + 1]])
    np.testing.assert_array_equal(more.bigrams.find(tokens), ratios.bigrams.find(tokens))
    np.testing.assert_array_equal(more.of_words(tokens.ids), ratios.of_words(tokens.ids))
    assert more.bigrams.find(beside).tolist()[2:] == [-1, -1, -1]
    assert (more.of_words(beside.ids)[[2, 4]] == 0).all()
    LogCountRatios.from_arrays(more.to_arrays())
