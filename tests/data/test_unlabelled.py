"""Texts without labels: what stands in a split of the data is left out and counted."""

from pathlib import Path

import pytest
import toy

from tenor.data.unlabelled import Unlabelled
from tenor.errors import DataError


def read(*files: Path, column: str | None = None, encoding: str = "utf-8") -> Unlabelled:
    return Unlabelled.read(
        [str(file) for file in files], toy.dataset(), text_column=column, encoding=encoding
    )


def write(path: Path, *texts: str) -> Path:
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def test_nothing_given_is_nothing() -> None:
    found = read()
    assert len(found) == 0
    assert found.note is None


def test_texts_of_every_split_are_left_out_and_counted(tmp_path: Path) -> None:
    data = toy.dataset()
    own = {split: data.split(split)[0].text for split in ("train", "validation", "test")}
    shouted = f"  {own['test'].upper()}  "
    file = write(
        tmp_path / "more.txt", "quite new", own["train"], own["validation"], shouted, own["test"], "new"
    )
    found = read(file)
    assert [one.text for one in found.examples] == ["quite new", "new"]
    assert all(one.label is None for one in found.examples)
    assert found.left_out == {"test": 2, "validation": 1, "train": 1}
    assert found.note == (
        "Unlabelled: 2 texts; 4 left out, since the data has them as well (test 2, validation 1, train 1)."
    )


def test_several_files_and_a_column_whose_labels_are_not_looked_at(tmp_path: Path) -> None:
    table = tmp_path / "more.csv"
    table.write_text("body,stars\nعربي 😀 <b>x</b>,5\nsecond,1\n", encoding="utf-8")
    found = read(table, write(tmp_path / "more.txt", "third"), column="body")
    assert [one.text for one in found.examples] == ["عربي 😀 <b>x</b>", "second", "third"]
    assert found.note == "Unlabelled: 3 texts."


def test_the_test_part_of_a_folder_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "train.csv", "text", "to learn")
    write(tmp_path / "test.csv", "text", "held out")
    assert [one.text for one in read(tmp_path).examples] == ["to learn"]


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "holds no text"), ("\n \n", "holds no text")],
)
def test_an_empty_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "more.txt"
    file.write_text(content)
    with pytest.raises(DataError, match=said):
        read(file)


def test_a_missing_file_another_encoding_and_no_new_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read(tmp_path / "none.txt")
    file = tmp_path / "latin.txt"
    file.write_bytes("café\n".encode("latin-1"))
    with pytest.raises(DataError, match="is not utf-8"):
        read(file)
    assert [one.text for one in read(file, encoding="latin-1").examples] == ["café"]
    known = write(tmp_path / "known.txt", *(one.text for one in toy.dataset().split("test")))
    with pytest.raises(DataError, match="none is left to learn from"):
        read(known)
