"""The likeliest words after a text, put together of pieces or characters."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.nn.encoder import State
from tenor.text.bpe import BEGINS_WORD
from tenor.text.tokenizer import Tokenizer
from tenor.text.vocabulary import Vocabulary

# Beginnings that are tried in search of the likeliest words, and tokens of the longest word.
_MOST_TRIED, _LONGEST = 400, 24


@dataclass(frozen=True, slots=True)
class NextWord:
    """A word that may come next."""

    text: str
    probability: float

    def to_json(self) -> dict[str, object]:
        """Return both by name."""
        return {"text": self.text, "probability": self.probability}


@dataclass(frozen=True)
class NextWords:
    """The likeliest words that may come next, likeliest first, and what else may."""

    words: tuple[NextWord, ...]
    unknown: float  # probability of a token that the vocabulary does not hold
    end: float  # probability that the text ends here

    def to_json(self) -> dict[str, object]:
        """Return all by name."""
        return {"next": [word.to_json() for word in self.words], "unknown": self.unknown, "end": self.end}


@dataclass(frozen=True)
class Point:
    """Where a text has come to: log p (V,) of what may come next, and the state to go on from."""

    log_probabilities: npt.NDArray[np.float32]
    state: State


@dataclass(frozen=True)
class _Beginning:
    """A word so far."""

    text: str
    tokens: int
    token: int | None  # the last one, which is still to be read; None: the prompt was the last
    state: State


def last_word(prompt: str, tokenizer: Tokenizer) -> str:
    """Return the word that a prompt ends in and the next token may go on with; it may be empty."""
    pieces: list[str] = []
    for token in reversed(tokenizer.tokenize(prompt)):
        if tokenizer.name == "characters" and not _of_word(token):
            break
        pieces.insert(0, token.removeprefix(BEGINS_WORD))
        if token.startswith(BEGINS_WORD):
            break
    return "".join(pieces)


def whole_words(
    read: Callable[[Sequence[int], State], Point],
    point: Point,
    vocabulary: Vocabulary,
    *,
    unit: str,
    partial: str,
    count: int,
) -> list[NextWord]:
    """Search for the likeliest words, likeliest beginning first; at most `count`.

    The probability of a word is that of its tokens and of what ends a word behind them. `partial` is the word
    that the prompt ends in: characters go on with it, pieces may.
    """
    specials = {vocabulary.pad, vocabulary.unknown}
    goes_on = np.array(
        [index not in specials and _goes_on(token, unit) for index, token in enumerate(vocabulary.tokens)]
    )
    sayable = np.array([index not in specials for index in range(len(vocabulary))])
    words: dict[str, float] = {}
    start = _Beginning(partial if unit == "character" else "", 0, None, point.state)
    heap = [(0.0, 0, start)]  # -log p, a number that tells equals apart, the beginning
    number = 0
    for _ in range(_MOST_TRIED):
        enough = sorted(words.values())[-count:]
        if not heap or (len(enough) == count and np.exp(-heap[0][0]) <= enough[0]):
            break  # nothing that begins so can be likelier than what there is
        cost, _, word = heapq.heappop(heap)
        here = point if word.token is None else read([word.token], word.state)
        found = np.exp(here.log_probabilities.astype(np.float64))
        inside = goes_on if word.text else sayable
        if unit == "character" and word.text and not _of_word(word.text[-1]):
            inside = np.zeros_like(goes_on)  # a mark is a word of its own
        if word.text:
            ends = float(found[~inside].sum() * np.exp(-cost))
            words[word.text] = words.get(word.text, 0.0) + ends
        allowed = np.where(inside, found, 0.0)
        most = 4 * count if word.tokens < _LONGEST else 0
        for index in np.argsort(-allowed, kind="stable")[:most].tolist():
            token = vocabulary.token(index)
            text = word.text + token.removeprefix(BEGINS_WORD)
            if word.token is None and unit == "piece" and not token.startswith(BEGINS_WORD):
                text = partial + text
            if allowed[index] and text.strip():
                number += 1
                longer = _Beginning(text, word.tokens + 1, index, here.state)
                heapq.heappush(heap, (cost - float(np.log(allowed[index])), number, longer))
    best_words = sorted(words.items(), key=lambda item: -item[1])[:count]
    return [NextWord(text, probability) for text, probability in best_words]


def _goes_on(token: str, unit: str) -> bool:
    """Whether a token behind another is of the same word."""
    return _of_word(token) if unit == "character" else not token.startswith(BEGINS_WORD)


def _of_word(text: str) -> bool:
    """Whether a character is one of words."""
    return text.isalnum() or text in ("'", "’", "_")
