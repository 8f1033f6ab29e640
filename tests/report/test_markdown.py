"""Values come out of Markdown as they went in: read by a parser that is not ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markup import Markup

from tenor.report.markdown import code, escape, markdown
from tenor.report.numbers import one_line
from tenor.report.page import Cell, Page, Section, Table, facts

EVIL = (
    "a|b",
    "`code` and ```",
    "<script>alert('x')</script>",
    "*bold* _it_ ~~gone~~",
    "[here](http://example.org) ![p](x)",
    "http://example.org www.example.org",
    "&lt; &#124; $x$",
    "\\| \\",
    "# title",
    "1. one",
    "- item",
    "---",
    "a\nb\t\x1b[31m",
    "\u202eright to left \u05d0",
    "👩‍👩‍👧 ñ",
    "-->",
    "",
)


def read(text: str) -> Markup:
    found = Markup(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    assert not [one for one in found.faults if "scope" not in one]
    return found


@pytest.mark.parametrize("text", EVIL)
def test_a_text_is_shown_as_it_is_wherever_it_stands(text: str) -> None:
    page = Page(
        "title",
        text,
        [
            Section("a", "A", [text], text=text, tables=[facts("caption", [(text, text)])]),
            Section("b", "B", folded=[Table(text or "-", (text,), [[Cell(text, marked=bool(text))]])],
                    folded_title=text, command=f"x {text}"),
        ],
    )  # fmt: skip
    found = read(markdown(page))
    allowed = {"h1", "h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong"}
    assert set(found.tags) <= allowed | {"details", "summary", "pre", "code"}
    assert found.text.count(one_line(text)) >= (9 if one_line(text) else 0)


@given(text=st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_in_a_cell_stays_one_cell(text: str) -> None:
    found = read(markdown(Page("t", "", [Section("a", "A", tables=[facts("c", [("x", text)])])])))
    assert found.tags.count("td") == 2
    assert "".join(found.text.split()) == "".join(f"tAcwhatvaluex{one_line(text)}".split())


def test_numbers_stay_readable() -> None:
    assert escape("91.3 % (89.0-93.2), bilstm-mean-max") == "91.3 % (89.0-93.2), bilstm-mean-max"


def test_a_fence_is_longer_than_any_in_it() -> None:
    found = read("# t\n\n" + code("a\n```\n</code>\n````\nb", "sh"))
    assert found.tags == ["h1", "pre", "code"]
    assert found.text == "t a ``` </code> ```` b"


def test_sections_without_content_are_left_out() -> None:
    assert "nothing" not in markdown(Page("title", "lead", [Section("a", "nothing here")]))
