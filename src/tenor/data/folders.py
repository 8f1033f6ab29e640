"""Folders of examples: one sub-folder a class, perhaps within one a split; or one file a split."""

import re
from collections.abc import Iterator
from pathlib import Path

from tenor.data.readers import READERS, Row, file_suffix, read_rows
from tenor.data.source import SPLIT_NAMES, UNSPLIT, Source
from tenor.data.suggestion import listed
from tenor.data.textfiles import read_text
from tenor.errors import DataError

_NO_CLASS = {"unsup"}  # aclImdb's reviews without a label
_RATED = re.compile(r"(?P<id>\d+)_(?P<stars>\d+)")  # aclImdb: 127_9.txt is review 127, of 9 stars
_FILM = re.compile(r"tt\d+")
_SHARD = re.compile(r"-\d+-of-\d+$")


def read_folder(path: Path, encoding: str = "utf-8") -> Source:
    """Read a folder of one of three forms.

    - `neg/*.txt`, `pos/*.txt`: one sub-folder a class; not split.
    - `train/neg/*.txt`, ..., `test/pos/*.txt`: the same within one folder a split, as in aclImdb (Maas et
      al. 2011). A file ID_STARS.txt gives the columns `id` (CLASS/ID) and `stars`; where a file
      `urls_CLASS.txt` stands beside the classes, its line N (from 0) is the page of review N, and the film
      in it becomes `imdb_id`.
    - `train.csv`, `test.csv`, ...: one file a split, of any format of `READERS`, perhaps in shards
      (`train-00000-of-00002.parquet`).

    Splits are train, test and validation (or valid, dev, val); anything else there is left alone.

    Raises:
        DataError: none of these forms, a file that cannot be read, two folders or files for one split.
    """
    name = path.resolve().name
    folders = _by_split(path, [entry for entry in _folders(path) if _class_folders(entry)])
    if folders:
        splits = {split: _read_classes(entry, encoding) for split, (entry, *_) in folders.items()}
        return Source(name, splits, "text", "label")
    files = _by_split(path, [entry for entry in sorted(path.iterdir()) if file_suffix(entry)])
    if files:
        return Source(
            name,
            {
                split: [row for file in some for row in read_rows(file, encoding)]
                for split, some in files.items()
            },
        )
    if _class_folders(path):
        return Source(name, {UNSPLIT: _read_classes(path, encoding)}, "text", "label")
    raise DataError(
        f"{path} holds no examples: it needs one sub-folder of .txt files a class, or such folders within "
        f"train and test, or a file a split such as train.csv and test.csv (or {listed(list(READERS)[1:])})"
    )


def _by_split(path: Path, entries: list[Path]) -> dict[str, list[Path]]:
    """Sort those entries that are called like a split; only shards of one file may share a split."""
    found: dict[str, list[Path]] = {}
    for entry in entries:
        stem = entry.name[: -len(file_suffix(entry) or "")] if entry.is_file() else entry.name
        split = SPLIT_NAMES.get(_SHARD.sub("", stem).lower())
        if split is not None:
            found.setdefault(split, []).append(entry)
    for split, several in found.items():
        if len(several) > 1 and not all(_SHARD.search(entry.name.partition(".")[0]) for entry in several):
            raise DataError(
                f"{path} holds {listed(entry.name for entry in several)}, all for {split}; keep one of them"
            )
    return {split: found[split] for split in SPLIT_NAMES.values() if split in found}


def _folders(path: Path) -> list[Path]:
    return [entry for entry in sorted(path.iterdir()) if entry.is_dir()]


def _class_folders(path: Path) -> list[Path]:
    return [entry for entry in _folders(path) if entry.name not in _NO_CLASS and any(entry.glob("*.txt"))]


def _read_classes(path: Path, encoding: str) -> list[Row]:
    return [row for entry in _class_folders(path) for row in _read_class(entry, encoding)]


def _read_class(path: Path, encoding: str) -> Iterator[Row]:
    pages = path.with_name(f"urls_{path.name}.txt")
    films = [_FILM.search(line) for line in read_text(pages, encoding).splitlines()] if pages.exists() else []
    for file in sorted(path.glob("*.txt")):
        row: Row = {"text": read_text(file, encoding), "label": path.name, "id": f"{path.name}/{file.stem}"}
        rated = _RATED.fullmatch(file.stem)
        if rated is not None:
            number = int(rated["id"])
            row["id"] = f"{path.name}/{number}"
            row["stars"] = rated["stars"]
            film = films[number] if number < len(films) else None
            if film is not None:
                row["imdb_id"] = film[0]
        yield row
