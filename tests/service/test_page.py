"""The page at /, in a real Chromium, before tiny models."""

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import explained
import pytest
import small
import toy
import torch
from browsing import Complaints, Running, chromium, running

from tenor.config.service import ServiceConfig
from tenor.experiments.classification import fit
from tenor.inference.predictor import Predictor, load
from tenor.report.palette import PALETTE, channels
from tenor.service.routes.page import STATIC
from tenor.service.service import Service
from tenor.service.sources import parse_all

THREE = ("negative", "neutral", "positive")
FIGURE = "aria-valuenow"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models: "talk" reads on, "whole" reads whole texts, "three" has three classes."""
    path = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    learned = {"embedding_dropout": 0.0, "word_dropout": 0.0, "recurrent": {"hidden_size": 5, "dropout": 0.0}}
    for name, bidirectional in (("talk", False), ("whole", True)):
        network = {**learned, "encoder": "lstm", "bidirectional": bidirectional}
        config = toy.config(network=network, training={"epochs": 8, "learning_rate": 0.05})
        fit(toy.dataset(train=160), config).model.save(path / name)
    network = replace(small.SMALL, encoder="mingru", bidirectional=False, pooling="max")
    module = small.classifier(network)
    for parameter in module.parameters():
        parameter.data *= 6  # so that words matter
    replace(explained.predictor(module, network).model, classes=THREE).save(path / "three")
    return path


@pytest.fixture(scope="module")
def predictors(folder: Path) -> dict[str, Predictor]:
    return {name: load(folder / name) for name in ("talk", "whole", "three")}


def serve(folder: Path, *names: str, key: str | None = None) -> Service:
    return Service.open(parse_all([str(folder / name) for name in names]), ServiceConfig(), key=key)


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Running]:
    with running(lambda: serve(folder, "talk", "whole", "three")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        from playwright.sync_api import expect

        expect.set_options(timeout=30_000)  # on a machine that is busy with other tests
        yield found


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(browser: Any, service: Running, complaints: Complaints) -> Iterator[Any]:
    """The page of `service`, which must not have complained in the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = context.new_page()
    complaints.watch(found)
    found.goto(service.address)
    that(found.locator(".reading")).to_have_count(1)
    yield found
    context.close()
    assert complaints == []


def that(found: Any) -> Any:
    """Wait for what is said of it."""
    from playwright.sync_api import expect

    return expect(found)


def figure(share: float) -> re.Pattern[str]:
    """Return what a needle says of a share, however the last digit was rounded."""
    return re.compile("|".join(f"^{100 * share + more:.1f}$" for more in (-0.01, 0, 0.01)))


def stands_at(page: Any, share: float, place: int = 0) -> None:
    that(page.get_by_role("meter").nth(place)).to_have_attribute(FIGURE, figure(share))


def positive(predictor: Predictor, text: str) -> float:
    return float(predictor.predict_proba([text])[0][1])


def explanation(page: Any, place: int = 0) -> Any:
    """Return the words of a reading, once they are explained."""
    words = page.locator(".words").nth(place)
    that(words.locator(".summary")).not_to_be_empty()
    that(page.locator(".words.stale")).to_have_count(0)
    return words


def styles() -> str:
    return (STATIC / "style.css").read_text("utf-8")


# A text


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
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
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
    marks = words.locator(".passage").evaluate(
        "one => [...one.childNodes].filter((node) => node.nodeName !== 'SUP').map((node) => node.textContent).join('')"
    )
    assert marks == text  # nothing is lost or shifted, whatever takes two places in a string


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
    assert page.locator(".reading .bars .name").all_inner_texts() == list(THREE)
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


# A file


def take(page: Any, content: bytes, name: str = "reviews.csv") -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})


def download(page: Any) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("link", name="Download").click()
    return Path(found.value.path()).read_bytes()


def test_a_file_comes_back_with_predictions(page: Any, predictors: dict[str, Predictor]) -> None:
    special = [
        'good, "really" good',
        "bad\r\nover two lines; and more",
        "=1+1 good",
        "-5 bad",
        "\U0001f600 \u05d8\u05d5\u05d1 good",
        "<b>good</b>",
        "",
        "'@good",
        "@bad",
    ]
    texts = special + [example.text for example in toy.examples(150, "file")]
    rows = [[str(number), text, f"-{number}.5"] for number, text in enumerate(texts)]
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([["label", "review", "change"], *rows])
    take(page, b"\xef\xbb\xbf" + written.getvalue().encode())
    that(page.locator("#column")).to_have_value("1")
    page.get_by_role("button", name="Predict all rows").click()
    that(page.locator("#file .told")).to_contain_text(f"{len(texts)} rows predicted by talk")
    found = download(page)
    assert found.startswith(b"\xef\xbb\xbf")
    header, *lines = csv.reader(io.StringIO(found.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    added = ["label", "probability_negative", "probability_positive", "unknown_share"]
    assert header == ["label", "review", "change", *(f"predicted_{name}" for name in added)]
    predictions = list(predictors["talk"].predictions(texts))
    assert len(lines) == len(rows)
    for row, line, expected in zip(rows, lines, predictions, strict=True):
        number, text, change = row
        guarded = f"'{text}" if text[:1] in {"=", "-", "@"} else text
        assert line[:3] == [number, guarded, change]
        assert line[3] == expected.label
        assert [float(one) for one in line[4:6]] == pytest.approx(list(expected.probabilities.values()), abs=1e-6)
    certain, doubtful = (page.locator("table").nth(place).locator("tbody tr") for place in (0, 1))
    order = sorted(range(len(texts)), key=lambda place: -round(predictions[place].probability, 6))
    assert int(certain.first.locator("th").inner_text()) - 1 in order[:20]
    assert int(doubtful.first.locator("th").inner_text()) - 1 == order[-1]
    counts = page.locator(".counts .value").all_inner_texts()
    labels = [one.label for one in predictions]
    assert [int(one.split()[0]) for one in counts] == [labels.count(name) for name in toy.CLASSES]
    doubtful.first.locator("button").click()  # it can be looked at word by word
    that(page.locator("#text")).to_have_value(texts[order[-1]])


BAD_FILES = {
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n\r\n", "blank lines"),
    "names only": (b"text,label\n", "no rows"),
    "no names": (f"{'a film of many words ' * 5},1\nb,0\n".encode(), "names of columns"),
    "binary": (bytes(range(256)) * 4, "binary"),
    "UTF-16": ("text\ngood\n".encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ("text\ngood\n".encode("utf-16-le"), "UTF-16"),
    "Latin-1": ("text\ntr\u00e8s bien\n".encode("latin-1"), "UTF-8"),
    "a spreadsheet": (b"PK\x03\x04rest", "spreadsheet"),
    "ragged": (b"text,label\ngood,1\nbad,really,0\n", "Line 3 has 3 fields"),
    "an open quote": (b'text,label\n"good,1\n', "Line 2"),
    "two names alike": (b"text,text\na,b\n", "Two columns"),
}


def test_a_bad_file_gets_one_line(page: Any) -> None:
    line = page.locator("#file .told")
    for content, said in BAD_FILES.values():
        take(page, content)
        that(line).to_contain_text(said)
        assert line.inner_text().count("\n") == 0
        that(page.locator(".setup")).to_be_hidden()
    take(page, b"text\ngood\n")
    that(page.locator(".setup")).to_be_visible()


def test_tables_are_read_as_they_were_written(page: Any) -> None:
    generator = random.Random(0)
    pieces = ['"', '""', ",", ";", "\t", "\n", "\r\n", "a", "b c", "'", "\U0001f600", " "]
    cases = []
    for _ in range(60):
        width, delimiter = generator.randint(2, 4), generator.choice(",;\t")
        rows = [
            ["".join(generator.choices(pieces, k=generator.randrange(5))) for _ in range(width)]
            for _ in range(generator.randint(1, 6))
        ]
        table = [[f"name {place}" for place in range(width)], *rows]
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=generator.choice(["\n", "\r\n"])).writerows(table)
        cases.append((text.getvalue(), table))
    found = page.evaluate(
        """async (texts) => {
          const { tableOf } = await import("./csv.js");
          return texts.map((text) => {
            const { names, rows } = tableOf(new TextEncoder().encode(text));
            return [names, ...rows];
          });
        }""",
        [text for text, _ in cases],
    )
    assert found == [table for _, table in cases]


def test_a_busy_service_is_asked_again_and_work_can_be_cancelled(page: Any, complaints: Complaints) -> None:
    answers: list[Any] = []

    def busy(route: Any) -> None:
        answers.append(route)
        if len(answers) <= 2:
            problem = {"error": "the queue is full", "code": "overloaded"}
            route.fulfill(status=503, headers={"Retry-After": "1"}, json=problem)
        else:
            route.continue_()

    page.route("**/v1/predict", busy)
    take(page, b"text\n" + b"good a\nbad b\n" * 100)
    page.get_by_role("button", name="Predict all rows").click()
    that(page.locator("#status")).to_contain_text("busy")
    that(page.locator("#file .told")).to_contain_text("200 rows predicted")
    that(page.locator("#status")).to_be_empty()
    page.unroute("**/v1/predict")
    page.route("**/v1/predict", lambda route: None)  # never answered
    page.get_by_role("button", name="Predict all rows").click()
    page.get_by_role("button", name="Cancel").click()
    that(page.locator("#file .told")).to_have_text("Cancelled after 0 rows.")
    that(page.get_by_role("button", name="Predict all rows")).to_be_enabled()
    complaints[:] = [one for one in complaints if "503" not in one]  # the browser's own line of each


def test_a_text_that_is_too_long_fails_alone(page: Any, complaints: Complaints) -> None:
    take(page, b"text\ngood\n" + b"a " * 60_000 + b"\nbad\n")
    page.get_by_role("button", name="Predict all rows").click()
    that(page.locator("#file .told")).to_contain_text("2 rows predicted by talk. 1 row could not be")
    header, *lines = csv.reader(io.StringIO(download(page).decode()))
    assert header[-1] == "error"
    assert [bool(line[-1]) for line in lines] == [False, True, False]
    complaints[:] = [one for one in complaints if "413" not in one]


# The service


def test_a_service_that_cannot_be_reached_is_said_so_and_recovers(
    browser: Any, folder: Path, predictors: dict[str, Predictor]
) -> None:
    with running(lambda: serve(folder, "talk")) as lost:
        page = browser.new_page()
        page.goto(lost.address)
        page.locator("#text").press_sequentially("good")
        stands_at(page, positive(predictors["talk"], "good"))
        lost.stop()
        that(page.locator("#status")).to_have_text(re.compile("cannot be reached"))
        assert page.locator("#status").get_attribute("role") == "status"
        page.locator("#text").press_sequentially(" bad bad")
        lost.start()
        stands_at(page, positive(predictors["talk"], "good bad bad"))
        that(page.locator("#status")).to_be_empty()
        page.close()


def test_a_key_is_asked_for_and_kept_in_memory_only(browser: Any, folder: Path) -> None:
    def guard(route: Any) -> None:
        if route.request.headers.get("authorization") == "Bearer sesame":
            route.continue_()
        else:
            route.fulfill(status=401, json={"error": "no key came", "code": "unauthorized"})

    with running(lambda: serve(folder, "talk", key="sesame")) as locked:
        context = browser.new_context()
        page = context.new_page()
        page.route("**/v1/*", guard)
        page.goto(locked.address)
        field = page.get_by_label("asks for an API key")
        that(field).to_be_focused()
        field.fill("wrong")
        field.press("Enter")
        that(page.locator("#status")).to_contain_text("does not take this key")
        field.fill("sesame")
        field.press("Enter")
        that(field).to_be_hidden()
        page.locator("#text").press_sequentially("good")
        that(page.get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("%"))
        explanation(page)
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert "sesame" not in page.content()
        context.close()


# How it looks


def test_it_is_usable_with_the_keyboard_alone(page: Any) -> None:
    def focus() -> str:
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement.closest('.drop') ?? document.activeElement).outlineStyle"
        assert page.evaluate(outline) != "none"  # it is seen where one is
        return page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.type")

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


def test_colours_are_those_of_the_reports() -> None:
    light, dark = (re.findall(r":root \{(.*?)\}", styles(), re.DOTALL))[:2]
    for place, found in enumerate((light, dark)):
        for role, colour in PALETTE.items():
            assert f"--{role}: {colour[place]};" in found
        for name, role in (("for", "blue"), ("against", "orange")):
            assert f"--{name}: {channels(PALETTE[role][place])};" in found


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
            loads = name in {"src", "href"} and not (value or "").startswith("#")
            if name == "style" or name.startswith("on") or (loads and not (STATIC / (value or "")).is_file()):
                self.found.append(f"{tag} {name}={value}")


def test_it_needs_nothing_from_elsewhere() -> None:
    outside = Outside()
    outside.feed((STATIC / "index.html").read_text("utf-8"))
    assert outside.found == []
    assert "url(" not in styles()
    assert "@import" not in styles()
    for script in STATIC.glob("*.js"):
        text = script.read_text("utf-8")
        for name in re.findall(r'from "([^"]+)"', text):
            assert (STATIC / name).is_file()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
