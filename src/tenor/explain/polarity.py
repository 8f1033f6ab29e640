"""Which words and pairs of words speak for a class, by occlusion: the word replaced by the unknown one.

The effect of a word on a class is the change of the log-odds of the class, log p / (1 - p), from the text
with the unknown word in its place to the text itself. It is measured in two ways, which may disagree:

- alone: the text is this word and nothing else. That needs no data and covers the vocabulary, but a model
  trained on sentences was never asked to read a word alone.
- in texts: the mean over all places of real texts where the word stands.

What a pair a b says beyond its words is L(a b) - L(a u) - L(u b) + L(u u), with u the unknown word, L the
log-odds and all else unchanged: 0 where each word adds the same whatever stands beside it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.inference.predictor import Predictor
from tenor.text.tokens import Tokens

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Advance = Callable[[int], None]  # is told how many more texts are read
Watch = Callable[[str, int], Advance]  # is told what is read next, and how many texts that is

# A text is read once for each of its words and pairs, so that the work grows with the square of its length.
LONGEST = 1000  # tokens; longer texts are left out
MOST_READ = 20_000_000  # tokens of all readings, after which no further text is begun
_AT_ONCE = 1024  # texts, after which whoever watches is told
_AGAIN = 2
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Effects:
    """What M words (n = 1) or pairs (n = 2) change in the log-odds of C classes."""

    ids: Ids  # (M, n)
    values: Floats  # (M, C): of the words; of a pair, beyond its words
    together: Floats  # (M, C): of both words of a pair; of a word the same as `values`
    counts: npt.NDArray[np.int64] | None = None  # (M,) places they were seen at; None: read alone

    def best(self, label: int, most: int) -> list[int]:
        """Return the rows that speak most for a class, the strongest first, and none that speak against it.

        A pair must do so itself and beyond its words: two words that say the same weigh less together than
        their sum, which is no word against it. No word stands in more than `_AGAIN` pairs.
        """
        strength = np.minimum(self.values[:, label], self.together[:, label])
        best: list[int] = []
        listed: Counter[int] = Counter()
        for row in np.argsort(-strength, kind="stable").tolist():
            if len(best) == most or strength[row] <= 0:
                break
            words = self.ids[row].tolist()
            if all(listed[word] < _AGAIN for word in words):
                best.append(row)
                listed.update(words)
        return best


@dataclass(frozen=True)
class TextEffects:
    """Effects in real texts, and how many texts were read for them."""

    words: Effects
    pairs: Effects
    texts: int


def log_odds(probabilities: Floats) -> Floats:
    """Return log p - log (sum of the others), (N, C), of probabilities (N, C)."""
    others = probabilities @ (1 - np.eye(probabilities.shape[1]))  # 1 - p would lose the digits of a p near 1
    return np.asarray(np.log(np.maximum(probabilities, _TINY)) - np.log(np.maximum(others, _TINY)))


def unwatched(what: str, texts: int) -> Advance:
    """Watch nothing."""
    return lambda more: None


def words_alone(predictor: Predictor, ids: Ids, *, watch: Watch = unwatched) -> Effects:
    """Return the effects of words (M,) that are read alone."""
    readings = np.concatenate(([_unknown(predictor)], ids))[:, None]
    odds = _read(predictor, readings, watch("words", len(readings)))
    values = odds[1:] - odds[0]
    return Effects(ids[:, None], values, values)


def pairs_alone(predictor: Predictor, common: Ids, polar: Ids, *, watch: Watch = unwatched) -> Effects:
    """Return the effects of all pairs of a common and a polar word, in both orders, that are read alone."""
    first, second = (part.ravel() for part in np.meshgrid(common, polar, indexing="ij"))
    ids = np.concatenate((np.stack((first, second), 1), np.stack((second, first), 1)))
    ids = np.unique(ids[ids[:, 0] != ids[:, 1]], axis=0).astype(np.int32)  # (M, 2)
    unknown = np.full(len(ids), _unknown(predictor), np.int32)
    without = [(ids[:, 0], unknown), (unknown, ids[:, 1]), (unknown, unknown)]
    readings = np.concatenate([ids, *(np.stack(pair, 1) for pair in without)])
    distinct, which = np.unique(readings, axis=0, return_inverse=True)
    odds = _read(predictor, distinct, watch("pairs", len(distinct)))[which.reshape(4, -1)]  # (4, M, C)
    return Effects(ids, odds[0] - odds[1] - odds[2] + odds[3], odds[0] - odds[3])


def in_texts(predictor: Predictor, texts: Tokens, *, least: int, watch: Watch = unwatched) -> TextEffects:
    """Return the mean effects of words and pairs that stand at `least` places of texts or more.

    Texts longer than `LONGEST` tokens are left out, and reading ends after `MOST_READ` tokens.
    """
    unknown = _unknown(predictor)
    size = len(predictor.classes)
    words, pairs = _Means(1, size), _Means(2, size)
    read, work = 0, 0
    advance = watch("texts", len(texts))
    for ids in _texts(texts):
        advance(1)
        if len(ids) > LONGEST or work > MOST_READ:
            continue
        single, double = _occluded(predictor, ids, unknown)
        known = ids != unknown
        both = known[:-1] & known[1:]
        words.add(ids[known, None], single[known], single[known])
        beyond = single[:-1] + single[1:] - double
        pairs.add(np.stack((ids[:-1], ids[1:]), 1)[both], beyond[both], double[both])
        read += 1
        work += 2 * len(ids) ** 2
    return TextEffects(words.effects(least), pairs.effects(least), read)


def _occluded(predictor: Predictor, ids: Ids, unknown: int) -> tuple[Floats, Floats]:
    """Return the effects of each token (T, C) and of each two neighbours (T-1, C) of one text (T,)."""
    size = len(ids)
    readings = np.repeat(ids[None], 2 * size, 0)  # the text itself, T without a token, T-1 without two
    places = np.arange(size)
    readings[1 + places, places] = unknown
    for beside in (0, 1):
        readings[1 + size + places[:-1], places[:-1] + beside] = unknown
    odds = _log_odds_of(predictor, readings)
    return odds[0] - odds[1 : 1 + size], odds[0] - odds[1 + size :]


class _Means:
    """Means of values by ids that come again."""

    def __init__(self, width: int, classes: int) -> None:
        self._ids = [np.empty((0, width), np.int32)]
        self._values = [np.empty((0, 2, classes))]

    def add(self, ids: Ids, values: Floats, together: Floats) -> None:
        self._ids.append(ids)
        self._values.append(np.stack((values, together), 1))

    def effects(self, least: int) -> Effects:
        every = np.concatenate(self._values)  # (N, 2, C)
        ids, which, counts = np.unique(
            np.concatenate(self._ids), axis=0, return_inverse=True, return_counts=True
        )
        sums = np.zeros((len(ids), *every.shape[1:]))
        np.add.at(sums, which.reshape(-1), every)
        kept = counts >= least
        means = sums[kept] / counts[kept, None, None]
        return Effects(ids[kept], means[:, 0], means[:, 1], counts[kept])


def _texts(tokens: Tokens) -> Iterator[Ids]:
    for first, end in zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True):
        yield tokens.ids[first:end]


def _read(predictor: Predictor, texts: Ids, advance: Advance) -> Floats:
    """Texts of one length (N, T) -> log-odds (N, C), a part at a time."""
    found = []
    for start in range(0, max(len(texts), 1), _AT_ONCE):  # none is one part, too
        part = texts[start : start + _AT_ONCE]
        found.append(_log_odds_of(predictor, part))
        advance(len(part))
    return np.concatenate(found)


def _log_odds_of(predictor: Predictor, texts: Ids) -> Floats:
    """Texts of one length (N, T) -> log-odds (N, C)."""
    offsets = np.arange(len(texts) + 1, dtype=np.int64) * texts.shape[1]
    return log_odds(predictor.probabilities(Tokens(np.ascontiguousarray(texts, np.int32).ravel(), offsets)))


def _unknown(predictor: Predictor) -> int:
    return predictor.model.pipeline.vocabulary.unknown
