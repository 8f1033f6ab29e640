"""The colours of report pages, each for light and for dark ground.

Blue, orange and green are those of Okabe & Ito 2008, told apart under every common colour blindness; nothing
on a page is told by colour alone. Words have a contrast of at least 4.5 to their ground, marks one of 3 (WCAG
2.2, 1.4.3 and 1.4.11), which a test holds.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Colour(NamedTuple):
    """One role on light and on dark ground, as "#rrggbb"."""

    light: str
    dark: str


PALETTE: Mapping[str, Colour] = {
    "ground": Colour("#ffffff", "#14171a"),
    "panel": Colour("#f3f5f7", "#1f252a"),
    "ink": Colour("#1b1f23", "#e8eaed"),
    "muted": Colour("#545d66", "#a9b1ba"),
    "line": Colour("#d0d7de", "#3d464f"),
    "blue": Colour("#0072b2", "#56b4e9"),
    "orange": Colour("#d55e00", "#e69f00"),
    "green": Colour("#009e73", "#00b386"),
}

# The colour of a cell is blue of this strength at most, so that words on it can be read.
MOST_HEAT = 0.45


def channels(colour: str) -> str:
    """Return "#0072b2" as "0 114 178", for rgb() with a strength."""
    return " ".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
