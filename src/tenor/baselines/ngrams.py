"""`NgramModel`: a language model of counted n-grams, with interpolated Kneser-Ney smoothing.

Ney, Essen & Kneser 1994; equations (14) to (16) of Chen & Goodman 1999. For an n-gram h w and its context h:

    p(w | h) = max(c(h w) - D, 0) / c(h) + D N(h) / c(h) p(w | h without its first token)

N(h) is the number of different tokens seen after h, and D = n_1 / (n_1 + 2 n_2) of the n-grams seen once and
twice. For the longest n-grams c counts how often they were seen, for all others how many different tokens
were seen before them. At the bottom stands 1 / V. With n = 1 that is the unigram model.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.text.tokens import Tokens

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Level:
    """The n-grams of one length; an n-gram is known by its place here."""

    keys: Ids  # (G,) sorted: place of the (n-1)-gram before the last token * V + last token
    discounted: Floats  # (G,) max(c - D, 0) / c(context)
    context_keys: Ids  # (C,) sorted places of the (n-1)-grams that are contexts
    kept: Floats  # (C,) what is left for shorter contexts: D N / c

    def places(self, keys: Ids) -> Ids:
        """Return the place of each key, -1 where it was never seen."""
        return _find(self.keys, keys)


class NgramModel:
    """Counts of a training text, by which other texts are foretold."""

    def __init__(self, tokens: Tokens, vocabulary_size: int, order: int) -> None:
        """Count n-grams up to `order` in texts that begin with a boundary, which is foretold of no text."""
        self._size = vocabulary_size
        ids = tokens.ids.astype(np.int64)
        there = _foretold(tokens)
        grams = [_zeros(ids)]  # of length 0: one, everywhere
        keys = []
        for _ in range(order):
            key = _shifted(grams[-1], tokens) * vocabulary_size + ids
            unique, place = np.unique(key, return_inverse=True)
            keys.append(unique)
            grams.append(place.reshape(-1))
        self._levels = [
            self._level(keys[n - 1], grams[n][there], None if n == order else grams[n + 1][there])
            for n in range(1, order + 1)
        ]

    def _level(self, keys: Ids, grams: Ids, longer: Ids | None) -> _Level:
        """Make the level of n-grams that end at each token that is foretold, and the longer ones that do."""
        if longer is None:
            counts = np.bincount(grams, minlength=len(keys)).astype(np.float64)
        else:
            # How many different tokens stand before: one for each different longer n-gram that ends with it.
            first = np.unique(longer, return_index=True)[1]
            counts = np.bincount(grams[first], minlength=len(keys)).astype(np.float64)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        discount = min(max(once / max(once + 2 * twice, 1), 0.1), 0.9)
        contexts = keys // self._size
        context_keys, where = np.unique(contexts[counts > 0], return_inverse=True)
        where = where.reshape(-1)
        total = np.bincount(where, counts[counts > 0])
        kinds = np.bincount(where)
        discounted = np.zeros(len(keys))
        discounted[counts > 0] = (counts[counts > 0] - discount) / total[where]
        return _Level(keys, discounted, context_keys, discount * kinds / total)

    def probabilities(self, tokens: Tokens) -> Floats:
        """Return p of every token but the first of each text, given those before it: (N - B,)."""
        ids = tokens.ids.astype(np.int64)
        found = np.full(len(ids), 1 / self._size)
        gram = _zeros(ids)
        for level in self._levels:
            before = _shifted(gram, tokens)
            context = np.where(before >= 0, _find(level.context_keys, before), -1)
            gram = np.where(before >= 0, level.places(before * self._size + ids), -1)
            own = np.where(gram >= 0, level.discounted[gram], 0.0)
            found = np.where(context >= 0, own + level.kept[context] * found, found)
        return found[_foretold(tokens)]

    def losses(self, tokens: Tokens) -> Floats:
        """Return -log p (nats) of every token but the first of each text: (N - B,)."""
        return -np.log(self.probabilities(tokens))


def _foretold(tokens: Tokens) -> npt.NDArray[np.bool_]:
    there = np.ones(len(tokens.ids), dtype=bool)
    there[tokens.offsets[:-1]] = False
    return there


def _zeros(ids: Ids) -> Ids:
    return np.zeros(len(ids), dtype=np.int64)


def _shifted(grams: Ids, tokens: Tokens) -> Ids:
    """Return the n-gram that ends before each token: of boundaries, whose id is lowest, before a text."""
    before = np.roll(grams, 1)
    before[tokens.offsets[:-1]] = 0
    return before


def _find(keys: Ids, wanted: Ids) -> Ids:
    """Return the place of each in sorted keys, -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)
