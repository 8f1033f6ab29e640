"""How the page looks and is used, and what it is made of."""

import re
from html.parser import HTMLParser
from typing import Any

from browsing import Running, explanation, take, that

from tenor.report.palette import MOST_HEAT, PALETTE, channels
from tenor.service.routes.page import STATIC

STYLE = (STATIC / "style.css").read_text("utf-8")


def test_it_is_usable_with_the_keyboard_alone(page: Any) -> None:
    def focus() -> str:
        page.keyboard.press("Tab")
        outline = (
            "getComputedStyle(document.activeElement.closest('.drop') ?? document.activeElement).outlineStyle"
        )
        assert page.evaluate(outline) != "none"  # it is seen where one is
        return page.evaluate(
            "document.activeElement.id || document.activeElement.className || document.activeElement.type"
        )

    assert [focus() for _ in range(4)] == ["skip", "model", "other", "text"]
    page.keyboard.type("good a bad")
    that(page.locator(".chart")).to_have_attribute("aria-valuemax", "3")
    explanation(page)
    assert [focus() for _ in range(2)] == ["clear", "chart"]
    page.keyboard.press("Home")
    that(page.locator(".readout")).to_have_text(re.compile("^after “good”: positive"))
    page.keyboard.press("ArrowRight")
    that(page.locator(".chart")).to_have_attribute("aria-valuetext", re.compile("^after a: positive"))
    assert focus() == "file"


def test_a_phone_needs_no_scrolling_sideways(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.select_option("#other", label="three")
    page.fill("#text", "good " + "x" * 300 + " bad \u05d8\u05d5\u05d1")
    explanation(page, 1)
    rows = b'text,label\n"' + b"y" * 400 + b'",1\ngood,0\n'
    take(page, rows, "a-file-with-quite-a-long-name-that-goes-on-and-on.csv")
    page.get_by_role("button", name="Predict all rows").click()
    that(page.locator("table")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_is_dark_where_that_is_preferred(page: Any) -> None:
    def ground() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    for scheme, place in (("light", 0), ("dark", 1)):
        page.emulate_media(color_scheme=scheme)
        assert ground() == f"rgb({channels(PALETTE['ground'][place]).replace(' ', ', ')})"


def test_text_runs_the_way_of_its_script(page: Any) -> None:
    for text, direction in (("\u05d8\u05d5\u05d1 good", "rtl"), ("good \u05d8\u05d5\u05d1", "ltr")):
        page.fill("#text", text)
        passage = explanation(page).locator(".passage")
        for part in (page.locator("#text"), passage):
            assert part.evaluate("one => getComputedStyle(one).direction") == direction


def test_colours_are_those_of_the_reports() -> None:
    light, dark = (re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL))[:2]
    for place, found in enumerate((light, dark)):
        for role, colour in PALETTE.items():
            assert f"--{role}: {colour[place]};" in found
        for name, role in (("for", "blue"), ("against", "orange")):
            assert f"--{name}: {channels(PALETTE[role][place])};" in found


def test_words_have_the_colours_of_the_reports() -> None:
    script = (STATIC / "words.js").read_text("utf-8")
    assert f"const MOST_HEAT = {MOST_HEAT};" in script  # on which ink can be read


class Outside(HTMLParser):
    """What a page would load or run that is not a file beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        for name, value in given.items():
            loads = name in {"src", "href"} and not (value or "").startswith("#") and value != "docs"
            if name == "style" or name.startswith("on") or (loads and not (STATIC / (value or "")).is_file()):
                self.found.append(f"{tag} {name}={value}")


def test_it_may_load_and_run_nothing_but_its_own_files(page: Any, service: Running) -> None:
    policy = page.request.get(service.address).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy  # no text can become markup
    assert "unsafe" not in policy


def test_it_needs_nothing_from_elsewhere() -> None:
    outside = Outside()
    outside.feed((STATIC / "index.html").read_text("utf-8"))
    assert outside.found == []
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    for script in STATIC.glob("*.js"):
        text = script.read_text("utf-8")
        for name in re.findall(r'from "([^"]+)"', text):
            assert (STATIC / name).is_file()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
        )
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
