"""What a source may be called, and what is said when nothing is called so."""

from pathlib import Path

import pytest

from tenor.data.builtin import corpus
from tenor.data.resolve import read_source
from tenor.errors import DataError


@pytest.mark.parametrize("name", corpus.BUILTIN)
def test_built_in_corpora_pass_through_unchanged(name: str) -> None:
    dataset, source = corpus.load(name), read_source(name)
    assert source.name == name
    for split, examples in dataset.splits.items():
        for example, row in zip(examples, source.splits[split], strict=True):
            assert row == {**example.columns, "text": example.text, "label": example.label, "id": example.id}


def test_a_file_and_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.csv").write_text("text,label\na,1\n")
    assert read_source(str(tmp_path / "train.csv")).splits == {"all": [{"text": "a", "label": "1"}]}
    assert read_source(str(tmp_path)).splits == {"train": [{"text": "a", "label": "1"}]}
    monkeypatch.chdir(tmp_path)
    assert read_source(".").name == tmp_path.name


def test_a_built_in_name_comes_before_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "movies").mkdir()
    (tmp_path / "movies" / "train.csv").write_text("text,label\na,1\n")
    monkeypatch.chdir(tmp_path)
    assert len(read_source("movies").splits) > 1
    assert set(read_source("./movies").splits) == {"train"}


def test_names_of_nothing() -> None:
    with pytest.raises(DataError) as caught:
        read_source("movis")
    for part in ("'movis'", "movies, products", ".csv", ".parquet", "hub:NAME", "did you mean 'movies'?"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match=r"reviews\.csv does not exist"):
        read_source("reviews.csv")
    with pytest.raises(DataError, match=r"is no built-in corpus"):
        read_source("")
