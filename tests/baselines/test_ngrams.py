"""Counted n-grams: probabilities, and what they know."""

import numpy as np
import pytest

from tenor.baselines.ngrams import NgramModel
from tenor.nn.chunks import framed
from tenor.text.tokens import Tokens

SIZE = 9


def texts(count: int, seed: int = 0) -> Tokens:
    generator = np.random.default_rng(seed)
    made = [generator.integers(1, SIZE - 2, generator.integers(1, 9)).tolist() for _ in range(count)]
    return framed(Tokens.of(made), boundary=0)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("context", [[], [4], [3, 1], [8, 2], [2, 8], [5, 5, 5, 5, 5, 5], [1, 2, 3, 4]])
def test_probabilities_sum_to_one_whatever_stood_before(order: int, context: list[int]) -> None:
    """Token 8 was never seen, 7 neither."""
    model = NgramModel(texts(40), SIZE, order)
    every = Tokens.of([[0, *context, token] for token in range(SIZE)])
    found = model.probabilities(every).reshape(SIZE, -1)[:, -1]
    assert (found > 0).all()
    assert found.sum() == pytest.approx(1)


def test_one_loss_for_every_token_but_the_first() -> None:
    tokens = texts(7, seed=2)
    assert len(NgramModel(texts(40), SIZE, 3).losses(tokens)) == len(tokens.ids) - len(tokens)


def test_a_repeated_text_is_known_by_its_trigrams() -> None:
    tokens = framed(Tokens.of([[1, 2, 1, 3, 1, 4, 1, 5]] * 50), boundary=0)
    unigram, trigram = (NgramModel(tokens, SIZE, order).losses(tokens).mean() for order in (1, 3))
    assert trigram < 0.1
    assert unigram > 1


def test_a_unigram_model_knows_no_order() -> None:
    model = NgramModel(texts(40), SIZE, 1)
    one, other = model.losses(Tokens.of([[0, 1, 2, 3], [0, 3, 2, 1]])).reshape(2, -1)
    assert one.tolist() == other.tolist()[::-1]


def test_texts_do_not_reach_into_each_other() -> None:
    model = NgramModel(texts(40), SIZE, 3)
    tokens = texts(6, seed=4)
    together = model.losses(tokens)
    alone = [model.losses(tokens.select(np.array([row]))) for row in range(6)]
    np.testing.assert_array_equal(together, np.concatenate(alone))
