"""Unlabelled texts: every source, nothing of what is measured on, and what is wrong in one line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tenor.config.unlabelled import UnlabelledConfig
from tenor.data.example import Dataset, Example
from tenor.data.unlabelled_texts import UnlabelledTexts, load_unlabelled
from tenor.errors import DataError

DATASET = Dataset(
    "reviews",
    ("no", "yes"),
    {
        "train": (Example("in training", "yes", group="a"), Example("another one", "no", group="b")),
        "validation": (Example("In  Validation", "yes", group="c"),),
        "test": (Example("in test", "no", group="d"),),
    },
    provenance={"text_column": "review", "group_column": None, "split_seed": 0},
)
GROUPED = replace(DATASET, provenance={**DATASET.provenance, "group_column": "film"})


def write(path: Path, *rows: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def load(*sources: str, dataset: Dataset = DATASET, **changes: object) -> UnlabelledTexts:
    found = load_unlabelled(UnlabelledConfig(sources=sources, **changes), dataset)
    assert found is not None
    return found


def said(found: UnlabelledTexts) -> str:
    return " ".join(found.notes)


def test_without_a_source_there_are_none() -> None:
    assert load_unlabelled(UnlabelledConfig(), DATASET) is None


def test_texts_of_several_files_and_kinds(tmp_path: Path) -> None:
    rows = write(tmp_path / "a.jsonl", {"review": "one", "sentiment": "yes"}, {"review": "טוב מאוד 🙂 <b>"})
    (tmp_path / "b.txt").write_text("a line\n\nanother line\n", "utf-8")
    found = load(rows, str(tmp_path / "b.txt"))
    assert found.texts == ("one", "טוב מאוד 🙂 <b>", "a line", "another line")
    assert "labels in column 'sentiment' are not looked at" in said(found)
    assert "4 texts are learned from without labels" in said(found)
    assert found.provenance is not None
    assert found.provenance["rows"] == 4


def test_texts_to_be_measured_on_are_left_out_and_counted(tmp_path: Path) -> None:
    texts = ("in validation", "IN TEST", "in training", "new")
    found = load(write(tmp_path / "a.jsonl", *({"review": text} for text in texts)))
    assert found.texts == ("in training", "new")
    # A teacher answers the training texts anyhow.
    config = UnlabelledConfig(sources=(str(tmp_path / "a.jsonl"),))
    apart = load_unlabelled(config, DATASET, train_too=False)
    assert apart is not None
    assert apart.texts == ("new",)
    assert "3 of 4 texts were left out, since they also stand in train, validation or test" in said(apart)
    assert "2 of 4 texts were left out, since they also stand in validation or test" in said(found)


def test_groups_to_be_measured_on_are_left_out_where_there_are_groups(tmp_path: Path) -> None:
    rows = [{"review": f"text {film}", "film": film} for film in ("a", "c", "d", "e", None)]
    source = write(tmp_path / "a.jsonl", *rows)
    assert len(load(source).texts) == 5
    found = load(source, dataset=GROUPED)
    assert found.texts == ("text a", "text e", "text None")
    assert "2 of 5 texts were left out, since their film is in validation or test" in said(found)
    assert len(load(write(tmp_path / "b.jsonl", {"review": "no group"}), dataset=GROUPED).texts) == 1


def test_marked_rows_and_rows_without_text_are_left_out(tmp_path: Path) -> None:
    marks = (True, "false", 0, "1", None)
    rows = [{"review": f"text {number}", "in_test": mark} for number, mark in enumerate(marks)]
    found = load(write(tmp_path / "a.jsonl", *rows, {"review": " "}), drop_where=("in_test",))
    assert found.texts == ("text 1", "text 2", "text 4")
    assert "2 of 6 rows were left out: their in_test is true" in said(found)
    assert "1 of 4 rows had no text" in said(found)


def test_splits_to_be_measured_on_are_not_read() -> None:
    found = load("movies")
    assert "its validation and test texts are not read" in said(found) or "its test" in said(found)
    assert len(found.texts) > 100


def test_a_limit_takes_texts_at_random_the_same_each_time(tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", *({"review": f"text {number}"} for number in range(50)))
    some = load(source, limit=10)
    assert len(set(some.texts)) == 10
    assert some.texts == load(source, limit=10).texts
    assert some.texts != load(source).texts[:10]
    assert len(load(source, limit=60).texts) == 50


@pytest.mark.parametrize(
    ("rows", "changes", "message"),
    [
        (
            [{"number": 3}],
            {},
            r"none of its columns .* holds text; .* unlabelled\.text_column=NAME",
        ),
        ([{"review": "a"}], {"text_column": "body"}, "has no column 'body'; it has review"),
        ([{"review": "in test"}], {}, "none of its 1 texts is left"),
        ([{"review": "a", "in_test": True}], {"drop_where": ("in_test",)}, "in the 0 rows that may be read"),
        (
            [{"review": "a"}],
            {"drop_where": ("in_tset",)},
            r"no column 'in_tset' \(unlabelled\.drop_where\); there is review",
        ),
        (
            [{"review": "a", "place": "home"}],
            {"drop_where": ("place",)},
            "holds 'home', which is neither true",
        ),
    ],
)
def test_wrong_files_are_one_line(
    tmp_path: Path, rows: list[dict[str, object]], changes: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        load(write(tmp_path / "a.jsonl", *rows), **changes)


def test_empty_and_missing_files_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("  \n")
    (tmp_path / "a.jsonl").write_text("")
    for source, message in (
        ("a.txt", "holds no text"),
        ("a.jsonl", "has no rows"),
        ("b.txt", "does not exist"),
    ):
        with pytest.raises(DataError, match=message):
            load(str(tmp_path / source))
    (tmp_path / "c.txt").write_text("a line\n")
    with pytest.raises(DataError, match=r"no column 'in_test'.*none, only text"):
        load(str(tmp_path / "c.txt"), drop_where=("in_test",))
