"""`Trajectory`: what a model says of a text after each of its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.network import HAS_DIRECTIONS
from tenor.explain.turning import Turn, turning_points
from tenor.inference.predictor import Predictor
from tenor.text.rule import Rule
from tenor.text.token import Token
from tenor.text.tokens import Tokens

# Readings of a text that is read again for each place, and words of all of them together: texts of up to
# 5,000 words are read at all those places, longer ones at fewer.
MOST_READINGS, _MOST_WORDS = 200, 500_000
_FEWEST_READINGS = 5

_ONCE = "one reading from left to right gives it exactly"
_ANEW = "the text was read anew for each, since the model "
# of each truncation: which words are read
_PARTS = {"head": "the first", "tail": "the last", "head+tail": "the first and last, in all"}

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Probabilities at some places of a text of N words."""

    places: npt.NDArray[np.int64]  # (P,) word numbers from 1, rising
    probabilities: Array  # (P, C)


@dataclass(frozen=True)
class Trajectory:
    """How the prediction for a text came about, word by word.

    A word is a token of the model's tokenizer: with some of them a part of a word, or a mark.
    """

    text: str
    words: tuple[Token, ...]  # N, as the model reads them: what it cuts off is not among them
    word_count: int  # of the text, with those
    unknown: npt.NDArray[np.bool_]  # (N,) the vocabulary does not hold the word
    classes: tuple[str, ...]
    start: Array  # (C,) what the model says of no words, which is one unknown word
    forward: Curve  # of the words up to each place, it included; the last place is N
    backward: Curve | None  # of the words from each place on, the first place is 1; if read both ways
    exact: bool  # one reading, from state to state, that leaves no place out; else each was read anew
    how: str  # that in words, with the reason
    unit: str  # what a token is called: "word", or "token" where it can be a part of one
    part: str  # which part of a long text is read, such as "the first"

    @property
    def probabilities(self) -> Array:
        """Of the whole text, (C,)."""
        return np.asarray(self.forward.probabilities[-1])

    @property
    def shown(self) -> int:
        """The class whose probability is drawn: the one predicted of the whole text."""
        return int(self.probabilities.argmax())

    @property
    def label(self) -> str:
        """The predicted class."""
        return self.classes[self.shown]

    @cached_property
    def values(self) -> Array:
        """Probability of the shown class before any word and after each place, (P+1,)."""
        return np.concatenate((self.start[None], self.forward.probabilities))[:, self.shown]

    @cached_property
    def changes(self) -> Array:
        """By how much each word moved the probability of the shown class, (N,).

        The change between two places is shared evenly by the words between them.
        """
        lengths = np.diff(self.forward.places, prepend=0)
        return np.repeat(np.diff(self.values) / lengths, lengths)

    @cached_property
    def turns(self) -> list[Turn]:
        """Where the probability of the shown class, or the label, changed and stayed changed."""
        every = np.concatenate((self.start[None], self.forward.probabilities))
        return turning_points(self.values, every.argmax(1), self.forward.places)

    def quoted(self, turn: Turn) -> str:
        """Return the words of a turn as they stand in the text."""
        return self.text[self.words[turn.first - 1].start : self.words[turn.last - 1].end]

    def remarks(self) -> Iterator[str]:
        """Yield a sentence for each thing that a reader of the trajectory must know of the text."""
        if not self.text.strip():
            yield "The text is empty; what is predicted of it means nothing."
        elif self.unknown.all():
            yield "The model knows no word of this text."
        if self.word_count > len(self.words):
            read = f"{self.part} {len(self.words):,}"
            yield f"The text has {self.word_count:,} {self.unit}s; the model reads {read} of them."

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "text": self.text,
            "label": self.label,
            "probability": float(self.probabilities[self.shown]),
            "probabilities": dict(zip(self.classes, self.probabilities.tolist(), strict=True)),
            "classes": list(self.classes),
            "exact": self.exact,
            "how": self.how,
            "remarks": list(self.remarks()),
            "words": [
                {
                    "text": self.text[word.start : word.end],
                    "start": word.start,
                    "end": word.end,
                    "unknown": new,
                }
                for word, new in zip(self.words, self.unknown.tolist(), strict=True)
            ],
            "start": self.start.tolist(),
            "forward": _curve_json(self.forward),
            "backward": None if self.backward is None else _curve_json(self.backward),
            "turns": [
                {
                    "first": turn.first,
                    "last": turn.last,
                    "text": self.quoted(turn),
                    "before": turn.before,
                    "after": turn.after,
                    "step": turn.step,
                    "labels": None if turn.labels is None else [self.classes[i] for i in turn.labels],
                }
                for turn in self.turns
            ],
        }


def _curve_json(curve: Curve) -> dict[str, Any]:
    return {"places": curve.places.tolist(), "probabilities": curve.probabilities.tolist()}


def trajectory(predictor: Predictor, text: str) -> Trajectory:
    """Return what the model says of a text after each word: what it would say had the text ended there.

    A model that reads one way is asked once, from state to state. Others read the text anew up to each place,
    long texts at some 200 places, evenly spread; those that read both ways are asked of the rest of the text
    as well, from each place to the end.
    """
    pipeline = predictor.model.pipeline
    tokens, (word_count,) = pipeline.encode_with_lengths([text])
    unknown = pipeline.vocabulary.unknown
    exact = predictor.reads_on is None
    forward, backward = _read_once(predictor, tokens) if exact else _read_anew(predictor, tokens)
    return Trajectory(
        text=text,
        words=tuple(pipeline.spans(text)),
        word_count=max(int(word_count), 1),
        unknown=tokens.ids == unknown,
        classes=predictor.classes,
        start=predictor.probabilities(Tokens.of([[unknown]]))[0],
        forward=forward,
        backward=backward,
        exact=exact,
        how=_ONCE if exact else _ANEW + ("reads both ways" if backward else "looks at all of it at once"),
        unit="word" if isinstance(pipeline.tokenizer, Rule) else "token",
        part=_PARTS[pipeline.truncation],
    )


def reading_places(count: int) -> npt.NDArray[np.int64]:
    """Return the places at which a text of so many words is read anew, (P,), evenly spread; all is last."""
    readings = min(count, MOST_READINGS, max(2 * _MOST_WORDS // count, _FEWEST_READINGS))
    return np.linspace(0, count, readings + 1).round().astype(np.int64)[1:]


def _read_once(predictor: Predictor, tokens: Tokens) -> tuple[Curve, None]:
    return Curve(np.arange(1, len(tokens.ids) + 1), predictor.running(tokens)), None


def _read_anew(predictor: Predictor, tokens: Tokens) -> tuple[Curve, Curve | None]:
    network = predictor.model.config.network
    ends = reading_places(len(tokens.ids))
    forward = Curve(ends, predictor.probabilities(_joined([tokens.ids[:end] for end in ends])))
    if not (HAS_DIRECTIONS[network.encoder] and network.bidirectional):
        return forward, None
    starts = len(tokens.ids) + 1 - ends[::-1]  # mirrored, so that the whole text is among these, too
    rests = _joined([tokens.ids[start - 1 :] for start in starts])
    return forward, Curve(starts, predictor.probabilities(rests))


def _joined(texts: Sequence[npt.NDArray[np.int32]]) -> Tokens:
    return Tokens(np.concatenate(texts), np.cumsum([0, *map(len, texts)], dtype=np.int64))
