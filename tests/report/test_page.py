"""Pages: valid, escaped, readable in light and dark; pictures that do not clash."""

import sys

import pytest
from markup import Markup, read

from tenor.errors import MissingExtraError
from tenor.report import page, pictures
from tenor.report.frontier import frontier
from tenor.report.page import Cell, Page, Picture, Quote, Reading, Section, Table
from tenor.report.palette import MOST_HEAT, PALETTE
from tenor.report.passage import Piece

EVIL = "<script>alert('x')</script>"


def drawn(name, word="word"):
    figure = pictures.canvas(100)
    axes = figure.subplots()
    axes.plot([1, 2, 3], [1, 3, 2], marker="o", color=pictures.BLUE)
    axes.text(1, 1, word, parse_math=False, color=pictures.INK)
    return pictures.svg(figure, name, f"title {word}", f"description {word}")


def whole(text):
    section = Section(
        "a", text, [text], text=text,
        passage=[Piece(text, 0.5, text, text), Piece(text, -0.5), Piece(text), Piece(text, note=True)],
        pictures=[Picture(drawn("one", text), text, [text])],
        tables=[Table(text, (text, text), [[text, Cell(text, 0.5, True, text)]], note=text)],
        folded=[Table(text, (text,), [[text]])], folded_title=text,
        quotes=[Quote(text, text, [Reading(text, text, 0.5, True)], text)], command=text,
    )  # fmt: skip
    return Page(text, text, [section]).render()


@pytest.mark.parametrize(
    "text", [EVIL, '" onload="alert(1)', "a & b", "]]> --> </svg>", "{{ 7 * 7 }}", "$x^2$"]
)
def test_whatever_a_text_holds_it_stays_text(text):
    found = read(whole(text))
    assert found.text.count(" ".join(text.split())) >= 15


def test_pictures_side_by_side_do_not_share_ids():
    both = Markup(f"<h1></h1>{drawn('one')}{drawn('two')}")
    assert both.faults == []
    assert len(both.ids) > 6


def test_a_picture_holds_words_as_words_and_the_colours_of_the_page():
    svg = drawn("one", '#0072b2 id="x" ünï 商品')
    assert '#0072b2 id="x" ünï 商品' in Markup(f"<h1></h1>{svg}").text
    assert "stroke: var(--blue)" in svg
    assert "fill: var(--ink)" in svg
    assert "http" not in svg


def test_drawing_leaves_the_callers_settings_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    drawn("one")
    assert dict(matplotlib.rcParams) == before


def test_sections_without_content_are_left_out():
    found = read(Page("t", "l", [Section("empty", "Empty"), Section("full", "Full", ["a"])]).render())
    assert "full" in found.ids
    assert "empty" not in found.ids


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(colour, ground, strength):
    parts = [
        round(strength * int(colour[s : s + 2], 16) + (1 - strength) * int(ground[s : s + 2], 16))
        for s in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("ground", [0, 1])
def test_words_and_marks_stand_out(ground):
    colour = {role: found[ground] for role, found in PALETTE.items()}
    hottest = mixed(colour["blue"], colour["ground"], MOST_HEAT)
    against = mixed(colour["orange"], colour["ground"], MOST_HEAT)
    for words, below in (("ink", colour["ground"]), ("muted", colour["ground"]), ("ink", colour["panel"]),
                         ("muted", colour["panel"]), ("ink", hottest), ("ink", against)):  # fmt: skip
        assert contrast(colour[words], below) >= 4.5, (words, below)
    for mark in ("blue", "orange", "green"):
        assert contrast(colour[mark], colour["ground"]) >= 3, mark


def test_the_frontier_is_what_nothing_cheaper_equals():
    points = [(3, 0.9), (1, 0.8), (2, 0.7), (4, 0.9), (1, 0.6), (5, 0.95)]
    assert frontier(points) == [1, 0, 5]
    for place, (cost, value) in enumerate(points):
        beaten = any(c <= cost and v >= value and (c, v) != (cost, value) for c, v in points)
        assert (place in frontier(points)) is not beaten
    assert frontier([]) == []


def test_without_jinja_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    page._environment.cache_clear()
    with pytest.raises(MissingExtraError, match=r'pip install "tenor\[train\]"'):
        Page("t", "l", []).render()
    page._environment.cache_clear()
