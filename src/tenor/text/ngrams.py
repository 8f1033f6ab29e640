"""`NGrams`: runs of up to n words, numbered, as a linear model counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.text.tokens import Tokens
from tenor.text.vocabulary import SPECIALS

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NGrams:
    """The words of a vocabulary, and longer runs of them that stand in the training texts often enough.

    A run is known by the number of the run it goes on from, among those of its length, and its last word:
    `keys[i]` holds number * V + word of the runs of i + 2 words, sorted. Columns count words first, then
    pairs, and so on. Unknown words are part of no run, and no run crosses the end of a text.
    """

    vocabulary_size: int
    keys: tuple[Keys, ...]

    @classmethod
    def of(cls, tokens: Tokens, vocabulary_size: int, longest: int, min_count: int) -> "NGrams":
        """Return the runs of up to `longest` words that stand in the training texts `min_count` times."""
        found = _words(tokens)
        inside = _inside(tokens)
        keys: list[Keys] = []
        for _ in range(longest - 1):
            runs = _continued(found, tokens, inside, vocabulary_size)
            known, counts = np.unique(runs[runs >= 0], return_counts=True)
            keys.append(known[counts >= min_count])
            found = _find(runs, keys[-1])
        return cls(vocabulary_size, tuple(keys))

    @classmethod
    def of_followers(
        cls, vocabulary_size: int, counts: Sequence[npt.NDArray[Any]], followers: Sequence[npt.NDArray[Any]]
    ) -> "NGrams":
        """Return what `followers` told of; `ValueError` where it does not fit together."""
        keys: list[Keys] = []
        runs = vocabulary_size - SPECIALS
        for number, last in zip(counts, followers, strict=True):
            if len(number) != runs or int(number.sum(dtype=np.int64)) != len(last):
                raise ValueError("n-grams that do not fit together")
            first = np.repeat(np.arange(runs, dtype=np.int64), number)
            keys.append(first * vocabulary_size + last)
            inside = not len(last) or (last.min() >= SPECIALS and last.max() < vocabulary_size)
            if not inside or (np.diff(keys[-1]) <= 0).any():
                raise ValueError("n-grams of words that are none, or out of order")
            runs = len(last)
        return cls(vocabulary_size, tuple(keys))

    def followers(self) -> list[tuple[Keys, Keys]]:
        """Return of each length from 2 on how many runs go on from each shorter one, and their last words."""
        found = []
        runs = self.vocabulary_size - SPECIALS
        for keys in self.keys:
            counts = np.bincount(keys // self.vocabulary_size, minlength=runs)
            found.append((counts, keys % self.vocabulary_size))
            runs = len(keys)
        return found

    def only(self, kept: npt.NDArray[np.bool_]) -> tuple["NGrams", Keys]:
        """Return the runs of some columns (F,), and the columns they had.

        All words stay, and the runs that kept ones go on from.
        """
        words, size = self.vocabulary_size - SPECIALS, self.vocabulary_size
        ends = np.cumsum([words, *map(len, self.keys)])
        keeps = [kept[start:end].copy() for start, end in pairwise(ends.tolist())]
        for order in range(len(keeps) - 1, 0, -1):
            keeps[order - 1][self.keys[order][keeps[order]] // size] = True
        keys: list[Keys] = []
        columns, renumbered = [np.arange(words)], np.arange(words)
        for own, keep, start in zip(self.keys, keeps, ends[:-1], strict=True):
            stay = own[keep]
            keys.append(renumbered[stay // size] * size + stay % size)
            columns.append(start + np.flatnonzero(keep))
            renumbered = np.cumsum(keep) - 1
        return NGrams(size, tuple(keys)), np.concatenate(columns)

    @property
    def columns(self) -> int:
        """How many there are."""
        return self.vocabulary_size - SPECIALS + sum(map(len, self.keys))

    def find(self, tokens: Tokens) -> tuple[Keys, Keys]:
        """Return the columns of the runs in each text: those of text b from `starts[b]` to `starts[b + 1]`.

        A run that stands in a text several times is there as often. The columns are (M,), starts (B+1,).
        """
        found = _words(tokens)
        inside = _inside(tokens)
        columns = np.full((len(found), len(self.keys) + 1), -1, dtype=np.int64)  # ending at each token
        columns[:, 0] = found
        first = self.vocabulary_size - SPECIALS
        for order, keys in enumerate(self.keys, 1):
            found = _find(_continued(found, tokens, inside, self.vocabulary_size), keys)
            columns[:, order] = np.where(found >= 0, found + first, -1)
            first += len(keys)
        there = columns >= 0
        starts = np.concatenate(([0], np.cumsum(there.sum(axis=1))))[tokens.offsets]
        return columns[there], starts


def _words(tokens: Tokens) -> Keys:
    """Return the number of the word at each token (N,), -1 for one that is none."""
    return np.where(tokens.ids >= SPECIALS, tokens.ids.astype(np.int64) - SPECIALS, -1)


def _inside(tokens: Tokens) -> npt.NDArray[np.bool_]:
    """Return for each token but the first of all whether it stands in the text of the one before, (N-1,)."""
    inside = np.ones(max(len(tokens.ids) - 1, 0), dtype=bool)
    inside[tokens.offsets[1:-1] - 1] = False
    return inside


def _continued(found: Keys, tokens: Tokens, inside: npt.NDArray[np.bool_], vocabulary_size: int) -> Keys:
    """Return the keys of the runs one word longer that end at each token, (N,), -1 where there is none."""
    runs = np.full(len(found), -1, dtype=np.int64)
    goes_on = inside & (found[:-1] >= 0) & (tokens.ids[1:] >= SPECIALS)
    runs[1:][goes_on] = found[:-1][goes_on] * vocabulary_size + tokens.ids[1:][goes_on]
    return runs


def _find(runs: Keys, keys: Keys) -> Keys:
    """Return the place of each run among the sorted keys, (N,), -1 where it is not."""
    if not len(keys):
        return np.full(len(runs), -1, dtype=np.int64)
    # Looked up in rising order, which keeps the search in the processor's cache.
    distinct, back = np.unique(runs, return_inverse=True)
    places = np.searchsorted(keys, distinct)
    places[places == len(keys)] = 0
    return np.where(keys[places] == distinct, places, -1)[back]
