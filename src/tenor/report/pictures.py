"""Matplotlib figures as inline SVG for a page, or as PNG files.

In a page, words stay words, every id bears the name of its picture, and colours are those of the page, so
that a picture follows it from light to dark. Figures are 320 units wide: on a telephone their words keep
their size.
"""

import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tenor.errors import MissingExtraError
from tenor.files import atomic_file
from tenor.report.palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 320  # units of the picture, one point in print
TEXT, SMALL = 12.5, 11  # font sizes in the same units
INK, MUTED, LINE, GROUND = (PALETTE[name].light for name in ("ink", "muted", "line", "ground"))
BLUE, ORANGE, GREEN = (PALETTE[name].light for name in ("blue", "orange", "green"))

_POINTS = 72  # to an inch
_DPI = 200
# Figures are drawn in the light colours; in a page each becomes the colour of its role.
_ROLES = {colour.light.lower(): f"var(--{role})" for role, colour in PALETTE.items()}


def canvas(height: float, width: float = WIDTH) -> "Figure":
    """Return an empty figure of that size in units. Raises `MissingExtraError` without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "train") from error
    size = (width / _POINTS, height / _POINTS)
    return Figure(figsize=size, dpi=_DPI, layout="constrained", facecolor=GROUND)


def plain(axes: "Axes", *, grid: Literal["x", "y", "both"] = "y") -> None:
    """Style axes quietly: few lines, the grid behind the data."""
    axes.set_facecolor("none")
    axes.tick_params(labelsize=SMALL, colors=MUTED, length=0)
    axes.grid(axis=grid, color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=MUTED, fontsize=SMALL)


def svg(figure: "Figure", name: str, title: str, description: str) -> str:
    """Return a figure as an SVG element with title and description; `name` is unique in the page."""
    import matplotlib as mpl

    buffer = io.StringIO()
    bare = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}), any_script():
        figure.savefig(buffer, format="svg", transparent=True, metadata=bare)
    text = buffer.getvalue()
    box = re.search(r'viewBox="([^"]+)"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    # Within tags alone: a class may be named id="x" or #ffffff.
    body = re.sub(r"<[^>]*>", lambda tag: _in_page(tag[0], name), body)
    return (
        f'<svg role="img" viewBox="{box[1] if box else ""}" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{html.escape(title)}</title>'
        f'<desc id="{name}-desc">{html.escape(description)}</desc>{body}'
    )


def png(figure: "Figure", path: Path) -> None:
    """Write a figure as a PNG file. Raises `StorageError` when it cannot be written."""
    with atomic_file(path) as temporary, any_script():
        # The format is given because the temporary name has another ending.
        figure.savefig(temporary, format="png", dpi=_DPI)


def shortened(name: str, length: int = 24) -> str:
    """Return a name that fits into a picture."""
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _in_page(tag: str, name: str) -> str:
    """Return a tag with ids of this picture and colours of the page."""
    tag = re.sub(r'\bid="', f'id="{name}-', tag)
    tag = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', tag)
    tag = tag.replace("url(#", f"url(#{name}-")
    tag = re.sub(r"(font: [^\";]*?[\d.]+px) [^\";]*", r"\1 sans-serif", tag)
    return re.sub(r"#[0-9a-fA-F]{6}\b", lambda found: _ROLES.get(found[0].lower(), found[0]), tag)


@contextmanager
def any_script() -> Iterator[None]:
    """Let names in scripts without glyphs in the font pass: in a page the browser has them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield
