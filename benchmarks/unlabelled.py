"""Texts that may be read without labels: none stands in validation or test, none is of a film held out."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import record
from data_sets import DATA_SETS, IMDB

from tenor.config.data import DataConfig
from tenor.data.duplicates import digest
from tenor.data.example import Dataset, Example
from tenor.data.load import load
from tenor.data.readers import read_rows
from tenor.files import atomic_file


def never_labelled(dataset: Dataset) -> list[Example]:
    """Return the reviews of IMDb that nobody gave a label, `dataset` being those with one."""
    films = {one.group for one in dataset.split("validation")}
    rows = read_rows(record.data_folder() / "imdb" / "unsup.parquet", "utf-8")
    found = (
        Example(str(row["text"]), id=str(row["id"]), group=str(row["imdb_id"]))
        for row in rows
        if not row["in_test"]
    )
    return _not_held_out((one for one in found if one.group not in films), dataset)


def unlabelled(name: str, dataset: Dataset) -> list[Example]:
    """Return the training texts of a data set, and for IMDb those that never had a label."""
    found = _not_held_out(dataset.split("train"), dataset)
    return found + never_labelled(dataset) if name == IMDB else found


def unlabelled_file(name: str, dataset: Dataset) -> Path:
    """Write the texts of `unlabelled` as the file that training reads, and return where it lies."""
    return write(unlabelled(name, dataset), record.RUNS / f"unlabelled-{name}.jsonl")


def reviews(*, quick: bool) -> tuple[Dataset, list[Example]]:
    """Return labelled reviews of IMDb and those without a label; with `quick` halves of the corpus movies."""
    if not quick:
        dataset = DATA_SETS[IMDB].read()
        return dataset, never_labelled(dataset)
    dataset = load(DataConfig(source="movies"))
    train = dataset.split("train")
    dataset = replace(dataset, splits={**dataset.splits, "train": train[::2]})
    return dataset, _not_held_out(train[1::2], dataset)


def write(examples: Iterable[Example], path: Path) -> Path:
    """Write one JSON line a text, without its label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8") as opened:
        opened.writelines(json.dumps({"text": one.text}) + "\n" for one in examples)
    return path


def _not_held_out(examples: Iterable[Example], dataset: Dataset) -> list[Example]:
    held_out = {digest(one.text) for split in ("validation", "test") for one in dataset.split(split)}
    return [one for one in examples if digest(one.text) not in held_out]
