"""`NgramPart`: a linear model of n-grams, at rest and at work, on the ids of a text pipeline.

Each n-gram that stands in a text counts once, however often it stands there. Unknown words are part of no
n-gram. Weights are kept in half precision, and the n-grams by how many of them go on from each shorter one:
six bytes an n-gram for two classes, where the vocabulary has no more than 65,536 words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels import parallel
from tenor.text.ngrams import NGrams
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import SPECIALS

Floats = npt.NDArray[np.float64]

# Below so many tokens a thread costs more than it saves.
_WORTH_A_THREAD = 5000


@dataclass(frozen=True, eq=False)
class NgramPart:
    """Weights (F, K) of the columns of some n-grams; K is 1 for two classes, else one a class."""

    ngrams: NGrams
    weights: npt.NDArray[np.float16]  # (F, K)
    bias: npt.NDArray[np.float32]  # (K,)
    penalty: float  # inverse strength of the penalty it was trained with

    @classmethod
    def pruned(
        cls, ngrams: NGrams, weights: npt.NDArray[Any], bias: npt.NDArray[Any], penalty: float,
        *, moved: npt.NDArray[Any], most: int,
    ) -> "NgramPart":  # fmt: skip
        """Keep all words and, of longer n-grams, the `most` that move (F,) the training texts most.

        Some more stay if kept ones go on from them.
        """
        words = ngrams.vocabulary_size - SPECIALS
        kept = np.zeros(ngrams.columns, np.bool_)
        ranked = words + np.argsort(-moved[words:], kind="stable")
        kept[ranked[:most]] = True
        kept[words:] &= moved[words:] > 0
        fewer, columns = ngrams.only(kept)
        limit = float(np.finfo(np.float16).max)
        half = np.clip(weights[columns], -limit, limit).astype(np.float16)
        return cls(fewer, half, np.asarray(bias, np.float32), penalty)

    @property
    def outputs(self) -> int:
        """K."""
        return len(self.bias)

    @property
    def count(self) -> int:
        """N-grams of all lengths whose weight is not 0."""
        return int(self.weights.any(axis=1).sum())

    def scores(self, tokens: Tokens, *, threads: int = 1) -> Floats:
        """Return the sums of weights and bias of texts, (N, K): log-odds of each output against the rest."""
        from tenor.kernels import ngrams

        places, starts, followers, weights = self._tables
        out = np.tile(self.bias.astype(np.float64), (len(tokens), 1))

        def task(first: int, end: int) -> None:
            ngrams.sums(
                tokens.ids, tokens.offsets, first, end, SPECIALS, self.ngrams.vocabulary_size - SPECIALS,
                places, starts, followers, weights, np.zeros(len(weights), np.int32),
                np.empty(len(places) + 1, np.int32), out,
            )  # fmt: skip

        shares = parallel.ranges(tokens.offsets, threads if len(tokens.ids) > _WORTH_A_THREAD else 1)
        parallel.run([partial(task, *share) for share in shares], threads)
        return out

    def scores_plainly(self, tokens: Tokens) -> Floats:
        """Return the same without loading the compiler."""
        columns, starts = self.ngrams.find(tokens)
        texts = np.repeat(np.arange(len(tokens)), np.diff(starts))
        once = np.unique(texts * self.ngrams.columns + columns)
        texts, columns = np.divmod(once, self.ngrams.columns)
        found = self.weights[columns].astype(np.float64)  # (M, K)
        sums = [np.bincount(texts, found[:, output], len(tokens)) for output in range(self.outputs)]
        return np.asarray(np.stack(sums, axis=1) + self.bias)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the tensors of a model folder."""
        small = np.uint16 if self.ngrams.vocabulary_size <= 1 << 16 else np.int32
        arrays: dict[str, npt.NDArray[Any]] = {
            "weights": self.weights,
            "bias": self.bias,
            "vocabulary": np.array([self.ngrams.vocabulary_size], np.int64),
            "penalty": np.array([self.penalty], np.float64),
        }
        for length, (counts, followers) in enumerate(self.ngrams.followers(), 2):
            arrays[f"counts.{length}"] = counts.astype(small)
            arrays[f"followers.{length}"] = followers.astype(small)
        return arrays

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, npt.NDArray[Any]], *, vocabulary_size: int, classes: int
    ) -> "NgramPart":
        """Return what `to_arrays` gave; `KeyError` or `ValueError` where it is damaged or does not fit."""
        lengths = range(2, 2 + sum(name.startswith("counts.") for name in arrays))
        ngrams = NGrams.of_followers(
            int(arrays["vocabulary"][0]),
            [arrays[f"counts.{length}"] for length in lengths],
            [arrays[f"followers.{length}"] for length in lengths],
        )
        weights, bias = arrays["weights"], arrays["bias"]
        outputs = 1 if classes == 2 else classes
        if weights.shape != (ngrams.columns, outputs) or bias.shape != (outputs,):
            raise ValueError(f"weights {weights.shape} of {ngrams.columns} n-grams and {classes} classes")
        if ngrams.vocabulary_size != vocabulary_size:
            raise ValueError(f"n-grams of {ngrams.vocabulary_size} words, and {vocabulary_size} are known")
        if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
            raise ValueError("weights of n-grams that are not finite")
        return cls(ngrams, weights, bias, float(arrays["penalty"][0]))

    @cached_property
    def _tables(self) -> tuple[npt.NDArray[Any], ...]:
        """Return what the kernel reads: places, starts, followers and weights in single precision."""
        places, starts, followers = [0], [], [np.empty(0, np.int32)]
        first = 0
        for counts, last in self.ngrams.followers():
            starts.append(first + np.concatenate(([0], np.cumsum(counts))))
            followers.append(last.astype(np.int32))
            places.append(places[-1] + len(counts) + 1)
            first += len(last)
        ends = np.concatenate([np.empty(0, np.int64), *starts]).astype(np.int32)
        weights = np.ascontiguousarray(self.weights, np.float32)
        return np.array(places[:-1], np.int64), ends, np.concatenate(followers), weights


def class_logits(scores: npt.NDArray[Any]) -> Floats:
    """Return logits (N, C) of one-against-the-rest log-odds z (N, K).

    One output z of two classes gives (0, z); several give log 1 / (1 + exp(-z)) of each class.
    """
    z = np.asarray(scores, np.float64)
    return np.hstack([np.zeros_like(z), z]) if z.shape[1] == 1 else -np.logaddexp(0, -z)
