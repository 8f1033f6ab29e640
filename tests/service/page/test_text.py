"""One text: needle, line and words."""

import csv
import json
import re
from pathlib import Path
from typing import Any

from browsing import explanation, positive, stands_at, that

from tenor.inference.predictor import Predictor


def frames(page: Any) -> list[str]:
    """Load the page again; return the list of what it sends over WebSockets from then on."""
    sent: list[str] = []

    def watch(socket: Any) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))  # noqa: PLW0108 - it is given an attribute

    page.on("websocket", watch)
    page.reload()
    that(page.locator(".reading")).to_have_count(1)
    return sent


def test_the_needle_moves_with_each_word(page: Any, predictors: dict[str, Predictor]) -> None:
    talk, text, before = predictors["talk"], "", None
    for word in ("a", " good", " b", " good", " bad", " bad"):
        page.locator("#text").press_sequentially(word)
        text += word
        stands_at(page, positive(talk, text))
        turned = page.locator(".pointer").evaluate("one => one.style.transform")
        assert turned != before
        before = turned
    that(page.locator("#count")).to_have_text("6 words")
    that(page.locator(".chart")).to_have_attribute("aria-valuemax", "6")  # the line has all of them


def test_only_what_is_new_is_sent(page: Any, predictors: dict[str, Predictor]) -> None:
    sent = frames(page)
    area = page.locator("#text")
    area.press_sequentially("good a b c bad")
    stands_at(page, positive(predictors["talk"], "good a b c bad"))
    assert sum('"restart":true' in frame for frame in sent) == 1
    area.evaluate("one => one.setSelectionRange(6, 6)")
    del sent[:]
    area.press_sequentially(" bad")
    stands_at(page, positive(predictors["talk"], "good a bad b c bad"))
    that(page.locator(".chart")).to_have_attribute("aria-valuemax", "6")
    again = [frame for frame in sent if '"restart":true' in frame]
    assert again
    assert all('"text":"good a' in frame for frame in again)  # what stands before it, in one piece
    area.fill("d")
    stands_at(page, positive(predictors["talk"], "d"))


def test_a_long_text_is_read_in_few_pieces(page: Any, predictors: dict[str, Predictor]) -> None:
    sent = frames(page)
    text = "a good b bad c good " * 500 + "h"
    page.fill("#text", text)
    stands_at(page, positive(predictors["talk"], text))
    that(page.locator(".chart")).to_have_attribute("aria-valuetext", re.compile("^after h:"))
    that(page.locator(".chart")).to_have_attribute("aria-valuemax", str(len(sent)))
    assert 200 < len(sent) <= 400
    assert "".join(json.loads(frame)["text"] for frame in sent) == text
    that(page.get_by_role("button", name="Colour the words")).to_be_visible()  # it is asked for


def test_a_model_that_needs_whole_texts_says_so_and_waits_for_a_pause(
    page: Any, predictors: dict[str, Predictor]
) -> None:
    page.select_option("#model", label="whole")
    page.locator("#text").press_sequentially("a b good")
    stands_at(page, positive(predictors["whole"], "a b good"))
    that(page.locator(".reading .note")).to_have_text(re.compile("whole texts"))
    that(page.locator(".chart")).to_have_attribute("aria-valuemax", "3")  # from the explanation


def test_words_are_marked_by_what_they_add(page: Any) -> None:
    text = "\U0001f600\U0001f44d\U0001f3fd a good b <b>c</b> \u05d8\u05d5\u05d1"
    page.fill("#text", text)
    words = explanation(page)
    good = words.locator("span.for", has_text=re.compile("^good$"))
    that(good).to_have_count(1)
    that(good).to_have_attribute("title", re.compile(r"^\+\d+\.\d\d for positive$"))
    assert good.evaluate("one => getComputedStyle(one).borderBottomStyle") == "solid"
    that(words.locator(".legend li").first).to_have_text("words for positive")
    that(words.locator(".summary")).to_contain_text("Most for positive: “good”")
    kept = "one => [...one.childNodes].filter((node) => node.nodeName !== 'SUP')"
    shown = words.locator(".passage").evaluate(f"{kept}.map((node) => node.textContent).join('')")
    assert shown == text  # nothing is lost or shifted, whatever takes two places in a string


def test_turning_points_are_marked_in_text_and_line(page: Any) -> None:
    page.fill("#text", "a b bad c d bad a b good good good a good good c good d good")
    words = explanation(page)
    turns = words.locator(".turns li")
    that(turns.first).to_be_visible()
    assert words.locator("sup[title]").count() == turns.count()
    that(page.locator("circle.turn")).to_have_count(turns.count())
    that(turns.last).to_contain_text("%")


def test_of_more_than_two_classes_the_needle_shows_the_predicted(
    page: Any, predictors: dict[str, Predictor]
) -> None:
    page.select_option("#model", label="three")
    seen = set()
    for text in ("a b c", "u t s", "q", "h i j k l", "m m n", "e f g"):
        page.fill("#text", text)
        (prediction,) = predictors["three"].predictions([text])
        seen.add(prediction.label)
        stands_at(page, prediction.probability)
        that(page.get_by_role("meter")).to_have_attribute("aria-label", f"Probability of {prediction.label}")
        that(page.locator(".reading .bars .predicted .name")).to_have_text(prediction.label)
    assert len(seen) > 1
    assert page.locator(".reading .bars .name").all_inner_texts() == ["negative", "neutral", "positive"]
    explanation(page)
    that(page.locator(".line .other")).to_have_count(2)


def test_two_models_read_the_same_text_side_by_side(page: Any, predictors: dict[str, Predictor]) -> None:
    page.select_option("#other", label="whole")
    page.locator("#text").press_sequentially("bad a good")
    stands_at(page, positive(predictors["talk"], "bad a good"), 0)
    stands_at(page, positive(predictors["whole"], "bad a good"), 1)
    assert [name.split()[0] for name in page.locator("h3.name").all_inner_texts()] == ["talk", "whole"]
    left, right = (page.locator(".reading").nth(place).bounding_box() for place in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    page.set_viewport_size({"width": 390, "height": 844})
    left, right = (page.locator(".reading").nth(place).bounding_box() for place in (0, 1))
    assert left["y"] + left["height"] <= right["y"]
    page.select_option("#other", "")
    that(page.locator(".reading")).to_have_count(1)


def test_markup_in_a_text_stays_text(page: Any, tmp_path: Path) -> None:
    nasty = '<script>alert(1)</script><img src=x onerror="alert(2)"> good <b>bad</b>'
    page.fill("#text", nasty)
    that(explanation(page).locator(".passage")).to_contain_text("</script><img src=x")
    path = tmp_path / "<img src=x onerror=alert(3)>.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text", "<i>x</i>"], [nasty, nasty], ["javascript:alert(4)", "good"]])
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Predict all rows").click()
    that(page.locator("td.quote").first).to_contain_text("<script>alert")
    assert page.locator("main script, main img, main b:has-text('bad')").count() == 0


def test_nothing_moves_while_one_types(page: Any) -> None:
    def places() -> list[Any]:
        parts = ("#text", ".gauge", ".line", ".passage", "#file")
        return [page.locator(one).bounding_box() for one in parts]

    before = places()
    page.locator("#text").press_sequentially("good a bad")
    assert places() == before
    explanation(page)
    assert places() == before


def test_the_verdict_is_said_once_one_pauses(page: Any) -> None:
    page.evaluate(
        """() => {
          window.said = [];
          const live = document.querySelector("#verdict");
          new MutationObserver(() => window.said.push(live.textContent)).observe(live, { childList: true });
        }"""
    )
    page.locator("#text").press_sequentially("good bad good good")
    that(page.locator("#verdict")).to_have_text(re.compile(r"^positive, \d"))
    assert len(page.evaluate("window.said")) == 1


def test_examples_fill_the_empty_page(page: Any) -> None:
    examples = page.locator("#examples button")
    assert examples.count() == 3
    examples.nth(1).click()
    that(page.locator("#text")).to_have_value(re.compile(".{80}"))
    that(page.locator("#examples")).to_be_hidden()
    that(page.get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("%"))
    page.get_by_role("button", name="Clear").click()
    that(page.get_by_role("meter")).to_have_attribute("aria-valuetext", "no text yet")
    that(page.locator("#examples")).to_be_visible()
