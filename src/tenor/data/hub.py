"""Data sets of the Hugging Face hub, and folders that its `datasets` library saved."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tenor.data.readers import Row
from tenor.data.source import SPLIT_NAMES, UNSPLIT, Source
from tenor.data.suggestion import listed
from tenor.errors import DataError, MissingExtraError

PREFIX = "hub:"
_ROWS = 1024  # rows converted at a time
_MARKS = ("dataset_dict.json", "state.json")  # files that `save_to_disk` leaves in a folder


def is_saved(path: Path) -> bool:
    """Return whether a folder was written by `save_to_disk` of `datasets`."""
    return any((path / mark).is_file() for mark in _MARKS)


def read_saved(path: Path) -> Source:
    """Read a folder written by `save_to_disk`: a dataset, or a dictionary of its splits.

    Raises:
        DataError: the folder is damaged, or has no split that is known here.
        MissingExtraError: `datasets` is not installed.
    """
    datasets = _library()
    try:
        found = datasets.load_from_disk(str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no whole saved data set ({_line(error)}); save it again") from error
    return _source(path.resolve().name, found)


def read_hub(name: str) -> Source:
    """Read NAME or NAME:CONFIG of the hub; nothing of a data set's own code is run.

    The network is used, and the user asked for that by writing `hub:`; what `datasets` has in its cache is
    not fetched again. NAME may also be a folder on this machine, of data files or
    saved.

    Raises:
        DataError: the hub has no such data set, or none of its splits is known here.
        MissingExtraError: `datasets` is not installed.
    """
    if is_saved(Path(name)):
        return read_saved(Path(name))
    datasets = _library()
    base, _, config = (name, "", "") if Path(name).exists() else name.partition(":")
    try:
        found = datasets.load_dataset(base, config or None)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        raise DataError(
            f"{PREFIX}{name} cannot be read ({_line(error)}); write {PREFIX}NAME, {PREFIX}OWNER/NAME or "
            f"{PREFIX}NAME:CONFIG, as on huggingface.co/datasets"
        ) from error
    return _source(name, found)


def _library() -> Any:  # a module without types
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("datasets", "hub") from error
    return datasets


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _source(name: str, found: Any) -> Source:
    if not isinstance(found, Mapping):
        return Source(name, {UNSPLIT: list(_rows(found))})
    known = {SPLIT_NAMES[split]: found[split] for split in SPLIT_NAMES if split in found}
    if not known:
        raise DataError(f"{name} has the splits {listed(found)}; one called train is needed")
    splits, notes = {}, []
    for split, part in known.items():
        rows = list(_rows(part))
        labels = _class_names(part)
        if rows and labels and all(row[column] is None for row in rows for column in labels):
            notes.append(f"{name} ({split}) left out: the labels of its {len(rows):,} rows are withheld.")
        else:
            splits[split] = rows
    return Source(name, splits, notes=tuple(notes))


def _class_names(part: Any) -> dict[str, list[str]]:
    """Names of the values of each column that is a `ClassLabel`."""
    return {name: feature.names for name, feature in part.features.items() if hasattr(feature, "names")}


def _rows(part: Any) -> Iterator[Row]:
    labels = _class_names(part)
    # As Arrow, because only that leaves images, audio and the like undecoded.
    for table in part.with_format("arrow").iter(batch_size=_ROWS):
        for row in table.to_pylist():
            for column, names in labels.items():
                value = row[column]
                row[column] = names[value] if value is not None and value >= 0 else None  # -1: withheld
            yield row
