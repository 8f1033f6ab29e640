"""Log-count ratios of words and bigrams: how much more often the texts of one class hold them than others.

    r = log (p / n_p) - log (q / n_q)

with p, q the texts of the class and of the rest that hold the item, smoothed, and n_p, n_q all texts of each
(Wang & Manning 2012, "Baselines and bigrams", eq. 5, over texts instead of tokens). Given to a network as an
input beside the word vector, they bring what linear models know. In training the ratios a text is read with
are counted without the texts of its own batch: otherwise rare words would carry its label.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.network import RatioConfig
from tenor.kernels import parallel
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import SPECIALS

# Below so many tokens a thread costs more than it saves.
_WORTH_A_THREAD = 2000

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Bigrams:
    """M pairs of words that follow each other: those of first word w from `starts[w]` to `starts[w + 1]`."""

    starts: Ids  # (V+1,)
    followers: Ids  # (M,), sorted within each first word

    @classmethod
    def of(cls, tokens: Tokens, vocabulary_size: int, min_count: int) -> "Bigrams":
        """Return the bigrams that stand in the texts so many times or more."""
        first, second = tokens.ids[:-1], tokens.ids[1:]
        inside = (first >= SPECIALS) & (second >= SPECIALS)
        inside[tokens.offsets[1:-1] - 1] = False  # across two texts
        keys, counts = np.unique(
            first[inside].astype(np.int64) * vocabulary_size + second[inside], return_counts=True
        )
        keys = keys[counts >= min_count]
        starts = np.searchsorted(keys, np.arange(vocabulary_size + 1, dtype=np.int64) * vocabulary_size)
        return cls(starts.astype(np.int32), (keys % vocabulary_size).astype(np.int32))

    def find(self, tokens: Tokens, *, threads: int = 1) -> Ids:
        """Return the number of the bigram that ends at each token, (N,); -1 where there is none."""
        from tenor.kernels import counting

        out = np.empty(len(tokens.ids), np.int32)
        shares = parallel.ranges(tokens.offsets, threads if len(out) > _WORTH_A_THREAD else 1)
        parallel.run(
            [
                partial(
                    counting.find, tokens.ids, tokens.offsets, first, end, self.starts, self.followers,
                    SPECIALS, out,
                )
                for first, end in shares
            ],
            threads,
        )  # fmt: skip
        return out

    def find_plainly(self, tokens: Tokens) -> Ids:
        """Return the same without loading the compiler."""
        out = np.full(len(tokens.ids), -1, np.int32)
        beginnings = set(tokens.offsets[:-1].tolist())
        words = tokens.ids.tolist()
        for t in range(1, len(words)):
            before, word = words[t - 1], words[t]
            if t in beginnings or before < SPECIALS or word < SPECIALS:
                continue
            own = self.followers[self.starts[before] : self.starts[before + 1]]
            place = int(np.searchsorted(own, word))
            if place < len(own) and own[place] == word:
                out[t] = self.starts[before] + place
        return out


@dataclass(frozen=True)
class LogCountRatios:
    """The ratios a trained model reads with; F numbers an item: 1 for two classes, else one a class."""

    words: npt.NDArray[np.float32]  # (V, F)
    bigrams: Bigrams
    values: npt.NDArray[np.float32]  # (M, F)
    _or_zero: npt.NDArray[np.float32] = field(init=False, repr=False, compare=False)  # (M+1, F), the last 0

    def __post_init__(self) -> None:
        nothing = np.zeros((1, self.words.shape[1]), np.float32)
        object.__setattr__(self, "_or_zero", np.concatenate((self.values, nothing)))

    @classmethod
    def none(cls, vocabulary_size: int, classes: int) -> "LogCountRatios":
        """Return those of no texts: all are 0."""
        numbers = numbers_of(classes)
        nothing = Bigrams(np.zeros(vocabulary_size + 1, np.int32), np.zeros(0, np.int32))
        return cls(
            np.zeros((vocabulary_size, numbers), np.float32), nothing, np.zeros((0, numbers), np.float32)
        )

    def extended(self, vocabulary_size: int) -> "LogCountRatios":
        """Return the same for a vocabulary with words behind its own, whose ratios are 0."""
        more = vocabulary_size - len(self.words)
        starts = np.pad(self.bigrams.starts, (0, more), mode="edge")
        return LogCountRatios(
            np.pad(self.words, ((0, more), (0, 0))), Bigrams(starts, self.bigrams.followers), self.values
        )

    @property
    def size(self) -> int:
        """Numbers that stand beside a word vector: those of the word and of the bigram it ends."""
        return 2 * int(self.words.shape[1])

    def of_words(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Return the ratios of words, (U, F)."""
        return self.words[ids]

    def of_bigrams(self, found: Ids) -> npt.NDArray[np.float32]:
        """Return the ratios of bigrams by number, (N, F), 0 where there is none."""
        return self._or_zero[found]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the tensors of a model folder."""
        return {
            "words": self.words,
            "starts": self.bigrams.starts,
            "followers": self.bigrams.followers,
            "values": self.values,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "LogCountRatios":
        """Return what `to_arrays` was made from; `KeyError` or `ValueError` when it is damaged."""
        bigrams = Bigrams(arrays["starts"], arrays["followers"])
        words, values = arrays["words"], arrays["values"]
        fits = len(bigrams.starts) == len(words) + 1 and len(bigrams.followers) == len(values)
        if not fits or bigrams.starts[-1] != len(values) or (np.diff(bigrams.starts) < 0).any():
            raise ValueError("log-count ratios that do not fit together")
        return cls(words, bigrams, values)


@dataclass
class Counts:
    """Texts of each class that hold a word or bigram, of the training texts: what ratios are made from."""

    bigrams: Bigrams
    config: RatioConfig
    shares: npt.NDArray[np.float64]  # (C,) of all texts
    words: npt.NDArray[np.int32]  # (V, C)
    pairs: npt.NDArray[np.int32]  # (M, C)
    _seen: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    _stamp: int = 1

    @classmethod
    def of(
        cls,
        tokens: Tokens,
        targets: npt.NDArray[np.int64],
        *,
        vocabulary_size: int,
        classes: int,
        config: RatioConfig,
    ) -> "Counts":
        """Count the training texts."""
        bigrams = Bigrams.of(tokens, vocabulary_size, config.min_count)
        size = len(bigrams.followers)
        # Every class has texts, but a caller's training rows may lack one: then it weighs next to nothing.
        shares = np.maximum(np.bincount(targets, minlength=classes), 1e-3) / len(targets)
        counts = cls(
            bigrams,
            config,
            shares,
            np.zeros((vocabulary_size, classes), np.int32),
            np.zeros((size, classes), np.int32),
            {"words": np.zeros(vocabulary_size, np.int64), "pairs": np.zeros(size, np.int64)},
        )
        counts._add(tokens, bigrams.find(tokens), targets, 1)
        return counts

    def ratios(self) -> LogCountRatios:
        """Return the ratios over all texts."""
        every = np.arange(len(self.words), dtype=np.int32)
        values = self.of_bigrams(np.arange(len(self.pairs), dtype=np.int32))
        return LogCountRatios(self.of_words(every), self.bigrams, values)

    @contextmanager
    def without(self, tokens: Tokens, found: Ids, targets: npt.NDArray[np.int64]) -> Iterator[None]:
        """Leave out these texts, which were counted, for a while; `found` are their bigrams by number."""
        self._add(tokens, found, targets, -1)
        try:
            yield
        finally:
            self._add(tokens, found, targets, 1)

    def of_words(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Return the ratios of words, (U, F); those of padding and unknown are 0."""
        return self._ratios(np.where(ids >= SPECIALS, ids, np.int32(-1)), self.words, self.config.smoothing)

    def of_bigrams(self, found: Ids) -> npt.NDArray[np.float32]:
        """Return the ratios of bigrams by number, (N, F), 0 where there is none."""
        return self._ratios(found, self.pairs, self.config.bigram_smoothing)

    def _ratios(self, items: Ids, counts: npt.NDArray[np.int32], smoothing: float) -> npt.NDArray[np.float32]:
        from tenor.kernels import counting

        out = np.empty((len(items), numbers_of(len(self.shares))), np.float32)
        counting.ratios(items, counts, self.shares, float(smoothing), out)
        return out

    def _add(self, tokens: Tokens, found: Ids, targets: npt.NDArray[np.int64], amount: int) -> None:
        from tenor.kernels import counting

        words = np.where(tokens.ids >= SPECIALS, tokens.ids, np.int32(-1))
        for items, name, counts in ((words, "words", self.words), (found, "pairs", self.pairs)):
            counting.add(items, tokens.offsets, targets, amount, counts, self._seen[name], self._stamp)
        self._stamp += len(tokens)


def numbers_of(classes: int) -> int:
    """Return F, the ratios of an item: two classes share one, the second against the first."""
    return 1 if classes == 2 else classes
