"""`load_texts`: sources of texts -> texts by split, whose labels are not looked at."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tenor.config.language_model import TextsConfig
from tenor.data.columns import find_text_column, require_column
from tenor.data.duplicates import drop_shared
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.data.marked import Marks
from tenor.data.resolve import read_source
from tenor.data.source import UNSPLIT
from tenor.data.splits import hold_out
from tenor.data.suggestion import suggestion
from tenor.data.textfiles import read_text
from tenor.errors import DataError

PLAIN = (".txt", ".txt.gz")
_HELD_OUT = ("test", "validation")
_SPLITS = ("train", "validation", "test")
Splits = dict[str, list[Example]]


def load_texts(config: TextsConfig) -> Dataset:
    """Read texts and bring them into the splits train, validation and test; there are no classes.

    Splits that a source brings are used as they are. Of those missing, test is split off the training texts
    first, then validation off the rest, by text or by group. Of a running text they are its end:
    the last part is test, what stands before it validation.

    Raises:
        DataError: a source cannot be read, holds no text, or too few to hold any out.
        MissingExtraError: a source needs a library that is not installed.
    """
    splits: Splits = {}
    notes: list[str] = []
    marks = Marks(config.drop_where, "data.drop_where")
    for source in config.sources:
        found, said = _read(source, config, marks)
        notes += said
        for split, examples in found.items():
            splits.setdefault(split, []).extend(examples)
    marks.check(config.sources)
    if not splits.get("train"):
        raise DataError(f"{_named(config)} has no split to train on; name the file of the training texts")
    parts = _parted(splits, config, notes)
    if config.duplicates == "drop" and not config.stream:
        parts, left_out = drop_shared(parts)
        notes += left_out
    provenance = {
        "source": _named(config),
        "stream": config.stream,
        "group_column": config.group_by,
        "rows": {split: len(examples) for split, examples in parts.items()},
        "split_seed": config.split_seed,
        "duplicates": config.duplicates,
        "fingerprint": fingerprint(parts["train"]),
    }
    return Dataset(_named(config), (), parts, tuple(notes), provenance)


def _named(config: TextsConfig) -> str:
    return ", ".join(config.sources)


def _read(source: str, config: TextsConfig, marks: Marks) -> tuple[Splits, list[str]]:
    path = Path(source)
    if path.name.lower().endswith(PLAIN):
        return _read_plain(path, config)
    if config.stream:
        raise DataError(
            f"{source} is no text file ({', '.join(PLAIN)}), and only these are read as a running text; "
            "leave out --stream"
        )
    found = read_source(source, config.encoding)
    splits: Splits = {}
    notes = list(found.notes)
    for split, rows in found.splits.items():
        where = found.where(split)
        if not rows:
            raise DataError(f"{where} has no rows")
        column = find_text_column(rows, where, config.text_column or found.text_column)
        if config.group_by is not None:
            require_column(rows, config.group_by, where)
        kept, marked = marks.unmarked(rows, where)
        notes += marked
        examples = [
            Example(text, id=f"{split}-{number}", group=_group(row.get(config.group_by or "")))
            for number, row in enumerate(kept, 1)
            if isinstance(text := row.get(column), str) and text.strip()
        ]
        if not examples:
            raise DataError(f"{where} has no text in column {column!r}; name another --text-column")
        if len(examples) < len(kept):
            notes.append(f"{where}: {len(kept) - len(examples):,} of {len(kept):,} rows had no text.")
        splits["train" if split == UNSPLIT else split] = examples
        if found.text_column is None:
            notes.append(f"{where}: text is column {column!r}.")
    return splits, notes


def read_lines(name: str, encoding: str) -> list[str]:
    """Return the lines of a text file that hold text, each one text.

    Raises:
        DataError: there is no such file, or it holds no text.
    """
    return [line for line in _read_whole(Path(name), encoding).splitlines() if line.strip()]


def _read_whole(path: Path, encoding: str) -> str:
    if not path.is_file():
        siblings = (entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else ()
        raise DataError(f"{path} does not exist{suggestion(path.name, siblings) or '; check the path'}")
    text = read_text(path, encoding)
    if not text.strip():
        raise DataError(f"{path} holds no text; give a file with some")
    return text


def _read_plain(path: Path, config: TextsConfig) -> tuple[Splits, list[str]]:
    if config.stream:
        text = _read_whole(path, config.encoding)
        text = text.replace("\r\n", "\n")
        return {"train": [Example(text, id=path.name)]}, [
            f"{path}: {len(text):,} characters of running text."
        ]
    lines = read_lines(str(path), config.encoding)
    return (
        {"train": [Example(line, id=f"{path.name}-{number}") for number, line in enumerate(lines, 1)]},
        [f"{path}: {len(lines):,} texts, one a line (--stream reads it as one running text)."],
    )


def _group(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _parted(splits: Splits, config: TextsConfig, notes: list[str]) -> dict[str, tuple[Example, ...]]:
    """Split off what is missing, and say how."""
    parts = {name: tuple(splits[name]) for name in _SPLITS if name in splits}
    shares = {"test": config.test_fraction, "validation": config.validation_fraction}
    wanted = [name for name in _HELD_OUT if name not in parts and shares[name]]
    if wanted and not config.stream and len(parts["train"]) <= len(wanted):
        number = len(parts["train"])
        raise DataError(
            f"{_named(config)} holds {number} text{'s' if number > 1 else ''}, too few to hold any out for "
            f"{' and '.join(wanted)}; give more, read a text file as one running text (--stream), or set "
            "data.test_fraction=0 and data.validation_fraction=0"
        )
    for name in wanted:
        rows = parts["train"]
        # The share of all texts that each takes of what is left, for both kinds of text alike.
        parts["train"], parts[name] = (
            _cut(rows, shares[name]) if config.stream else _held_out(rows, shares[name], name, config)
        )
        how = "the end of each text" if config.stream else f"texts at random (seed {config.split_seed})"
        if config.group_by is not None and not config.stream:
            how = f"whole groups of {config.group_by} at random (seed {config.split_seed})"
        notes.append(f"{name.capitalize()}: {shares[name]:.0%} split off, {how}.")
    return {name: parts[name] for name in _SPLITS if name in parts}


def _held_out(
    rows: Sequence[Example], share: float, name: str, config: TextsConfig
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    least = max(share, 1 / len(rows))  # a text at least
    stay, held = hold_out(
        ["text"] * len(rows),
        least,
        seed=config.split_seed,
        stratify=False,
        groups=None if config.group_by is None else [row.group for row in rows],
        name=name,
    )
    return tuple(rows[index] for index in stay), tuple(rows[index] for index in held)


def _cut(rows: Sequence[Example], share: float) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Cut the end off each running text, at white space."""
    before, after = [], []
    for row in rows:
        place = round(len(row.text) * (1 - share))
        place += len(row.text[place:]) - len(row.text[place:].lstrip())  # at a space already, or else
        while place < len(row.text) and not row.text[place - 1].isspace():
            place += 1
        if not row.text[:place].strip() or not row.text[place:].strip():
            raise DataError(
                f"{row.id} is too short to hold {share:.0%} of it out; give a longer text, or set "
                "data.test_fraction=0 and data.validation_fraction=0"
            )
        before.append(replace(row, text=row.text[:place]))
        after.append(replace(row, text=row.text[place:]))
    return tuple(before), tuple(after)
