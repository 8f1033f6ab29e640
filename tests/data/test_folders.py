"""Folders: a sub-folder a class, the layout of aclImdb, and a file a split."""

import json
from pathlib import Path

import pytest

from tenor.data.folders import read_folder
from tenor.errors import DataError


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def acl_imdb(root: Path) -> Path:
    """Two reviews a class and split, in the layout of the Large Movie Review Dataset."""
    for split in ("train", "test"):
        for name, stars in (("neg", (1, 3)), ("pos", (8, 10)), ("unsup", (0, 0))):
            reviews = {
                f"{number}_{star}.txt": f"{split} {name} {number}" for number, star in enumerate(stars)
            }
            write(root / split / name, reviews)
            pages = [f"http://www.imdb.com/title/tt{len(split)}{len(name)}{n}/usercomments" for n in range(2)]
            write(root / split, {f"urls_{name}.txt": "\n".join(pages) + "\n"})
        write(root / split, {"labeledBow.feat": "1 0:2"})
    return write(root, {"imdb.vocab": "the", "README": "read me"})


def test_acl_imdb(tmp_path: Path) -> None:
    source = read_folder(acl_imdb(tmp_path / "aclImdb"))
    assert source.name == "aclImdb"
    assert (source.text_column, source.label_column) == ("text", "label")
    assert set(source.splits) == {"train", "test"}
    assert source.splits["train"] == [
        {"text": "train neg 0", "label": "neg", "id": "neg/0", "stars": "1", "imdb_id": "tt530"},
        {"text": "train neg 1", "label": "neg", "id": "neg/1", "stars": "3", "imdb_id": "tt531"},
        {"text": "train pos 0", "label": "pos", "id": "pos/0", "stars": "8", "imdb_id": "tt530"},
        {"text": "train pos 1", "label": "pos", "id": "pos/1", "stars": "10", "imdb_id": "tt531"},
    ]
    assert [row["imdb_id"] for row in source.splits["test"]] == ["tt430", "tt431"] * 2


def test_films_are_found_by_the_number_of_the_review(tmp_path: Path) -> None:
    pages = [f"http://www.imdb.com/title/tt{line}/" for line in range(12)]
    write(tmp_path / "train", {"urls_pos.txt": "\n".join(pages), "neg/0_1.txt": "dull"})
    write(tmp_path / "train/pos", {"2_9.txt": "two", "10_8.txt": "ten", "99_7.txt": "beyond the list"})
    rows = {row["id"]: row for row in read_folder(tmp_path).splits["train"]}
    assert rows["pos/2"]["imdb_id"] == "tt2"
    assert rows["pos/10"]["imdb_id"] == "tt10"
    assert "imdb_id" not in rows["pos/99"]
    assert "imdb_id" not in rows["neg/0"]


def test_one_folder_a_class(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"good/a.txt": "fine\nfilm", "bad/b.txt": "dull", "bad/c.md": "no example", "notes.txt": "x"},
    )
    (tmp_path / "empty").mkdir()
    source = read_folder(tmp_path)
    assert source.splits == {
        "all": [
            {"text": "dull", "label": "bad", "id": "bad/b"},
            {"text": "fine\nfilm", "label": "good", "id": "good/a"},
        ]
    }


@pytest.mark.parametrize("name", ["validation", "valid", "dev", "val", "Dev"])
def test_names_of_the_validation_split(tmp_path: Path, name: str) -> None:
    as_folders = write(tmp_path / "a", {"train/x/1.txt": "a", f"{name}/x/2.txt": "b"})
    assert set(read_folder(as_folders).splits) == {"train", "validation"}
    as_files = write(tmp_path / "b", {"train.csv": "text,label\na,x\n", f"{name}.csv": "text,label\nb,y\n"})
    assert read_folder(as_files).splits["validation"] == [{"text": "b", "label": "y"}]


def test_one_file_a_split(tmp_path: Path) -> None:
    files = {
        "train.jsonl": json.dumps({"text": "a", "label": 1}) + "\n",
        "test.csv": "text,label\nb,0\n",
        "unsup.csv": "text,label\nc,-1\n",
        "test_old.csv": "not,even\na,table,\n",
        "README.md": "# Data",
    }
    source = read_folder(write(tmp_path, files))
    assert source.splits == {"train": [{"text": "a", "label": 1}], "test": [{"text": "b", "label": "0"}]}


def test_shards_are_joined_in_order(tmp_path: Path) -> None:
    shards = {f"train-0000{n}-of-00002.csv": f"text,label\n{n},x\n" for n in (1, 0)}
    assert [row["text"] for row in read_folder(write(tmp_path, shards)).splits["train"]] == ["0", "1"]


def test_two_of_one_split(tmp_path: Path) -> None:
    files = write(tmp_path / "a", {"train.csv": "text\na\n", "val.csv": "text\nb\n", "dev.tsv": "text\nc\n"})
    with pytest.raises(DataError, match=r"holds dev\.tsv, val\.csv, all for validation"):
        read_folder(files)
    folders = write(tmp_path / "b", {"val/x/1.txt": "a", "dev/x/1.txt": "b"})
    with pytest.raises(DataError, match=r"holds dev, val, all for validation"):
        read_folder(folders)


def test_folder_without_examples(tmp_path: Path) -> None:
    write(tmp_path, {"reviews.csv": "text,label\na,1\n", "notes.txt": "x"})
    with pytest.raises(DataError, match=r"holds no examples: it needs one sub-folder of .txt files a class"):
        read_folder(tmp_path)


def test_text_file_of_another_encoding(tmp_path: Path) -> None:
    write(tmp_path, {"pos/a.txt": "fine", "neg/a.txt": "dull"})
    (tmp_path / "pos" / "b.txt").write_bytes("one\ncafé".encode("latin-1"))
    with pytest.raises(DataError, match=r"b\.txt, line 2: byte 0xe9 is not utf-8"):
        read_folder(tmp_path)
    assert read_folder(tmp_path, "latin-1").splits["all"][-1]["text"] == "one\ncafé"
