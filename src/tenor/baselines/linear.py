"""`Linear`: logistic regression on n-grams, with the face of a `Predictor`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tenor.baselines.given import several
from tenor.evaluation.metrics import Floats
from tenor.evaluation.temperature import softmax
from tenor.text import features as made
from tenor.text.ngram_part import class_logits
from tenor.text.ngrams import NGrams
from tenor.text.pipeline import TextPipeline

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_CHUNK = 10_000  # texts read at once, so that memory has an end


@dataclass(frozen=True)
class Linear:
    """Logistic regression on n-grams, one output for two classes, else one a class.

    `idf` (F,) weighs counts where they are TF-IDF; None: an n-gram is there or not. `weights` (F, K) and
    `bias` (K,) hold the log-count ratios already, where there are any.
    """

    classes: tuple[str, ...]
    pipeline: TextPipeline
    ngrams: NGrams
    idf: Floats | None
    weights: npt.NDArray[np.float32]
    bias: Floats
    penalty: float
    threads: int | None = None
    temperature: float | None = None  # that logits are divided by; None: 1

    @property
    def parameters(self) -> int:
        """Coefficients that are not 0, and the intercepts."""
        return int(np.count_nonzero(self.weights)) + len(self.bias)

    @property
    def size_bytes(self) -> int:
        """Coefficients, document frequencies, n-grams and the words as UTF-8."""
        arrays: list[npt.NDArray[Any]] = [self.weights, self.bias, *self.ngrams.keys]
        arrays += [] if self.idf is None else [self.idf]
        words = sum(len(word.encode("utf-8", "surrogatepass")) for word in self.pipeline.vocabulary.tokens)
        return sum(array.nbytes for array in arrays) + words

    @property
    def settings(self) -> dict[str, object]:
        """The inverse strength of the penalty, and what is read."""
        return {
            "C": self.penalty,
            "longest": len(self.ngrams.keys) + 1,
            "n_grams": self.ngrams.columns,
            "temperature": self.temperature,
        }

    def predict(self, texts: Iterable[str]) -> list[str]:
        """Return the likeliest label of each text."""
        return [self.classes[place] for place in self.predict_proba(texts).argmax(axis=1)]

    def predict_proba(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C)."""
        parts = [np.empty((0, len(self.classes)))]
        remaining = iter(several(texts))
        while chunk := list(islice(remaining, _CHUNK)):
            parts.append(self.of_features(self.features(chunk)))
        return np.concatenate(parts)

    def features(self, texts: Sequence[str]) -> "csr_matrix":
        """Return what the regression sees of texts, (N, F)."""
        tokens = self.pipeline.encode(texts, threads=self.threads)
        if self.idf is None:
            return made.presence(self.ngrams, tokens)
        return made.tfidf(made.counts(self.ngrams, tokens), self.idf)

    def of_features(self, features: "csr_matrix") -> Floats:
        """Return probabilities (N, C) of such features."""
        return softmax(self.logits(features), self.temperature)

    def logits(self, features: "csr_matrix") -> Floats:
        """Return (0, z) of such features for two classes; for more log 1 / (1 + exp(-z)) of each, (N, C)."""
        return class_logits(np.asarray(features @ self.weights, np.float64) + self.bias)
