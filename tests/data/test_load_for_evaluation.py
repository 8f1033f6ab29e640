"""Labelled data for a model that exists: its classes, one split, nothing left out."""

import json
from pathlib import Path

import pytest

from tenor.config.data import DataConfig
from tenor.data.example import Example
from tenor.data.load import fingerprint, load_for_evaluation
from tenor.errors import DataError

CLASSES = ("negative", "positive")


def write(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def reviews(count: int, start: int = 0) -> list[dict[str, object]]:
    return [{"text": f"review {number}", "label": number % 2} for number in range(start, start + count)]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for split, count in (("train", 8), ("dev", 4), ("test", 6)):
        write(tmp_path / f"{split}.jsonl", reviews(count))
    return str(tmp_path)


def test_all_rows_of_a_file_in_their_order(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", reviews(5))
    dataset = load_for_evaluation(DataConfig(source=source), CLASSES)
    assert dataset.classes == CLASSES
    assert dataset.splits == {
        "all": tuple(Example(f"review {n}", CLASSES[n % 2], f"row-{n + 1}") for n in range(5))
    }
    assert dataset.provenance["fingerprint"] == fingerprint(dataset.split("all"))
    assert "Labels were read as 0 = negative, 1 = positive." in dataset.notes


def test_test_split_unless_another_is_named(folder: str) -> None:
    config = DataConfig(source=folder)
    assert {name: len(rows) for name, rows in load_for_evaluation(config, CLASSES).splits.items()} == {
        "test": 6
    }
    for name in ("validation", "dev"):
        named = load_for_evaluation(config, CLASSES, name)
        assert {split: len(rows) for split, rows in named.splits.items()} == {"validation": 4}
    with pytest.raises(
        DataError, match=r"has the splits train, validation, test, not 'validaton'; did you mean 'validation'"
    ):
        load_for_evaluation(config, CLASSES, "validaton")


def test_training_rows_are_not_measured_on_by_accident(folder: str) -> None:
    (Path(folder) / "test.jsonl").unlink()
    with pytest.raises(DataError, match=r"no test; choose one with --split"):
        load_for_evaluation(DataConfig(source=folder), CLASSES)
    (Path(folder) / "dev.jsonl").unlink()
    assert set(load_for_evaluation(DataConfig(source=folder), CLASSES).splits) == {"train"}


def test_split_of_a_file_that_has_none(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", reviews(5))
    with pytest.raises(DataError, match=r"r.jsonl is not split, not 'test'"):
        load_for_evaluation(DataConfig(source=source), CLASSES, "test")


def test_files_and_fractions_of_the_configuration_play_no_part(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", reviews(5))
    config = DataConfig(source=source, test="none.csv", validation="none.csv", test_fraction=0.9)
    assert len(load_for_evaluation(config, CLASSES).split("all")) == 5


def test_one_class_is_enough(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", [{"text": "good", "label": "POS"}, {"text": "fine", "label": "pos"}])
    dataset = load_for_evaluation(DataConfig(source=source), CLASSES)
    assert [example.label for example in dataset.split("all")] == ["positive", "positive"]


def test_labels_that_are_not_the_models(tmp_path: Path) -> None:
    source = write(
        tmp_path / "r.jsonl", [{"text": "a", "label": "neutral"}, {"text": "b", "label": "positive"}]
    )
    with pytest.raises(
        DataError, match=r"labels 'neutral' are not classes of the model \('negative', 'positive'\)"
    ):
        load_for_evaluation(DataConfig(source=source), CLASSES)


def test_ratings_and_label_names(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", [{"text": f"t {n}", "stars": n} for n in range(1, 6)])
    rated = load_for_evaluation(DataConfig(source=source, positive_from=4, negative_to=2), CLASSES)
    assert [example.label for example in rated.split("all")] == ["negative"] * 2 + ["positive"] * 2
    assert any("1 of 5 rows were left out" in note for note in rated.notes)
    names = ("awful", "bad", "mixed", "good", "great")
    named = load_for_evaluation(DataConfig(source=source, label_names=names), names)
    assert tuple(example.label for example in named.split("all")) == names


def test_groups_where_there_are_any(tmp_path: Path) -> None:
    config = DataConfig(source=write(tmp_path / "r.jsonl", reviews(4)), group_by="film")
    assert {example.group for example in load_for_evaluation(config, CLASSES).split("all")} == {None}
    write(tmp_path / "r.jsonl", [{**row, "film": "f"} for row in reviews(4)])
    assert {example.group for example in load_for_evaluation(config, CLASSES).split("all")} == {"f"}
