"""A file of texts, from the drop to the download."""

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest
import toy
from browsing import Complaints, take, that

from tenor.inference.predictor import Predictor


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
    header, *lines = csv.reader(
        io.StringIO(found.decode("utf-8-sig"), newline=""), delimiter=";", strict=True
    )
    added = ["label", "probability_negative", "probability_positive", "unknown_share"]
    assert header == ["label", "review", "change", *(f"predicted_{name}" for name in added)]
    predictions = list(predictors["talk"].predictions(texts))
    assert len(lines) == len(rows)
    for row, line, expected in zip(rows, lines, predictions, strict=True):
        number, text, change = row
        guarded = f"'{text}" if text[:1] in {"=", "-", "@"} else text
        assert line[:3] == [number, guarded, change]
        assert line[3] == expected.label
        assert [float(one) for one in line[4:6]] == pytest.approx(
            list(expected.probabilities.values()), abs=1e-6
        )
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
        csv.writer(text, delimiter=delimiter, lineterminator=generator.choice(["\n", "\r\n"])).writerows(
            table
        )
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


def test_a_file_can_be_dropped_anywhere(page: Any) -> None:
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["text;n\\ngood;1\\nbad;2\\n"], "dropped.csv"));
          for (const type of ["dragenter", "dragover", "drop"]) {
            const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
            document.querySelector("h1").dispatchEvent(event);
            if (type !== "dragenter" && !event.defaultPrevented) throw new Error(`${type} leaves the page`);
          }
        }"""
    )
    that(page.locator("#file .told")).to_have_text("dropped.csv: 2 rows, 2 columns.")
    that(page.locator(".drop.over")).to_have_count(0)


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
