"""The page of an inspection: everything escaped, whatever is missing left out, words that do not collide."""

from pathlib import Path

import pytest
from markup import read

from tenor.report import inspection_pictures
from tenor.report.inspection_page import inspection_page, learned_section
from tenor.report.page import Page

EVIL = "<script>alert('x')</script>"


def effect(text, value=1.0, count=None):
    return {"text": text, "value": value, "together": value + 1, "count": count}


def values(classes=("negative", "positive"), words=("dull", EVIL), **changes):
    speak = [
        {"label": name, "words": [effect(word, 2 - n / 9) for n, word in enumerate(words)],
         "pairs": [effect(f"not {word}", 1.5) for word in words[:1]]}
        for name in classes
    ]  # fmt: skip
    points = [
        {"text": word, "x": float(n % 3), "y": n / 7, "label": name, "value": 9.0 - n}
        for name in classes
        for n, word in enumerate(words)
    ]
    openness = {"name": "update", "high": "takes it in", "low": "passes over",
                "most": [["dull", 0.9], [EVIL, 0.8]], "least": [["the", 0.1]]}  # fmt: skip
    made = {
        "model": "bigru-max", "unit": "word", "read": 4000, "classes": speak, "in_texts": None,
        "neighbours": [{"word": EVIL, "nearest": [["flat", 0.75], ["$x$", 0.5]]}],
        "map": {"points": points, "shares": [0.5, 0.25]},
        "gates": {"basis": "Read alone.", "gates": [openness]}, "without_gates": None,
    }  # fmt: skip
    return {**made, **changes}


def test_everything_is_on_the_page_and_escaped() -> None:
    seen = {"texts": 12, "classes": [{"label": "negative", "words": [effect("dull", 1.0, 34)], "pairs": []}]}
    page = inspection_page(values(in_texts=seen), EVIL)
    found = read(page)
    assert "<script" not in page
    for expected in (
        "Each of 4,000 words was read alone",
        "Words that speak for “positive”",
        "+1.89",
        "not dull +2.50 +1.50",
        "In 12 texts each word",
        "34",
        "flat 0.75, $x$ 0.50",
        "first direction: 50.0 % of the differences",
        "Update gate open: takes it in",
        "0.900",
        EVIL,
    ):
        assert expected in found.text
    assert len(found.svgs) == 1


def test_what_is_missing_is_left_out() -> None:
    bare = values(words=(), gates=None, without_gates="A bag has no gates.", neighbours=[])
    found = read(inspection_page(bare, "bag"))
    assert "A bag has no gates." in found.text
    assert not found.svgs
    assert "Pairs" not in found.text


def test_many_classes_share_a_table() -> None:
    names = [f"class {number}" for number in range(12)]
    found = read(inspection_page(values(names), "many"))
    assert "Words that speak for each class" in found.text
    assert found.tags.count("table") == 5  # words, pairs, neighbours, two of the gate


def test_the_part_of_a_run() -> None:
    page = Page("run", "", [learned_section(values()), learned_section(None)]).render()
    found = read(page)
    assert found.text.count("What it learned") == 2  # the link and the heading
    assert "Pairs, neighbours and gates" in found.text


@pytest.mark.parametrize("word", ["$5", "טוב", "😀", "w" * 90])
def test_any_word_can_be_drawn(word: str, tmp_path: Path) -> None:
    made = values(words=(word, "dull"))["map"]
    (picture,) = inspection_pictures.word_map(made)
    shown = word if len(word) < 20 else "w" * 17 + "…"
    assert shown in picture.svg
    inspection_pictures.save_word_map(made, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_words_that_find_no_room_are_counted() -> None:
    crowd = values(words=[f"word{number}" for number in range(30)])["map"]
    for point in crowd["points"]:
        point.update(x=0.0, y=0.0)
    crowd["points"].append({"text": "far", "x": 9.0, "y": 9.0, "label": "positive", "value": 0.1})
    (picture,) = inspection_pictures.word_map(crowd)
    named = sum(f">{point['text']}<" in picture.svg for point in crowd["points"])
    assert 2 <= named < 12
    assert "are marked without their name" in picture.caption
