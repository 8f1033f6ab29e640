"""The curve of a trajectory, as a picture in a page or as a PNG file."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.explain.trajectory import Trajectory
from tenor.report import pictures
from tenor.report.numbers import percent
from tenor.report.page import Picture
from tenor.report.trajectory_words import how_sentence, quoted_word, turn_sentence, verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_POINTS = 1000  # more cannot be told apart
_WIDTH, _HEIGHT, _LINE = 480, 230, 15  # units; _LINE is the height of a line of words
_COLUMNS = 58  # of such a line


def trajectory_picture(found: Trajectory, name: str) -> Picture:
    """Return the curve for a page in which `name` is unique; turning points are numbered."""
    figure = pictures.canvas(pictures.WIDTH * 0.62)
    _draw(figure.subplots(), found)
    _legend(figure, found)
    title = f"Probability of {found.label} after each {found.unit}"
    told = " ".join(f"{turn_sentence(found, turn)}." for turn in found.turns)
    start = f"It begins at {percent(float(found.values[0]))}."
    return Picture(
        pictures.svg(figure, name, title, f"{start} {told} {verdict(found)}"),
        f"{how_sentence(found)} Begins with what the model says of no words.",
        [quoted_word(found, turn) for turn in found.turns],
    )


def write_png(found: Trajectory, path: Path) -> None:
    """Draw curve and turning points into a PNG file.

    Raises `MissingExtraError` without matplotlib, `StorageError` when it cannot be written.
    """
    import textwrap

    sentences = [f"{number}  {turn_sentence(found, turn)}" for number, turn in enumerate(found.turns, 1)]
    below = [line for one in (*sentences, verdict(found)) for line in textwrap.wrap(one, _COLUMNS)]
    figure = pictures.canvas(_HEIGHT + _LINE * (len(below) + 1), _WIDTH)
    above, words = figure.subplots(2, 1, height_ratios=[_HEIGHT, _LINE * (len(below) + 1)])
    _draw(above, found)
    _legend(figure, found)
    words.set_axis_off()
    words.text(0, 1, "\n".join(below), va="top", ha="left", fontsize=pictures.SMALL, color=pictures.INK,
               transform=words.transAxes, parse_math=False)  # fmt: skip
    pictures.png(figure, path)


def _draw(axes: "Axes", found: Trajectory) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    pictures.plain(axes)
    axes.axhline(0.5, color=pictures.MUTED, linewidth=1, linestyle=":")
    places = np.concatenate(([0], found.forward.places))
    axes.plot(*_thinned(places, found.values), color=pictures.BLUE, linewidth=2,
              label="read so far")  # fmt: skip
    if found.backward is not None:
        rest = _thinned(found.backward.places, found.backward.probabilities[:, found.shown])
        axes.plot(*rest, color=pictures.ORANGE, linewidth=1.6, linestyle="--",
                  label="read from here on")  # fmt: skip
    for number, turn in enumerate(found.turns, 1):
        value = found.values[np.searchsorted(places, turn.last)]
        axes.annotate(str(number), (turn.last, value), xytext=(0, 7 if turn.change >= 0 else -7),
                      textcoords="offset points", ha="center", va="bottom" if turn.change >= 0 else "top",
                      fontsize=pictures.SMALL, color=pictures.INK, fontweight="bold")  # fmt: skip
        axes.plot([turn.last], [value], marker="o", markersize=5, color=pictures.BLUE)
    axes.set_ylim(-0.08, 1.08)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1.0, symbol=" %", decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axes.set_xlabel(found.unit)
    axes.set_ylabel(pictures.shortened(found.label), parse_math=False)


def _legend(figure: "Figure", found: Trajectory) -> None:
    """Tell two lines apart; one needs no legend."""
    if found.backward is not None:
        figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=pictures.SMALL,
                      labelcolor=pictures.INK, handlelength=2, columnspacing=1.2)  # fmt: skip


def _thinned(
    places: npt.NDArray[np.int64], values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    at = np.unique(np.linspace(0, len(places) - 1, _MOST_POINTS).round().astype(np.int64))
    return places[at], values[at]
