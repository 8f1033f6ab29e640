"""A trajectory in sentences, the same in a terminal, a page and a picture."""

from tenor.explain.trajectory import Trajectory
from tenor.explain.turning import Turn
from tenor.report.numbers import excerpt, percent
from tenor.report.pictures import shortened
from tenor.report.printable import printable

_MOST_QUOTED = 40  # characters of several words
_MOSTLY = 0.6  # of a change, by which a word is said to have made it


def verdict(found: Trajectory) -> str:
    """Return the prediction for the whole text."""
    return f"In the end: {found.label}, {percent(float(found.probabilities[found.shown]))}."


def turn_sentence(found: Trajectory, turn: Turn) -> str:
    """Return what a turn was: `"but" (word 12) moved it from 0.31 to 0.78`, and if the label changed.

    A word that made only a part of the change is said to stand near it.
    """
    moved = f"from {turn.before:.2f} to {turn.after:.2f}"
    if turn.first < turn.last:
        words = excerpt(printable(found.quoted(turn)), _MOST_QUOTED)
        said = f'{found.unit}s {turn.first:,} to {turn.last:,} ("{words}") moved it {moved}'
    else:
        word = f'"{quoted_word(found, turn)}" ({found.unit} {turn.last:,})'
        if not turn.change or turn.step / turn.change >= _MOSTLY:
            said = f"{word} moved it {moved}"
        else:
            said = f"around {word} it moved {moved}; that {found.unit} alone: {turn.step:+.2f}"
    if turn.labels is None:
        return said
    old, new = (found.classes[place] for place in turn.labels)
    return f"{said}; the label changed from {old} to {new}"


def quoted_word(found: Trajectory, turn: Turn) -> str:
    """Return the word of a turn, or the last of its words, short enough for a line."""
    word = found.words[turn.last - 1]
    return shortened(printable(found.text[word.start : word.end]).strip())


def how_sentence(found: Trajectory) -> str:
    """Return what was computed."""
    places = len(found.forward.places)
    where = f"each {found.unit}" if places == len(found.words) else f"{places:,} places of the text"
    said = f"The probability of {found.label} after {where}; {found.how}."
    if found.backward is None:
        return said
    return f"{said} The other line is what the model says of the rest of the text, from each {found.unit} on."
