"""Nearest by cosine: chunk by chunk as all at once."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tenor.inference.similarity import Nearest, unit


@pytest.mark.parametrize("chunk", [1, 7, 40])
@pytest.mark.parametrize("most", [1, 5, 60])
def test_chunks_give_the_best_of_all(chunk: int, most: int) -> None:
    generator = np.random.default_rng(0)
    queries, candidates = generator.normal(size=(3, 6)), generator.normal(size=(40, 6))
    nearest = Nearest[int](queries, most)
    for first in range(0, 40, chunk):
        rows = list(range(first, min(first + chunk, 40)))
        nearest.add(rows, candidates[rows])
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(candidates, axis=1)
    cosines = queries @ candidates.T / lengths
    for found, expected in zip(nearest.found(), cosines, strict=True):
        best = np.argsort(-expected)[:most]
        assert [item for item, _ in found] == best.tolist()
        assert_allclose([value for _, value in found], expected[best], atol=1e-6)


def test_a_vector_of_zeros_is_similar_to_nothing() -> None:
    assert unit(np.zeros((1, 3))).tolist() == [[0, 0, 0]]
    nearest = Nearest[str](np.array([[1.0, 0.0]], np.float32), 2)
    nearest.add(["zeros", "away"], np.array([[0, 0], [-1, 0]], np.float32))
    assert nearest.found() == [[("zeros", 0.0), ("away", -1.0)]]


def test_of_equals_the_earlier_comes_first() -> None:
    nearest = Nearest[str](np.ones((1, 2), np.float32), 2)
    for name in "abc":
        nearest.add([name], np.ones((1, 2), np.float32))
    assert [name for name, _ in nearest.found()[0]] == ["a", "b"]


def test_nothing_to_consider() -> None:
    assert Nearest[str](np.ones((2, 2), np.float32), 3).found() == [[], []]
