"""A trajectory in a terminal: coloured words, a line of blocks, the turning points as sentences."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.explain.trajectory import Trajectory
from tenor.report.palette import PALETTE
from tenor.report.passage import Piece
from tenor.report.printable import printable
from tenor.report.sparkline import ASCII, BLOCKS, columns, sparkline
from tenor.report.trajectory_words import coloured_words, how_sentence, turn_sentence, verdict

if TYPE_CHECKING:
    from rich.text import Text

_MOST_COLUMNS = 96
_UPPER, _LOWER = "50-100 % ", "  0-50 % "
_STRONG = 0.5  # weight from which a word is bold
# Blue and orange of light ground have a contrast of at least 3 to black as well.
_COLOURS = {"for": PALETTE["blue"].light, "against": PALETTE["orange"].light}


def trajectory_parts(found: Trajectory, *, width: int, ascii_only: bool = False) -> "Iterator[Text]":
    """Yield the lines of a trajectory on a terminal of that many columns; only the words are broken."""
    from rich.text import Text

    up, down = "^v" if ascii_only else "▲▼"
    marks = {
        turn.last: f"[{down if turn.change < 0 else up}{number}]"
        for number, turn in enumerate(found.turns, 1)
    }
    yield coloured(coloured_words(found, marks))
    yield Text()
    yield from _lines(found, min(width - len(_UPPER), _MOST_COLUMNS), ASCII if ascii_only else BLOCKS)
    yield Text()
    for number, turn in enumerate(found.turns, 1):
        yield Text(f"{number}  {turn_sentence(found, turn)}")
    if not found.turns:
        yield Text("There is no turning point.")
    yield Text(verdict(found), style="bold")
    for remark in (*found.remarks(), how_sentence(found)):
        yield Text(remark, style="dim")


def coloured(pieces: Iterable[Piece]) -> "Text":
    """Return a text with its words in colour, the strong ones bold and underlined."""
    from rich.text import Text

    made = Text()
    for piece in pieces:
        style = "dim" if piece.note else _COLOURS.get(piece.kind, "")
        if abs(piece.weight) >= _STRONG:
            style = f"bold underline {style}"
        made.append(piece.text, style)
        made.append(piece.mark, "bold")
    return made


def _lines(found: Trajectory, width: int, blocks: str) -> "Iterator[Text]":
    from rich.text import Text

    read = columns(len(found.words) + 1, max(width, 1))  # words read at each column
    places = found.forward.places
    forward = found.values[np.searchsorted(places, read, side="right")]
    yield Text(f'probability of "{printable(found.label)}" after each {found.unit}')
    yield from _blocks(forward, blocks)
    marks = [" "] * len(read)
    for number, turn in enumerate(found.turns, 1):
        marks[min(int(np.searchsorted(read, turn.last)), len(read) - 1)] = str(number)
    if found.turns:
        yield Text(" " * len(_UPPER) + "".join(marks).rstrip())
    if found.backward is not None:
        rest = found.backward.probabilities[:, found.shown]
        at = np.searchsorted(found.backward.places, np.maximum(read, 1), side="right") - 1
        yield Text(f"of the rest of the text, read from each {found.unit} on")
        yield from _blocks(rest[at], blocks)


def _blocks(values: npt.NDArray[np.float64], blocks: str) -> "Iterator[Text]":
    from rich.text import Text

    for name, line in zip((_UPPER, _LOWER), sparkline(values, blocks), strict=True):
        made = Text(name, style="dim")
        for character, value in zip(line, values.tolist(), strict=True):
            made.append(character, _COLOURS["for" if value >= 0.5 else "against"])
        yield made
