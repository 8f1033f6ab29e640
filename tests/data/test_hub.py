"""Data sets of Hugging Face's `datasets`, saved or found on this machine; never the network."""

import builtins
from pathlib import Path

import pytest

from tenor.config.data import DataConfig
from tenor.data.hub import is_saved, read_hub, read_saved
from tenor.data.load import load
from tenor.errors import DataError, MissingExtraError

datasets = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the cache of the user out, and the network."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()


def make(count: int, labels: list[int] | None = None):
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["bad", "good", "odd"])}
    )
    rows = {
        "text": [f"text {number}" for number in range(count)],
        "label": labels or [number % 3 for number in range(count)],
    }
    return datasets.Dataset.from_dict(rows, features=features)


def test_saved_dictionary_of_splits(tmp_path: Path) -> None:
    splits = datasets.DatasetDict(
        {"train": make(30), "dev": make(6), "test": make(9), "unsupervised": make(5, [-1] * 5)}
    )
    splits.save_to_disk(tmp_path / "saved")
    assert is_saved(tmp_path / "saved")
    source = read_saved(tmp_path / "saved")
    assert {split: len(rows) for split, rows in source.splits.items()} == {
        "train": 30,
        "validation": 6,
        "test": 9,
    }
    assert source.splits["train"][1] == {"text": "text 1", "label": "good"}
    assert read_hub(str(tmp_path / "saved")) == source
    dataset = load(DataConfig(source=str(tmp_path / "saved")))
    assert dataset.classes == ("bad", "good", "odd")
    assert len(dataset.split("validation")) == 6


def test_saved_single_dataset_is_not_split(tmp_path: Path) -> None:
    make(2000).save_to_disk(tmp_path / "saved")
    source = read_saved(tmp_path / "saved")
    assert {split: len(rows) for split, rows in source.splits.items()} == {"all": 2000}
    assert source.splits["all"][1999]["text"] == "text 1999"


def test_withheld_labels_leave_the_split_out(tmp_path: Path) -> None:
    splits = datasets.DatasetDict({"train": make(30), "test": make(9, [-1] * 9)})
    splits.save_to_disk(tmp_path / "saved")
    source = read_saved(tmp_path / "saved")
    assert set(source.splits) == {"train"}
    assert "saved (test) left out: the labels of its 9 rows are withheld." in source.notes


def test_folder_of_data_files_by_load_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    folder.mkdir()
    make(12).to_json(folder / "train.jsonl")
    make(6).to_json(folder / "test.jsonl")
    source = read_hub(str(folder))
    assert {split: len(rows) for split, rows in source.splits.items()} == {"train": 12, "test": 6}
    assert source.splits["train"][2] == {"text": "text 2", "label": 2}


def test_configuration_after_a_colon(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def load_dataset(name: str, config: str | None):
        asked.append((name, config))
        return datasets.DatasetDict({"train": make(3)})

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    assert load(DataConfig(source="hub:some/glue:sst2", test_fraction=0, validation_fraction=0)).classes
    read_hub("imdb")
    assert asked == [("some/glue", "sst2"), ("imdb", None)]


def test_what_the_hub_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_hub("nobody/nothing-of-this-name")
    assert "hub:nobody/nothing-of-this-name cannot be read" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_split_that_is_known(tmp_path: Path) -> None:
    datasets.DatasetDict({"unsupervised": make(3)}).save_to_disk(tmp_path / "saved")
    with pytest.raises(DataError, match=r"saved has the splits unsupervised; one called train is needed"):
        read_saved(tmp_path / "saved")


def test_damaged_folder(tmp_path: Path) -> None:
    make(3).save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "state.json").write_text("{}")
    with pytest.raises(DataError, match=r"is no whole saved data set"):
        read_saved(tmp_path / "saved")


def test_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: object) -> object:
        if name == "datasets":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"tenor\[hub\]"):
        read_hub("imdb")
