"""The map of words that speak for a class."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenor.report import pictures
from tenor.report.numbers import percent
from tenor.report.page import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

_COLOURS = (pictures.ORANGE, pictures.BLUE, pictures.GREEN)
_MARKERS = ("s", "o", "^", "D", "v", "P", "X", "*")
_HEIGHT, _LARGE = 380, (640, 520)  # units; in a page, as a PNG
_LONGEST = 18  # characters of a word
_MARK, _GAP = 4.5, 4  # units: the size of a mark, from its middle to its word
# Where a word may stand beside its mark: horizontal and vertical alignment, and the way to go.
_PLACES: Sequence[tuple[str, str, int, int]] = (
    ("left", "center", 1, 0),
    ("right", "center", -1, 0),
    ("center", "bottom", 0, 1),
    ("center", "top", 0, -1),
    ("left", "bottom", 1, 1),
    ("right", "bottom", -1, 1),
    ("left", "top", 1, -1),
    ("right", "top", -1, -1),
)

WordMap = Mapping[str, Any]


def word_map(found: WordMap) -> Iterator[Picture]:
    """Yield the map of an inspection's values, if there are words on it."""
    if not found["points"]:
        return
    figure, named = _drawn(found, _HEIGHT, pictures.WIDTH)
    svg = pictures.svg(figure, "word-map", "Words that speak for a class, on a plane", _told(found))
    yield Picture(svg, _caption(found, named))


def save_word_map(found: WordMap, path: Path) -> None:
    """Draw the map as a PNG file. Raises `MissingExtraError` without matplotlib, `StorageError`."""
    width, height = _LARGE
    pictures.png(_drawn(found, height, width)[0], path)


def _drawn(found: WordMap, height: float, width: float) -> tuple["Figure", int]:
    """Draw marks, then as many words as find room; return the figure and how many did."""
    figure = pictures.canvas(height, width)
    axes = figure.subplots()
    pictures.plain(axes, grid="both")
    axes.tick_params(labelbottom=False, labelleft=False)
    axes.margins(0.12, 0.06)
    labels = list(dict.fromkeys(point["label"] for point in found["points"]))
    told_apart = len(labels) <= len(_MARKERS)
    colours = [_COLOURS[number % len(_COLOURS)] for number in range(len(labels))]
    if not told_apart:
        colours = [pictures.BLUE] * len(labels)
    for label, colour, marker in zip(labels, colours, itertools.cycle(_MARKERS), strict=False):
        own = [point for point in found["points"] if point["label"] == label]
        axes.plot(
            [point["x"] for point in own], [point["y"] for point in own], color=colour, linestyle="",
            marker=marker if told_apart else "o", markersize=_MARK, label=pictures.shortened(label),
        )  # fmt: skip
    across, up = (percent(share) for share in found["shares"])
    axes.set_xlabel(f"first direction: {across} of the differences")
    axes.set_ylabel(f"second: {up}")
    if told_apart:
        legend = figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=pictures.SMALL,
                               labelcolor=pictures.INK, handletextpad=0.2, columnspacing=1.2)  # fmt: skip
        for text in legend.get_texts():
            text.set_parse_math(False)  # a class may be named "$5 to $10"
    with pictures.any_script():
        figure.draw_without_rendering()  # now the axes have their size
        named = _named(axes, found["points"], figure.dpi / 72)
    return figure, named


def _named(axes: "Axes", points: Sequence[Mapping[str, Any]], scale: float) -> int:
    """Write words beside their marks, the strongest first, where nothing else stands; return how many."""
    from matplotlib.transforms import Bbox

    marks = axes.transData.transform([(point["x"], point["y"]) for point in points])
    half = _MARK / 2 * scale
    taken = [Bbox.from_extents(x - half, y - half, x + half, y + half) for x, y in marks]
    order = sorted(range(len(points)), key=lambda number: -points[number]["value"])
    named = 0
    for number in order:
        box = _write(axes, points[number], taken[:number] + taken[number + 1 :], scale)
        if box is not None:
            taken.append(box)
            named += 1
    return named


def _write(axes: "Axes", point: Mapping[str, Any], taken: Sequence["Bbox"], scale: float) -> "Bbox | None":
    """Write one word at the first free place beside its mark; None: there is none."""
    for across, up, right, above in _PLACES:
        text = axes.annotate(
            pictures.shortened(point["text"], _LONGEST), (point["x"], point["y"]),
            xytext=(right * _GAP, above * _GAP), textcoords="offset points", ha=across, va=up,
            fontsize=pictures.SMALL, color=pictures.INK, parse_math=False, in_layout=False,
        )  # fmt: skip
        box = text.get_window_extent().padded(scale / 2)
        inside = axes.bbox.containsx(box.x0) and axes.bbox.containsx(box.x1)
        inside = inside and axes.bbox.containsy(box.y0) and axes.bbox.containsy(box.y1)
        if inside and not box.count_overlaps(taken):
            return box
        text.remove()
    return None


def _caption(found: WordMap, named: int) -> str:
    left = len(found["points"]) - named
    without = (
        "" if not left else f" {left} of {len(found['points'])} are marked without their name, for room."
    )
    return (
        "Where the vectors of the words that speak most for each class lie, in the two directions in which "
        f"they differ most, each drawn to its own scale.{without}"
    )


def _told(found: WordMap) -> str:
    words: dict[str, list[str]] = {}
    for point in found["points"]:
        words.setdefault(point["label"], []).append(point["text"])
    return "; ".join(f"for {label}: {', '.join(some)}" for label, some in words.items())
