"""The n-gram part of a model: on the same n-grams it says what scikit-learn says."""

import numpy as np
import pytest

from tenor.text import features
from tenor.text.ngram_part import NgramPart, class_logits
from tenor.text.ngrams import NGrams
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import SPECIALS

VOCABULARY = 12


def texts(count: int = 40, seed: int = 3) -> Tokens:
    """Some with unknown words (1), some a word long."""
    generator = np.random.default_rng(seed)
    return Tokens.of(
        [generator.integers(1, VOCABULARY, n).tolist() for n in generator.integers(1, 30, count)]
    )


def part(orders: int, outputs: int = 1, min_count: int = 1) -> NgramPart:
    ngrams = NGrams.of(texts(), VOCABULARY, orders, min_count)
    generator = np.random.default_rng(5)
    weights = generator.normal(size=(ngrams.columns, outputs)).astype(np.float16)
    return NgramPart(ngrams, weights, generator.normal(size=outputs).astype(np.float32), 0.1)


@pytest.mark.parametrize("orders", [1, 2, 3, 5])
@pytest.mark.parametrize("outputs", [1, 3])
def test_scores_are_a_product_with_what_is_there(orders: int, outputs: int) -> None:
    made, read = part(orders, outputs), texts(60, seed=8)
    expected = features.presence(made.ngrams, read) @ made.weights.astype(np.float64) + made.bias
    for found in (made.scores(read), made.scores(read, threads=3), made.scores_plainly(read)):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_scores_are_those_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    train, ngrams = texts(80), NGrams.of(texts(80), VOCABULARY, 3, 2)
    targets = np.arange(80) % 2
    found = features.presence(ngrams, train)
    regression = LogisticRegression(C=0.5, solver="liblinear").fit(found, targets)
    bias = regression.intercept_.astype(np.float32)
    made = NgramPart(ngrams, regression.coef_.T.astype(np.float16), bias, 0.5)
    # Half precision has three digits.
    np.testing.assert_allclose(made.scores(train)[:, 0], regression.decision_function(found), atol=0.01)


def test_a_text_alone_is_the_same_text_among_others() -> None:
    made, read = part(3), texts(30, seed=2)
    together = made.scores(read)
    alone = [made.scores(read.select(np.array([row]))) for row in range(len(read))]
    np.testing.assert_allclose(np.concatenate(alone), together, atol=1e-12)
    assert made.scores(Tokens.of([])).shape == made.scores_plainly(Tokens.of([])).shape == (0, 1)


def test_unknown_words_are_part_of_no_ngram() -> None:
    made = part(3)
    (nothing,) = made.scores(Tokens.of([[1, 1, 1]]))
    assert nothing == pytest.approx(made.bias)
    apart, together = Tokens.of([[5, 1, 6]]), Tokens.of([[5], [6]])
    np.testing.assert_allclose(made.scores(apart) + made.bias, made.scores(together).sum(0)[None])


def test_an_ngram_counts_once() -> None:
    made = part(1)
    np.testing.assert_allclose(made.scores(Tokens.of([[4, 4, 4]])), made.scores(Tokens.of([[4]])))


@pytest.mark.parametrize("most", [0, 7, 10_000])
def test_pruned_ngrams_keep_those_they_go_on_from(most: int) -> None:
    whole = part(3, outputs=3)
    moved = np.abs(whole.weights.astype(np.float64)).max(1)
    fewer = NgramPart.pruned(whole.ngrams, whole.weights, whole.bias, 0.1, moved=moved, most=most)
    words = VOCABULARY - SPECIALS
    assert fewer.ngrams.columns <= words + 2 * most
    kept = np.zeros(whole.ngrams.columns, np.bool_)
    _, columns = whole.ngrams.only(
        np.argsort(np.argsort(-np.where(np.arange(len(moved)) < words, 0, moved))) < most
    )
    kept[columns] = True
    rest = NgramPart(whole.ngrams, whole.weights * kept[:, None], whole.bias, 0.1)
    np.testing.assert_allclose(fewer.scores(texts()), rest.scores(texts()), atol=1e-6)


@pytest.mark.parametrize("orders", [1, 3])
def test_there_and_back(orders: int) -> None:
    made = part(orders, outputs=3)
    arrays = made.to_arrays()
    back = NgramPart.from_arrays(arrays, vocabulary_size=VOCABULARY, classes=3)
    np.testing.assert_array_equal(back.scores(texts()), made.scores(texts()))
    assert {array.dtype.itemsize for name, array in arrays.items() if "." in name} <= {2}


@pytest.mark.parametrize("name", ["weights", "bias", "counts.2", "followers.3"])
def test_what_does_not_fit_is_refused(name: str) -> None:
    arrays = part(3).to_arrays()
    with pytest.raises(ValueError, match=r"n-grams|weights"):
        NgramPart.from_arrays({**arrays, name: arrays[name][1:]}, vocabulary_size=VOCABULARY, classes=2)
    with pytest.raises(ValueError, match="words, and 99 are known"):
        NgramPart.from_arrays(arrays, vocabulary_size=99, classes=2)


def test_one_against_the_rest_becomes_logits() -> None:
    two = class_logits(np.array([[1.5], [-2.0]]))
    np.testing.assert_allclose(two, [[0, 1.5], [0, -2.0]])
    three = class_logits(np.array([[1.5, 0.0, -800.0]]))
    np.testing.assert_allclose(np.exp(three), [[1 / (1 + np.exp(-1.5)), 0.5, 0.0]])
