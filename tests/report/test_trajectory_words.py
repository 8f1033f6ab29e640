"""A trajectory in sentences: what a word did is said of it, and no more."""

import numpy as np
import pytest

from tenor.explain.trajectory import Curve, Trajectory
from tenor.explain.turning import Turn
from tenor.report.trajectory_terminal import trajectory_parts
from tenor.report.trajectory_words import how_sentence, turn_sentence, verdict
from tenor.text.words import spans

TEXT = "the film was \x1bdull but great"


def read(shares: list[float], places: list[int] | None = None, text: str = TEXT) -> Trajectory:
    """Return a trajectory of three classes; the first has these shares, from before any word on."""
    rows = np.array([[share, (1 - share) * 0.6, (1 - share) * 0.4] for share in shares])
    words = tuple(spans(text))
    return Trajectory(
        text, words, len(words), np.zeros(len(words), np.bool_), ("good", "poor", "mixed"), rows[0],
        Curve(np.array(places or range(1, len(shares))), rows[1:]), None, True, "so", "word", "the first",
    )  # fmt: skip


def test_a_word_that_made_the_change_is_said_to_have_made_it() -> None:
    found = read([0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.9])
    down, up = (turn_sentence(found, turn) for turn in found.turns)
    assert down == '"dull" (word 4) moved it from 0.50 to 0.10; the label changed from good to poor'
    assert up == '"great" (word 6) moved it from 0.10 to 0.90; the label changed from poor to good'
    assert verdict(found) == "In the end: good, 90.0 %."


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(5, 5, 0.3, 0.8, 0.2),
         'around "but" (word 5) it moved from 0.30 to 0.80; that word alone: +0.20'),
        (Turn(5, 6, 0.3, 0.8, 0.4), '"but great" (words 5 to 6) moved it from 0.30 to 0.80'),
        (Turn(5, 6, 0.8, 0.3, -0.1),
         'around "but great" (words 5 to 6) it moved from 0.80 to 0.30; those words alone: -0.10'),
        (Turn(5, 5, 0.2, 0.2, 0.0, (1, 2)),
         '"but" (word 5) moved it from 0.20 to 0.20; the label changed from poor to mixed'),
    ],
)  # fmt: skip
def test_a_word_that_made_a_part_is_not(turn: Turn, said: str) -> None:
    assert turn_sentence(read([0.5] * 7), turn) == said


def test_a_word_of_any_length_fits_into_a_line() -> None:
    found = read([0.1, 0.9], text="w" * 5000)
    assert len(turn_sentence(found, found.turns[0])) < 120


def test_it_is_said_when_places_were_left_out() -> None:
    assert "after each word" in how_sentence(read([0.5] * 7))
    assert "at 3 places of the text" in how_sentence(read([0.5] * 4, [2, 4, 6]))


@pytest.mark.parametrize("width", [1, 20, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_terminal_of_any_kind(width: int, ascii_only: bool) -> None:
    found = read([0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.9])
    lines = [part.plain for part in trajectory_parts(found, width=width, ascii_only=ascii_only)]
    assert "\x1b" not in "".join(lines)
    assert all(line.isascii() for line in lines[1:]) == ascii_only
    for number, row in enumerate((4, 6), 1):
        assert width < 20 or lines[5][9 + 3 * row if width > 20 else 9 + row] == str(number)
