"""Texts without labels: every source, splits by text, group or place, and what is wrong in one line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tenor.config.language_model import TextsConfig
from tenor.data.texts import load_texts
from tenor.errors import DataError


def config(*sources: Path, **changes: object) -> TextsConfig:
    return replace(TextsConfig(sources=tuple(map(str, sources))), **changes)


def all_texts(found) -> list[str]:
    return [example.text for split in found.splits.values() for example in split]


def lines(path: Path, count: int) -> Path:
    path.write_text("".join(f"line {number}\n\n" for number in range(count)), "utf-8")
    return path


def test_one_text_a_line(tmp_path: Path) -> None:
    found = load_texts(config(lines(tmp_path / "a.txt", 40), test_fraction=0.25, validation_fraction=0.2))
    assert {name: len(split) for name, split in found.splits.items()} == {
        "train": 24,
        "validation": 6,
        "test": 10,
    }
    assert sorted(all_texts(found)) == sorted(f"line {number}" for number in range(40))
    assert found.classes == ()
    assert {example.label for split in found.splits.values() for example in split} == {None}


def test_the_split_is_that_of_the_seed(tmp_path: Path) -> None:
    source = lines(tmp_path / "a.txt", 40)
    one, same, other = (load_texts(config(source, split_seed=seed)) for seed in (1, 1, 2))
    assert one.splits == same.splits
    assert one.splits != other.splits


def test_a_running_text_is_cut_at_its_end(tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(1000))
    (tmp_path / "book.txt").write_text(text, "utf-8")
    found = load_texts(config(tmp_path / "book.txt", stream=True, test_fraction=0.2, validation_fraction=0.1))
    assert "".join(found.split(name)[0].text for name in ("train", "validation", "test")) == text
    assert len(found.split("test")[0].text) == pytest.approx(0.2 * len(text), rel=0.02)
    assert found.split("test")[0].text.startswith("word")


def test_columns_labels_and_groups(tmp_path: Path) -> None:
    rows = [{"review": f"a text {n}", "sentiment": "pos", "film": f"f{n % 7}"} for n in range(70)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = load_texts(
        config(tmp_path / "a.jsonl", group_by="film", test_fraction=0.3, validation_fraction=0.3)
    )
    groups = [{example.group for example in found.split(name)} for name in ("train", "validation", "test")]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 7
    assert len(all_texts(found)) == 70


def test_several_sources_and_a_corpus_with_splits(tmp_path: Path) -> None:
    own = lines(tmp_path / "a.txt", 30)
    alone, joined = load_texts(config(Path("movies"))), load_texts(config(Path("movies"), own))
    assert len(joined.split("train")) == len(alone.split("train")) + 30
    assert joined.split("test") == alone.split("test")


def test_texts_of_two_splits_leave_training(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("the same\n" * 4 + "".join(f"another {n}\n" for n in range(30)), "utf-8")
    found = load_texts(config(source, test_fraction=0.4))
    train = {example.text for example in found.split("train")}
    assert not train & {example.text for example in found.split("test")}


@pytest.mark.parametrize(
    ("content", "changes", "said"),
    [
        ("", {}, "holds no text; give a file with some"),
        (" \n\n", {"stream": True}, "holds no text"),
        ("one text only\n", {}, "holds 1 text, too few to hold any out for test and validation"),
        ("one text only", {"stream": True, "test_fraction": 0.9}, "too short to hold 5% of it out"),
        ("x" * 50, {"stream": True}, "too short to hold"),
    ],
)
def test_too_little_text_is_refused(tmp_path: Path, content: str, changes: dict, said: str) -> None:
    (tmp_path / "a.txt").write_text(content, "utf-8")
    with pytest.raises(DataError, match=said) as caught:
        load_texts(config(tmp_path / "a.txt", **changes))
    assert "\n" not in str(caught.value)


def test_one_text_will_do_where_nothing_is_held_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one text only\n", "utf-8")
    found = load_texts(config(tmp_path / "a.txt", test_fraction=0.0, validation_fraction=0.0))
    assert list(found.splits) == ["train"]


def test_other_sources_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load_texts(config(tmp_path / "none.txt"))
    (tmp_path / "a.csv").write_text("text,label\n\n")
    with pytest.raises(DataError, match="only these are read as a running text"):
        load_texts(config(tmp_path / "a.csv", stream=True))
    (tmp_path / "b.csv").write_text("text,label\n,x\n,y\n")
    with pytest.raises(DataError, match="has no text in column 'text'"):
        load_texts(config(tmp_path / "b.csv", text_column="text"))


def test_marked_rows_are_left_out_of_the_sources_that_have_the_column(tmp_path: Path) -> None:
    rows = [{"text": f"a text {n}", "in_test": n % 2 == 0} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = load_texts(config(tmp_path / "a.jsonl", lines(tmp_path / "b.txt", 20), drop_where=("in_test",)))
    assert {f"a text {n}" for n in range(1, 40, 2)} == {
        text for text in all_texts(found) if text.startswith("a")
    }
    assert len(all_texts(found)) == 40
    assert any("20 of 40 rows were left out: their in_test is true" in note for note in found.notes)
    with pytest.raises(DataError, match=r"no column 'in_tset' \(data\.drop_where\)"):
        load_texts(config(tmp_path / "a.jsonl", drop_where=("in_tset",)))
