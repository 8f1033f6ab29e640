"""From a configuration to a data set: sources, columns, labels, splits, and everything that may be wrong."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tenor.config.data import DataConfig
from tenor.data.example import Example
from tenor.data.load import fingerprint, load
from tenor.errors import DataError


def write(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def reviews(count: int = 100, start: int = 0) -> list[dict[str, object]]:
    return [{"text": f"review {number}", "label": number % 2} for number in range(start, start + count)]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return write(tmp_path / "reviews.jsonl", reviews())


def test_file_without_splits(file: str) -> None:
    dataset = load(DataConfig(source=file))
    assert dataset.name == "reviews.jsonl"
    assert dataset.classes == ("negative", "positive")
    assert {split: len(examples) for split, examples in dataset.splits.items()} == {
        "train": 81,
        "validation": 9,
        "test": 10,
    }
    everything = [example for split in dataset.splits.values() for example in split]
    assert {example.text for example in everything} == {f"review {number}" for number in range(100)}
    for example in everything:
        number = int(example.text.split()[1])
        assert example == Example(example.text, ("negative", "positive")[number % 2], f"row-{number + 1}")
    assert Counter(example.label for example in dataset.split("test")) == {"negative": 5, "positive": 5}


def test_same_configuration_same_splits_and_another_seed_others(file: str) -> None:
    assert load(DataConfig(source=file)) == load(DataConfig(source=file))
    assert load(DataConfig(source=file)).splits != load(DataConfig(source=file, split_seed=1)).splits


def test_fractions_of_zero_make_no_split(file: str) -> None:
    dataset = load(DataConfig(source=file, test_fraction=0, validation_fraction=0))
    assert set(dataset.splits) == {"train"}
    assert dataset.split("test") == ()


def test_notes_and_provenance_say_what_was_done(file: str) -> None:
    dataset = load(DataConfig(source=file, stratify=False, split_seed=3))
    assert dataset.notes == (
        "reviews.jsonl: text is column 'text', label column 'label'.",
        "Labels were read as 0 = negative, 1 = positive.",
        "Test: 10 rows split off, rows at random (seed 3).",
        "Validation: 9 rows split off, rows at random (seed 3).",
    )
    found = dict(dataset.provenance)
    assert json.loads(json.dumps(found)) == found
    assert found["source"] == file
    assert found["labels"] == {"0": "negative", "1": "positive"}
    assert found["rows"] == {"train": 81, "validation": 9, "test": 10}
    assert found["split"] == {"train": "the rest", "validation": "rows at random", "test": "rows at random"}
    assert found["split_seed"] == 3
    assert found["fingerprint"] == fingerprint(dataset.split("train"))


def test_fingerprint_is_of_texts_labels_and_order() -> None:
    base = [Example("a", "x"), Example("b", "y")]
    assert fingerprint(base) == fingerprint([Example("a", "x", "id", "g"), Example("b", "y")])
    others = [
        base[::-1],
        base[:1],
        [Example("a", "x"), Example("b", "x")],
        [Example("ax", ""), Example("b", "y")],
    ]
    assert len({fingerprint(other) for other in [base, *others]}) == 5


def test_splits_of_the_source_stay_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", reviews(50))
    write(tmp_path / "dev.jsonl", reviews(10, 50))
    write(tmp_path / "test.jsonl", reviews(20, 60))
    dataset = load(DataConfig(source=str(tmp_path)))
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [50, 10, 20]
    assert [example.id for example in dataset.split("validation")] == [
        f"validation-{n}" for n in range(1, 11)
    ]
    assert dataset.provenance["split"] == {"train": "given", "validation": "given", "test": "given"}


def test_only_what_is_missing_is_split_off(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", reviews(50))
    write(tmp_path / "test.jsonl", reviews(20, 60))
    dataset = load(DataConfig(source=str(tmp_path)))
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [45, 5, 20]
    assert [example.text for example in dataset.split("test")] == [f"review {n}" for n in range(60, 80)]


def test_files_of_validation_and_test(tmp_path: Path, file: str) -> None:
    validation = write(tmp_path / "v.jsonl", reviews(6, 200))
    other = [{"review": f"t {n}", "sentiment": n % 2} for n in range(8)]
    test = write(tmp_path / "t.jsonl", other)
    dataset = load(DataConfig(source=file, validation=validation, test=test))
    assert [len(dataset.split(name)) for name in ("train", "validation", "test")] == [100, 6, 8]
    assert dataset.split("test")[1] == Example("t 1", "positive", "test-2")
    assert "t.jsonl: text is column 'review', label column 'sentiment'." in dataset.notes
    assert dataset.provenance["test"] == test


def test_columns_that_are_named(tmp_path: Path) -> None:
    rows = [{"text": f"t {n}", "label": n % 2, "title": f"T {n}", "aspect": "ab"[n % 2]} for n in range(20)]
    source = write(tmp_path / "r.jsonl", rows)
    dataset = load(DataConfig(source=source, text_column="title", label_column="aspect"))
    assert dataset.classes == ("a", "b")
    example = dataset.split("train")[0]
    assert example.text.startswith("T ")
    assert example.columns == {"text": example.text.lower(), "label": str("ab".index(example.label or ""))}
    with pytest.raises(
        DataError, match=r"no column 'titel'; it has text, label, title, aspect; did you mean 'title'"
    ):
        load(DataConfig(source=source, text_column="titel"))
    with pytest.raises(DataError, match=r"cannot be both the text and the label"):
        load(DataConfig(source=source, text_column="title", label_column="title"))


def test_other_columns_are_strings_and_missing_ones_absent(tmp_path: Path) -> None:
    rows = [{**row, "stars": 4.5, "where": None, "seen": True, "p": float("nan")} for row in reviews()]
    example = load(DataConfig(source=write(tmp_path / "r.jsonl", rows))).split("train")[0]
    assert example.columns == {"stars": "4.5", "seen": "True"}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["a", "b", "c", "d"], ["a", "b", "c", "d"]),
        (["a", "b", "a", "b"], ["train-a", "train-b", "test-a", "test-b"]),
        (["a", "a", "c", "d"], ["train-1", "train-2", "test-c", "test-d"]),
        ([1, None, 3, 4], ["train-1", "train-2", "test-3", "test-4"]),
    ],
)
def test_ids_are_unique(tmp_path: Path, ids: list[object], expected: list[str]) -> None:
    rows = [{"Id": own, **row} for own, row in zip(ids, reviews(4), strict=True)]
    write(tmp_path / "train.jsonl", rows[:2])
    write(tmp_path / "test.jsonl", rows[2:])
    dataset = load(DataConfig(source=str(tmp_path), validation_fraction=0))
    assert [example.id for split in ("train", "test") for example in dataset.split(split)] == expected


def test_label_names(tmp_path: Path) -> None:
    rows = [{"text": f"t {n}", "label": n % 3} for n in range(60)]
    source = write(tmp_path / "r.jsonl", rows)
    dataset = load(DataConfig(source=source, label_names=("negative", "neutral", "positive")))
    assert dataset.classes == ("negative", "neutral", "positive")
    assert all(
        dataset.classes.index(str(example.label)) == int(example.text.split()[1]) % 3
        for example in dataset.split("train")
    )
    with pytest.raises(DataError, match=r"2 label names .* for 3 labels"):
        load(DataConfig(source=source, label_names=("negative", "positive")))


def test_ratings_become_classes(tmp_path: Path) -> None:
    rows = [{"text": f"t {n}", "label": "x", "stars": n % 10 + 1} for n in range(100)]
    source = write(tmp_path / "r.jsonl", rows)
    dataset = load(DataConfig(source=source, positive_from=7, negative_to=4))
    assert sum(map(len, dataset.splits.values())) == 80
    for example in dataset.split("train"):
        assert example.label == ("positive" if int(example.columns["stars"]) >= 7 else "negative")
    assert any("20 of 100 rows were left out: their 'stars' is between 4" in note for note in dataset.notes)
    named = load(DataConfig(source=source, positive_from=7, negative_to=4, label_names=("bad", "good")))
    assert named.classes == ("bad", "good")
    with pytest.raises(DataError, match=r"rated neither positive nor negative"):
        load(DataConfig(source=source, positive_from=70, negative_to=0))
    with pytest.raises(DataError, match=r"row 1: 'x' is no number"):
        load(DataConfig(source=source, positive_from=7, label_column="label"))


def test_rows_without_text(tmp_path: Path) -> None:
    rows = reviews(20)
    rows[3]["text"], rows[6]["text"], rows[11]["text"] = "", None, " \n"
    rows[6]["label"] = None  # a blank row has no label either
    source = write(tmp_path / "r.jsonl", rows)
    dataset = load(DataConfig(source=source))
    assert sum(map(len, dataset.splits.values())) == 17
    assert "r.jsonl: 3 of 20 rows had no text and were dropped (rows 4, 7, 12)." in dataset.notes
    assert "row-20" in {example.id for split in dataset.splits.values() for example in split}
    with pytest.raises(DataError, match=r"3 of 20 rows have no text in column 'text' \(rows 4, 7, 12\)"):
        load(DataConfig(source=source, empty="refuse"))
    rows[6]["label"] = 0
    kept = load(DataConfig(source=write(tmp_path / "r.jsonl", rows), empty="keep"))
    assert sum(example.text == "" for split in kept.splits.values() for example in split) == 2
    with pytest.raises(DataError, match=r"20 of 20 rows have no text"):
        load(
            DataConfig(source=write(tmp_path / "e.jsonl", [{"text": " ", "label": n % 2} for n in range(20)]))
        )


def test_texts_that_are_not_strings(tmp_path: Path) -> None:
    rows = reviews(20)
    rows[4]["text"] = 12.5
    dataset = load(DataConfig(source=write(tmp_path / "r.jsonl", rows)))
    assert "12.5" in {example.text for split in dataset.splits.values() for example in split}
    rows[4]["text"] = ["a", "b"]
    with pytest.raises(DataError, match=r"r.jsonl, row 5: column 'text' holds a list"):
        load(DataConfig(source=write(tmp_path / "r.jsonl", rows)))


def films(count: int = 200) -> list[dict[str, object]]:
    return [{**row, "imdb_id": f"tt{number // 4}"} for number, row in enumerate(reviews(count))]


def test_groups_never_straddle(tmp_path: Path) -> None:
    dataset = load(DataConfig(source=write(tmp_path / "r.jsonl", films()), group_by="imdb_id"))
    groups = {split: {example.group for example in examples} for split, examples in dataset.splits.items()}
    assert set(groups) == {"train", "validation", "test"}
    assert sum(map(len, groups.values())) == len(set().union(*groups.values())) == 50
    assert dataset.provenance["split"]["test"] == "whole groups of imdb_id at random, stratified by class"  # type: ignore[index]
    with pytest.raises(DataError, match=r"no column 'imdbid'; .*did you mean 'imdb_id'"):
        load(DataConfig(source=write(tmp_path / "r.jsonl", films()), group_by="imdbid"))


def test_rows_with_an_empty_group_are_not_tied_together(tmp_path: Path) -> None:
    rows = [{**row, "author": ""} for row in reviews()]
    dataset = load(DataConfig(source=write(tmp_path / "r.jsonl", rows), group_by="author"))
    assert {example.group for example in dataset.split("train")} == {None}
    assert len(dataset.split("test")) == 10


def test_random_split_of_grouped_rows_is_warned_of(tmp_path: Path) -> None:
    source = write(tmp_path / "r.jsonl", films())

    def warned(config: DataConfig) -> bool:
        return any("--group-by imdb_id" in sentence for sentence in load(config).warnings)

    assert warned(DataConfig(source=source))
    assert not warned(DataConfig(source=source, group_by="imdb_id"))
    assert not warned(DataConfig(source=source, test_fraction=0, validation_fraction=0))
    unique = [{**row, "tweet_id": number} for number, row in enumerate(reviews())]
    assert load(DataConfig(source=write(tmp_path / "u.jsonl", unique))).warnings == ()


@pytest.mark.parametrize("corpus", ["movies", "products"])
def test_no_warning_of_the_built_in_corpora(corpus: str) -> None:
    assert load(DataConfig(source=corpus)).warnings == ()


def test_only_the_splits_made_at_random_are_warned_of(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", films())
    write(tmp_path / "test.jsonl", films(40))
    (warning,) = load(DataConfig(source=str(tmp_path))).warnings
    assert warning == (
        "validation was split at random although the column imdb_id (50 values in 200 rows) could keep rows "
        "that belong together in one split; use --group-by imdb_id"
    )


def test_texts_of_two_splits_are_kept_unless_dropping_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", [*reviews(40), {"text": "REVIEW  100", "label": 0}])
    write(tmp_path / "dev.jsonl", reviews(10, 36))
    write(tmp_path / "test.jsonl", [*reviews(20, 44), *reviews(1, 100)])
    kept = load(DataConfig(source=str(tmp_path)))
    assert [len(examples) for examples in kept.splits.values()] == [41, 10, 21]
    dropped = load(DataConfig(source=str(tmp_path), duplicates="drop"))
    assert [len(examples) for examples in dropped.splits.values()] == [36, 8, 21]
    assert list(dropped.splits) == ["train", "validation", "test"]
    assert dropped.split("test") == kept.split("test")
    assert dropped.notes[-2:] == (
        "Validation: 2 of 10 texts left out, since they also stand in test (2).",
        "Train: 5 of 41 texts left out, since they also stand in test (1) or in validation (4).",
    )
    assert dropped.provenance["rows"] == {"train": 36, "validation": 8, "test": 21}
    assert dropped.provenance["duplicates"] == "drop"
    assert dropped.provenance["fingerprint"] == fingerprint(dropped.split("train"))


@pytest.mark.parametrize("count", range(1, 12))
def test_tiny_data_is_split_with_every_class_or_refused_in_one_line(tmp_path: Path, count: int) -> None:
    rows = [{"text": f"review {number}", "label": f"class {number % 3}"} for number in range(count)]
    try:
        dataset = load(DataConfig(source=write(tmp_path / "r.jsonl", rows)))
    except DataError as error:
        assert "\n" not in str(error)
        assert any(advice in str(error) for advice in ("give a smaller share", "need", "classes"))
        assert count < 9  # three of each class: one for each split
    else:
        assert sum(map(len, dataset.splits.values())) == count
        for examples in dataset.splits.values():
            assert {example.label for example in examples} == set(dataset.classes)


def test_acl_imdb_end_to_end(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for name, stars in (("neg", 2), ("pos", 9)):
            folder = tmp_path / "aclImdb" / split / name
            folder.mkdir(parents=True)
            for number in range(20):
                (folder / f"{number}_{stars}.txt").write_text(f"{split} {name} {number}")
            pages = "\n".join(f"http://www.imdb.com/title/tt{number // 4}/" for number in range(20))
            (folder.parent / f"urls_{name}.txt").write_text(pages)
    dataset = load(DataConfig(source=str(tmp_path / "aclImdb"), group_by="imdb_id", validation_fraction=0.2))
    assert dataset.classes == ("negative", "positive")
    assert len(dataset.split("test")) == 40
    assert dataset.split("test")[0] == Example(
        "test neg 0", "negative", "test-neg/0", "tt0", {"id": "neg/0", "stars": "2", "imdb_id": "tt0"}
    )
    films_of = {name: {example.group for example in dataset.split(name)} for name in ("train", "validation")}
    assert len(films_of["validation"]) == 1
    assert not films_of["train"] & films_of["validation"]


def test_label_of_the_test_split_that_training_does_not_know(tmp_path: Path, file: str) -> None:
    test = write(tmp_path / "t.jsonl", [*reviews(3), {"text": "so so", "label": 2}])
    with pytest.raises(DataError, match=r"t.jsonl, row 4: label '2' is not known; known are '0', '1'"):
        load(DataConfig(source=file, test=test))


def test_validation_larger_than_the_data(tmp_path: Path, file: str) -> None:
    with pytest.raises(DataError, match=r"0\.99 of the rows for validation takes all 45 of class 'negative'"):
        load(DataConfig(source=file, validation_fraction=0.99))
    few = write(tmp_path / "few.jsonl", reviews(3))
    with pytest.raises(DataError, match=r"leaves none to train on"):
        load(DataConfig(source=few))


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("text,label\n", "no rows"),
        ("text\na\nb\n", "no column looks like a label"),
        ("text,label\na,pos\nb,pos\n", "all 2 rows have the label 'pos'"),
        ("text,label\na,pos\nb,\n", r"1 of 2 rows have no label \(rows 2\)"),
        ("A good film,1\nA bad film,0\nA film,1\n", "first line looks like data"),
        ("text,label\na,1\nb\n", "line 3: 1 fields"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str, wanted: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=wanted) as caught:
        load(DataConfig(source=str(path)))
    assert "r.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_encoding(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(b"text,label\n" + "café,1\nthé,0\n".encode("latin-1") * 10)
    with pytest.raises(DataError, match=r"r.csv, line 2: byte 0xe9 is not utf-8; .*--encoding latin-1"):
        load(DataConfig(source=str(path)))
    dataset = load(DataConfig(source=str(path), encoding="latin-1"))
    assert {example.text for example in dataset.split("train")} == {"café", "thé"}


def test_one_enormous_review(tmp_path: Path) -> None:
    rows = reviews(20)
    rows[7]["text"] = "so very long " * 800_000  # 10 MB
    dataset = load(DataConfig(source=write(tmp_path / "r.jsonl", rows)))
    assert rows[7]["text"] in {example.text for split in dataset.splits.values() for example in split}


def test_test_split_without_training_rows(tmp_path: Path) -> None:
    write(tmp_path / "test.jsonl", reviews())
    with pytest.raises(DataError, match=r"has no split to train on, only test"):
        load(DataConfig(source=str(tmp_path)))


def test_reading_imports_no_heavy_library(file: str) -> None:
    code = (
        "import sys; from tenor.config.data import DataConfig; from tenor.data.load import load;"
        f"load(DataConfig(source={file!r}));"
        "print({'torch', 'datasets', 'pyarrow', 'pandas', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
