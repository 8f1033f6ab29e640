"""Report pages: one HTML file without scripts or outside resources, from templates and plain values.

Every value is escaped by the templates; only the pictures, which `pictures` makes, go in as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from tenor.errors import MissingExtraError
from tenor.report import numbers, palette
from tenor.report.passage import Piece

if TYPE_CHECKING:
    from jinja2 import Environment


QUOTED = 800  # characters of a text that a page quotes at most


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text, and how strongly it is coloured, from 0 to 1."""

    text: str
    heat: float | None = None
    marked: bool = False  # in bold
    tip: str = ""  # what a reader without sight, or with a pointer, is told beside the text

    @property
    def strength(self) -> str:
        """The strength of the colour as CSS has it."""
        return f"{palette.MOST_HEAT * min(max(self.heat or 0.0, 0.0), 1.0):.3f}"


@dataclass(frozen=True)
class Table:
    """A table: the first `words` columns hold words, the first of them names the row, all others numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    words: int = 1
    note: str = ""

    @property
    def cells(self) -> list[list[Cell]]:
        """Every row with all its cells as `Cell`."""
        return [[one if isinstance(one, Cell) else Cell(one) for one in row] for row in self.rows]


@dataclass(frozen=True)
class Picture:
    """A drawn figure: its SVG, already safe, and the caption below it."""

    svg: str
    caption: str
    legend: Sequence[str] = ()  # what the numbers in the picture stand for, from 1
    small: bool = False


@dataclass(frozen=True)
class Reading:
    """What one model made of a text."""

    model: str
    label: str
    probability: float
    right: bool | None = None


@dataclass(frozen=True)
class Quote:
    """A text of the data, what its label is and how it was read."""

    text: str
    label: str
    readings: Sequence[Reading]
    remark: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a page: its heading, then whatever of these there is, in this order."""

    id: str
    title: str
    sentences: Sequence[str] = ()  # a list
    text: str = ""
    passage: Sequence[Piece] = ()  # a text with its words in colour
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    folded: Sequence[Table] = ()  # behind a line that opens them
    folded_title: str = ""
    quotes: Sequence[Quote] = ()
    command: str = ""
    language: str = ""  # that the command is written in
    kind: str = ""  # "warning" for what must not be overlooked, "beside" for narrow tables side by side

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        parts = (
            self.sentences,
            self.text,
            self.passage,
            self.pictures,
            self.tables,
            self.folded,
            self.quotes,
            self.command,
        )
        return not any(parts)


@dataclass(frozen=True)
class Page:
    """A whole page."""

    title: str
    lead: str
    sections: Sequence[Section] = field(default_factory=tuple)

    def render(self) -> str:
        """Return the page as HTML; sections without content are left out.

        Raises `MissingExtraError` without Jinja2.
        """
        from markupsafe import Markup

        sections = [section for section in self.sections if not section.empty]
        template = _environment().get_template("page.html")
        # A picture's words were escaped where it was drawn.
        return template.render(page=self, sections=sections, palette=palette.PALETTE, safe_svg=Markup)


def facts(caption: str, values: Sequence[tuple[str, str]], what: str = "what", which: str = "value") -> Table:
    """Return a table of two columns, names and their values, both of them words."""
    return Table(caption, (what, which), [list(pair) for pair in values], words=2)


@cache
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("jinja2", "train") from error
    made = Environment(
        loader=PackageLoader("tenor.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"percent": numbers.percent, "channels": palette.channels}
    made.filters.update(filters)
    return made
