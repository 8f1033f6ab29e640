"""Fitting an `NgramPart`: the baseline nbsvm on the ids of a network's text pipeline.

It is trained by itself. Trained together with a network, each part would lean on whichever knows the
training texts by heart.
"""

from typing import Protocol

import numpy as np

from tenor.baselines import regression
from tenor.baselines.given import refuse_one_class
from tenor.config.ensemble import NgramConfig
from tenor.evaluation.metrics import Ints
from tenor.evaluation.mixture import best_weights
from tenor.text import features as made
from tenor.text.ngram_part import NgramPart, class_logits
from tenor.text.ngrams import NGrams
from tenor.text.tokens import Tokens


class Labelled(Protocol):
    """Texts as ids, and their classes (N,)."""

    @property
    def tokens(self) -> Tokens:
        """The texts."""

    @property
    def targets(self) -> Ints:
        """Their classes by number."""


def fit_ngrams(
    train: Labelled,
    validation: Labelled | None,
    *,
    vocabulary_size: int,
    classes: tuple[str, ...],
    config: NgramConfig,
) -> NgramPart:
    """Fit with each penalty; return the one by which validation texts are likeliest, or the first.

    How sure its logits are is left out of that: they have a weight in a sum (`evaluation.mixture`). The
    n-grams are pruned before they are judged.

    Raises:
        DataError: all training texts are of one class.
        MissingExtraError: scikit-learn is not installed.
    """
    refuse_one_class(train.targets, classes)
    ngrams = NGrams.of(train.tokens, vocabulary_size, config.orders, config.min_count)
    features = made.presence(ngrams, train.tokens)
    outputs = regression.outputs_of(len(classes))
    ratios = regression.log_count_ratios(features, train.targets, outputs, config.smoothing)
    texts = np.bincount(features.indices, minlength=ngrams.columns)  # that hold each n-gram
    best, least = None, np.inf
    for penalty in config.penalties if validation is not None else config.penalties[:1]:
        weights, bias = regression.fitted(features, train.targets, ratios, penalty)
        moved = np.abs(weights).max(axis=1) * np.sqrt(texts)
        part = NgramPart.pruned(ngrams, weights, bias, penalty, moved=moved, most=config.most)
        if validation is None:
            return part
        logits = class_logits(part.scores(validation.tokens))
        _, loss = best_weights(validation.targets, logits[None])
        if best is None or loss < least:
            best, least = part, loss
    assert best is not None  # noqa: S101 - there is a penalty
    return best
