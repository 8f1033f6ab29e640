"""Linear models of n-grams: TF-IDF, and log-count ratios, each under logistic regression.

They read the tokens of the same tokenizer as a network, whole texts and a vocabulary without limit. Several
classes are learned one against the rest, and the probabilities made to sum to 1. Everything is made of the
training texts alone: an n-gram that stands only elsewhere is unknown. Validation texts choose the penalty
and, as with networks, the temperature of the probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tenor.baselines import regression
from tenor.baselines.given import Labelled, refuse_one_class, targets
from tenor.baselines.linear import Linear
from tenor.config.ensemble import NgramConfig
from tenor.config.text import TextConfig
from tenor.errors import DataError
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.metrics import Floats, Ints
from tenor.evaluation.temperature import Scaling
from tenor.text import features as made
from tenor.text.ngrams import NGrams
from tenor.text.pipeline import TextPipeline

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Inverse strength of the penalty, tried in this order; around the best of IMDb's training split.
TFIDF_PENALTIES = (10.0, 1.0, 100.0)
NBSVM_PENALTIES = NgramConfig.penalties

_MIN_COUNT = (
    NgramConfig.min_count
)  # n-grams that stand less often in training are left out, unless that is every word
_SMOOTHING = NgramConfig.smoothing  # added to the counts of log-count ratios


def tfidf(
    texts: Sequence[str],
    labels: Sequence[str],
    classes: Sequence[str],
    *,
    validation: Labelled | None = None,
    text: TextConfig | None = None,
    threads: int | None = None,
) -> Linear:
    """Fit logistic regression on the TF-IDF of words and pairs of words.

    A text's n-gram that stands there c times has (1 + log c) (1 + log (1 + N) / (1 + n)), where n of the N
    training texts hold it; each text is then scaled to length 1. Arguments and errors as `nbsvm`.
    """
    counted = _Counted.of(texts, labels, classes, text, threads, longest=2, weigh=True)
    ones = np.ones((counted.features.shape[1], 1))
    return _fit(counted, np.tile(ones, counted.outputs), TFIDF_PENALTIES, validation)


def nbsvm(
    texts: Sequence[str],
    labels: Sequence[str],
    classes: Sequence[str],
    *,
    validation: Labelled | None = None,
    text: TextConfig | None = None,
    threads: int | None = None,
) -> Linear:
    """Fit logistic regression on n-grams of 1 to 3 words, weighted by log-count ratios.

    Wang & Manning 2012, "Baselines and bigrams", NBSVM, with the logistic loss instead of the squared hinge,
    so that there are probabilities, and without interpolation: an n-gram that is there counts its ratio.

    Args:
        texts: the training texts (N,).
        labels: their classes (N,).
        classes: the names of all classes, in the order of the columns of probabilities.
        validation: texts and labels by whose accuracy C, the inverse strength of the penalty, is chosen
            among three, and to which the temperature is fitted; of equals the first of `NBSVM_PENALTIES`,
            which is taken where there are none.
        text: its tokenizer is used, of bpe with its vocabulary size, nothing else; None: the default.
        threads: for tokenizing; None: all cores.

    Raises:
        DataError: no texts, a label that is no class, or fewer than two classes in training.
        MissingExtraError: scikit-learn is not installed.
    """
    counted = _Counted.of(texts, labels, classes, text, threads, longest=NgramConfig.orders, weigh=False)
    return _fit(counted, counted.ratios(), NBSVM_PENALTIES, validation)


@dataclass(frozen=True)
class _Counted:
    """Training texts as a matrix (N, F), and a model of zeros that reads other texts the same way."""

    features: "csr_matrix"
    targets: Ints  # (N,)
    model: Linear

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        classes: Sequence[str],
        text: TextConfig | None,
        threads: int | None,
        *,
        longest: int,
        weigh: bool,
    ) -> "_Counted":
        known = targets(texts, labels, classes)
        refuse_one_class(known, classes)
        config = replace(text or TextConfig(), pretrained=None, max_length=None, min_count=_MIN_COUNT)
        if config.tokenizer != "bpe":  # which merges until its vocabulary is full
            config = replace(config, max_size=None)
        try:
            pipeline = TextPipeline.build(texts, config, threads=threads)
        except DataError:  # no word stands there twice
            pipeline = TextPipeline.build(texts, replace(config, min_count=1), threads=threads)
        tokens = pipeline.encode(texts, threads=threads)
        ngrams = NGrams.of(tokens, len(pipeline.vocabulary), longest, _MIN_COUNT)
        if weigh:
            counted = made.counts(ngrams, tokens)
            idf = made.inverse_frequencies(counted)
            found = made.tfidf(counted, idf)
        else:
            idf, found = None, made.presence(ngrams, tokens)
        outputs = regression.outputs_of(len(classes))
        weights = np.zeros((ngrams.columns, outputs), np.float32)
        model = Linear(
            tuple(classes), pipeline, ngrams, idf, weights, np.zeros(outputs), penalty=0.0, threads=threads
        )
        return cls(found, known, model)

    @property
    def outputs(self) -> int:
        return len(self.model.bias)

    def ratios(self) -> Floats:
        """Return the log-count ratio of each n-gram and output (F, K)."""
        return regression.log_count_ratios(self.features, self.targets, self.outputs, _SMOOTHING)


def _fit(counted: _Counted, scale: Floats, grid: Sequence[float], validation: Labelled | None) -> Linear:
    """Fit with each penalty, the features scaled by (F, K); return the best on validation, or the first."""
    model = counted.model
    if validation is None or not len(validation[0]):
        return _fitted(counted, scale, grid[0])
    wanted = targets(*validation, model.classes)
    found = model.features(validation[0])
    best, most = None, -1
    for penalty in grid:
        fitted = _fitted(counted, scale, penalty)
        right = int((fitted.logits(found).argmax(axis=1) == wanted).sum())
        if right > most:
            best, most = fitted, right
    assert best is not None  # noqa: S101 - a grid is never empty
    scaling = Scaling.fitted(HeldOut.sampled(wanted, best.logits(found), seed=0))
    return replace(best, temperature=scaling.temperature)


def _fitted(counted: _Counted, scale: Floats, penalty: float) -> Linear:
    weights, bias = regression.fitted(counted.features, counted.targets, scale, penalty)
    return replace(counted.model, weights=weights, bias=bias, penalty=penalty)
