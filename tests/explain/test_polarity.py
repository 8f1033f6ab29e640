"""Effects by occlusion, on a model whose every effect is known."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tenor.explain import polarity
from tenor.explain.polarity import Effects, in_texts, log_odds, pairs_alone, words_alone
from tenor.text.tokens import Tokens

UNKNOWN = 1
# The log-odds of class 1 are the sum of what the words of a text say; word 2 before word 4 turns it around.
SAYS = np.array([0.0, 0.2, 0.0, 1.5, 2.0, -3.0, 0.1])
NOT, GOOD, BAD = 2, 4, 5


def model(turns: bool = False):
    """A stand-in for a predictor."""

    def probabilities(tokens: Tokens):
        odds = np.add.reduceat(SAYS[tokens.ids], tokens.offsets[:-1])
        for row, (first, end) in enumerate(zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True)):
            ids = tokens.ids[first:end]
            odds[row] -= 5 * float(turns and ((ids[:-1] == NOT) & (ids[1:] == GOOD)).any())
        p = 1 / (1 + np.exp(-odds))
        return np.stack((1 - p, p), 1)

    vocabulary = SimpleNamespace(unknown=UNKNOWN)
    return SimpleNamespace(
        classes=("no", "yes"),
        probabilities=probabilities,
        model=SimpleNamespace(pipeline=SimpleNamespace(vocabulary=vocabulary)),
    )


def ids(*numbers):
    return np.array(numbers, np.int32)


def test_log_odds_keep_their_digits() -> None:
    odds = np.array([-40.0, -1.0, 0.0, 30.0])
    p, q = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(odds))
    assert_allclose(log_odds(np.stack((q, p), 1)), np.stack((-odds, odds), 1), rtol=1e-12)
    assert np.isfinite(log_odds(np.array([[1.0, 0.0]]))).all()
    of_three = log_odds(np.array([[0.2, 0.3, 0.5]]))
    assert_allclose(of_three, np.log([[0.2 / 0.8, 0.3 / 0.7, 0.5 / 0.5]]))


def test_a_word_alone_is_held_against_an_unknown_one() -> None:
    found = words_alone(model(), ids(2, 3, 4, 5))
    expected = SAYS[2:6] - SAYS[UNKNOWN]
    assert_allclose(found.values, np.stack((-expected, expected), 1), atol=1e-9)
    assert found.best(1, 3) == [2, 1]  # not those that speak against it
    assert found.best(0, 1) == [3]
    assert found.counts is None


def test_pairs_of_words_that_add_up_say_nothing_beyond_them() -> None:
    found = pairs_alone(model(), ids(2, 3), ids(4, 5))
    assert len(found.ids) == 8
    assert_allclose(found.values, 0, atol=1e-9)


def test_a_pair_that_turns_its_words_around_is_found_in_its_order() -> None:
    found = pairs_alone(model(turns=True), ids(2, 3), ids(4, 5, 3))
    best = found.best(0, 1)[0]
    assert found.ids[best].tolist() == [NOT, GOOD]
    assert found.values[best, 0] == pytest.approx(5)
    assert found.together[best, 0] == pytest.approx(5 - SAYS[NOT] - SAYS[GOOD] + 2 * SAYS[UNKNOWN])
    assert not (found.ids[:, 0] == found.ids[:, 1]).any()


def test_whoever_watches_is_told_of_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, list[int]] = {}

    def watch(what: str, texts: int):
        told[what] = [texts]
        return told[what].append

    words, pairs = words_alone(model(), ids(2, 3, 4, 5)), pairs_alone(model(), ids(2, 3), ids(4, 5))
    monkeypatch.setattr(polarity, "_AT_ONCE", 2)
    assert_allclose(words_alone(model(), ids(2, 3, 4, 5), watch=watch).values, words.values)
    assert_allclose(pairs_alone(model(), ids(2, 3), ids(4, 5), watch=watch).values, pairs.values)
    assert told["words"] == [5, 2, 2, 1]
    assert sum(told["pairs"][1:]) == told["pairs"][0]
    assert len(pairs_alone(model(), ids(2), ids(), watch=watch).ids) == 0


def test_in_texts_effects_are_means_with_counts() -> None:
    told = []
    texts = Tokens.of([[3, GOOD, 6], [GOOD], [UNKNOWN, 3], [UNKNOWN]])
    found = in_texts(model(), texts, least=2, watch=lambda what, total: told.append)
    assert (found.texts, told) == (4, [1, 1, 1, 1])
    assert found.words.ids[:, 0].tolist() == [3, GOOD]
    assert found.words.counts is not None
    assert found.words.counts.tolist() == [2, 2]
    assert_allclose(found.words.values[:, 1], SAYS[[3, GOOD]] - SAYS[UNKNOWN], atol=1e-9)
    assert len(found.pairs.ids) == 0


def test_in_texts_a_pair_is_more_than_its_words() -> None:
    found = in_texts(model(turns=True), Tokens.of([[NOT, GOOD, 3], [GOOD, NOT]]), least=1)
    row = found.pairs.ids.tolist().index([NOT, GOOD])
    other = found.pairs.ids.tolist().index([GOOD, NOT])
    assert found.pairs.values[row, 0] == pytest.approx(5)
    assert found.pairs.together[row, 0] == pytest.approx(5 - SAYS[NOT] - SAYS[GOOD] + 2 * SAYS[UNKNOWN])
    assert found.pairs.values[other, 0] == pytest.approx(0, abs=1e-9)


def test_endless_texts_are_left_out_and_reading_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polarity, "LONGEST", 4)
    assert in_texts(model(), Tokens.of([[3] * 5, [3] * 4]), least=1).texts == 1
    monkeypatch.setattr(polarity, "MOST_READ", 40)
    assert in_texts(model(), Tokens.of([[3] * 4] * 10), least=1).texts == 2


def test_no_word_fills_the_list_of_pairs() -> None:
    pairs = np.array([[NOT, other] for other in range(3, 9)] + [[7, 8]], np.int32)
    values = np.arange(len(pairs), 0, -1.0)[:, None] * [[-1, 1]]
    assert Effects(pairs, values, values).best(1, 4) == [0, 1, 6]


def test_nothing_speaks_where_all_is_zero() -> None:
    assert Effects(ids(2)[:, None], np.zeros((1, 2)), np.zeros((1, 2))).best(0, 5) == []
