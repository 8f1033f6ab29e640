"""`Piece`: a text in pieces, its words weighted, for a terminal or a page.

A weight is from -1, which speaks against the class that is shown, to 1, which speaks for it. It colours the
word, and how it is underlined says the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenor.report.numbers import count
from tenor.report.palette import MOST_HEAT
from tenor.report.printable import printable
from tenor.text.token import Token

MOST_WORDS = 400  # a longer text is shown in parts
_AROUND = 25  # words shown before and after a marked one, and at both ends
_LONGEST_GAP = 120  # characters between two words that are shown: what is longer the model has not read
_FAINT = 0.1  # weights below have no colour


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a text, what stands between two words, or a note about what was left out."""

    text: str
    weight: float = 0.0
    mark: str = ""  # stands behind the word
    tip: str = ""
    note: bool = False

    @property
    def kind(self) -> str:
        """How it is drawn: "note", "for", "against", or not at all."""
        if self.note:
            return "note"
        return "" if abs(self.weight) < _FAINT else "for" if self.weight > 0 else "against"

    @property
    def strength(self) -> str:
        """The strength of its colour as CSS has it."""
        return f"{MOST_HEAT * min(abs(self.weight), 1.0):.3f}"


def passage(
    text: str,
    words: Sequence[Token],
    weights: npt.NDArray[np.float64],
    *,
    marks: Mapping[int, str] | None = None,
    tips: Sequence[str] = (),
) -> list[Piece]:
    """Return the pieces of a text; of one longer than `MOST_WORDS`, both ends and what is near the marks.

    Words that share their place, as parts of one character may, are one piece with their weights added.

    Args:
        text: as it was given; its pieces are printable.
        words: (N,) words with their places, in order.
        weights: (N,) of each word.
        marks: word number from 1 -> what is written behind it.
        tips: (N,) what is said of each word, if anything.
    """
    marks = marks or {}
    kept = _kept(len(words), marks)
    text = printable(text)
    pieces: list[Piece] = []
    done, left_out = 0, 0
    for number, (word, weight) in enumerate(zip(words, weights.tolist(), strict=True), 1):
        if not kept[number - 1]:
            left_out += 1
            continue
        mark, tip = marks.get(number, ""), tips[number - 1] if tips else ""
        if left_out:
            pieces.append(Piece(f" … {count(left_out, 'word')} … ", note=True))
            done, left_out = word.start, 0
        elif pieces and word.end <= done:
            pieces[-1] = replace(pieces[-1], weight=pieces[-1].weight + weight, mark=pieces[-1].mark + mark)
            continue
        pieces += _between(text[done : word.start])
        pieces.append(Piece(text[max(word.start, done) : word.end], weight, mark, tip))
        done = word.end
    return [*pieces, *_between(text[done:])]


def _between(text: str) -> list[Piece]:
    if len(text) > _LONGEST_GAP:
        return [Piece(" … not read … ", note=True)]
    return [Piece(text)] if text else []


def _kept(words: int, marks: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Return which words are shown, (N,)."""
    kept = np.full(words, words <= MOST_WORDS)
    for number in (1, *marks, words):
        kept[max(number - 1 - _AROUND, 0) : number + _AROUND] = True
    return kept
