"""The reviews of distillation.py: labelled ones in splits, and others without labels."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import record

from tenor.config.data import DataConfig
from tenor.data.duplicates import digest
from tenor.data.example import Dataset
from tenor.data.load import load
from tenor.data.readers import read_rows
from tenor.files import atomic_file


def reviews(*, quick: bool) -> tuple[Dataset, Iterator[str]]:
    """Return labelled reviews in splits, and others without labels: none of test, or of a film of validation.

    While a way is chosen the test reviews are not there, so their copies are left out here.
    """
    if quick:
        dataset = load(DataConfig(source="movies"))
        train_rows = dataset.split("train")
        parts = {**dataset.splits, "train": train_rows[::2]}
        dataset = replace(dataset, splits=parts)
        return dataset, _without_test(dataset, (one.text for one in train_rows[1::2]))
    dataset = load(DataConfig(source=str(record.data_folder() / "imdb"), group_by="imdb_id"))
    films = {one.group for one in dataset.split("validation")}
    rows = read_rows(record.data_folder() / "imdb" / "unsup.parquet", "utf-8")
    texts = (str(row["text"]) for row in rows if not row["in_test"] and str(row["imdb_id"]) not in films)
    return dataset, _without_test(dataset, texts)


def _without_test(dataset: Dataset, texts: Iterator[str]) -> Iterator[str]:
    there = {digest(one.text) for one in dataset.split("test")}
    return (text for text in texts if digest(text) not in there)


def write_texts(texts: Iterator[str], path: Path) -> Path:
    """Write one JSON line a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8") as opened:
        for text in texts:
            opened.write(json.dumps({"text": text}) + "\n")
    return path
