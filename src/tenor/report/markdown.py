"""A page as Markdown: CommonMark with the tables of GitHub, which the hub reads too. Every value is escaped.

Pictures, coloured passages and quotations have no form here and are left out.
"""

import html
import re
from collections.abc import Iterator, Sequence

from tenor.report.numbers import one_line
from tenor.report.page import Page, Section, Table
from tenor.report.printable import printable

# Whatever could begin emphasis, code, a link, a formula, a tag, an entity or a cell; at the start of a line,
# a heading or a list; and what some readers make a link of without being asked.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$&]|^[#+=-]|(?<=:)//|(?<=\bwww)\.", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def escape(text: str) -> str:
    """Return a text as a line of Markdown that shows it as it is, but for spaces and control characters."""
    line = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), one_line(text))
    return _NUMBERED.sub(r"\1\\\2", line)


def markdown(page: Page) -> str:
    """Return the page; sections without content are left out."""
    blocks = [f"# {escape(page.title)}", escape(page.lead)]
    for section in page.sections:
        if not section.empty:
            blocks += [f"## {escape(section.title)}", *_blocks(section)]
    return "\n\n".join(blocks) + "\n"


def code(text: str, language: str = "") -> str:
    """Return a block that shows the lines of `text` as they are, in a fence that none of them can end."""
    lines = [printable(line) for line in text.rstrip("\n").split("\n")]
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def table(one: Table) -> str:
    """Return a table below its caption; the columns that hold numbers are set to the right."""
    rules = ["---" if place < one.words else "---:" for place in range(len(one.columns))]
    rows = [[f"**{escape(c.text)}**" if c.marked else escape(c.text) for c in row] for row in one.cells]
    lines = [_row([escape(name) for name in one.columns]), _row(rules), *map(_row, rows)]
    parts = [f"### {escape(one.caption)}", "\n".join(lines), escape(one.note)]
    return "\n\n".join(part for part in parts if part)


def _blocks(section: Section) -> Iterator[str]:
    if section.text:
        yield escape(section.text)
    if section.sentences:
        yield "\n".join(f"- {escape(one)}" for one in section.sentences)
    yield from map(table, section.tables)
    if section.folded:
        yield f"<details>\n<summary>{html.escape(one_line(section.folded_title))}</summary>"
        yield from map(table, section.folded)
        yield "</details>"
    if section.command:
        yield code(section.command, section.language)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
