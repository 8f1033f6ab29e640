"""A trajectory in words: the text in colour, and sentences; the same in a terminal, a page and a picture."""

from collections.abc import Mapping, Sequence

from tenor.explain.trajectory import Trajectory
from tenor.explain.turning import Turn
from tenor.report.numbers import excerpt, percent
from tenor.report.passage import Piece, passage
from tenor.report.pictures import shortened
from tenor.report.printable import printable

_MOST_QUOTED = 40  # characters of several words
_FULL = 0.4  # a word that moved the probability by so much has all the colour
_MOSTLY = 0.6  # of a change, by which a word is said to have made it


def coloured_words(found: Trajectory, marks: Mapping[int, str], tips: Sequence[str] = ()) -> list[Piece]:
    """Return the text, each word weighted by the change it made; marks and tips are those of `passage`."""
    return passage(found.text, found.words, found.changes / _FULL, marks=marks, tips=tips)


def verdict(found: Trajectory) -> str:
    """Return the prediction for the whole text."""
    return f"In the end: {printable(found.label)}, {percent(float(found.probabilities[found.shown]))}."


def turn_sentence(found: Trajectory, turn: Turn) -> str:
    """Return what a turn was: `"but" (word 12) moved it from 0.31 to 0.78`, and if the label changed.

    A word that made only a part of the change is said to stand near it.
    """
    unit, moved = found.unit, f"from {turn.before:.2f} to {turn.after:.2f}"
    if turn.first == turn.last:
        what, alone = f'"{quoted_word(found, turn)}" ({unit} {turn.last:,})', f"that {unit} alone"
    else:
        words = excerpt(found.quoted(turn), _MOST_QUOTED)
        what, alone = f'"{words}" ({unit}s {turn.first:,} to {turn.last:,})', f"those {unit}s alone"
    if not turn.change or turn.step / turn.change >= _MOSTLY:
        said = f"{what} moved it {moved}"
    else:
        said = f"around {what} it moved {moved}; {alone}: {turn.step:+.2f}"
    if turn.labels is None:
        return said
    old, new = (printable(found.classes[place]) for place in turn.labels)
    return f"{said}; the label changed from {old} to {new}"


def quoted_word(found: Trajectory, turn: Turn) -> str:
    """Return the word of a turn, or the last of its words, short enough for a line."""
    word = found.words[turn.last - 1]
    return shortened(printable(found.text[word.start : word.end]).strip())


def how_sentence(found: Trajectory) -> str:
    """Return what was computed."""
    places = len(found.forward.places)
    where = f"after each {found.unit}" if places == len(found.words) else f"at {places:,} places of the text"
    said = f"The probability of {printable(found.label)} {where}; {found.how}."
    if found.backward is None:
        return said
    return f"{said} The other line is what the model says of the rest of the text, from each {found.unit} on."
