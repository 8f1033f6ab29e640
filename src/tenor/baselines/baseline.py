"""Baselines: models without a network, which every comparison should carry.

    majority  says how often each class stands in training
    tfidf     TF-IDF of words and pairs of words, logistic regression
    nbsvm     words, pairs and triples weighted by log-count ratios, logistic regression

Everything is made of the training texts alone.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tenor.baselines.fitting import nbsvm, tfidf
from tenor.baselines.majority import majority


class Baseline(Protocol):
    """A model with the face of a `Predictor`."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the columns of `predict_proba`."""

    @property
    def parameters(self) -> int:
        """Learned numbers that are not 0."""

    @property
    def size_bytes(self) -> int:
        """Memory of what it predicts with: learned numbers, n-grams, the words themselves."""

    @property
    def settings(self) -> dict[str, object]:
        """What was chosen, as JSON-ready values."""

    def predict(self, texts: Iterable[str]) -> list[str]:
        """Return the likeliest label of each text."""

    def predict_proba(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C)."""


BASELINES: dict[str, Callable[..., Baseline]] = {"majority": majority, "tfidf": tfidf, "nbsvm": nbsvm}
