"""`load_unlabelled`: texts to learn from without labels, none of which is to be measured on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from tenor.config.unlabelled import UnlabelledConfig
from tenor.data.columns import column_names, find_text_column, known_label_column
from tenor.data.duplicates import digest
from tenor.data.example import Dataset
from tenor.data.marked import Marks
from tenor.data.resolve import read_source
from tenor.data.source import Source
from tenor.data.suggestion import listed
from tenor.data.texts import PLAIN, read_lines
from tenor.errors import DataError

_HELD_OUT = ("validation", "test")
_TEXT_COLUMN = "--set unlabelled.text_column=NAME"


@dataclass(frozen=True)
class UnlabelledTexts:
    """Texts, sentences on how they were read, and what a run stores of them, as JSON-ready values."""

    texts: tuple[str, ...]
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, object] | None = None


@dataclass(frozen=True)
class _Read:
    """What a source holds: texts, the group of each, and sentences."""

    texts: list[str]
    groups: list[str | None]
    notes: list[str]

    def take(
        self, source: Source, split: str, *, config: UnlabelledConfig, dataset: Dataset, marks: Marks
    ) -> None:
        """Add the texts of a split."""
        rows, where = source.splits[split], source.where(split)
        if not rows:
            raise DataError(f"{where} has no rows")
        names = column_names(rows)
        theirs = dataset.provenance.get("text_column")
        wanted = config.text_column or source.text_column or (str(theirs) if theirs in names else None)
        column = find_text_column(rows, where, wanted, option=_TEXT_COLUMN)
        label = source.label_column or known_label_column([one for one in names if one != column])
        if label is not None:
            self.notes.append(f"{where}: labels in column {label!r} are not looked at.")
        kept, said = marks.unmarked(rows, where)
        self.notes.extend(said)
        group = dataset.provenance.get("group_column")
        before = len(self.texts)
        for row in kept:
            text = row.get(column)
            if isinstance(text, str) and text.strip():
                value = None if group is None else row.get(str(group))
                self.texts.append(text)
                self.groups.append(None if value in (None, "") else str(value))
        number = len(self.texts) - before
        if not number:
            raise DataError(
                f"{where} has no text in column {column!r} in the {len(kept):,} rows that may be read; name "
                f"another column ({_TEXT_COLUMN})"
            )
        if number < len(kept):
            self.notes.append(f"{where}: {len(kept) - number:,} of {len(kept):,} rows had no text.")


def load_unlabelled(
    config: UnlabelledConfig, dataset: Dataset, *, train_too: bool = True
) -> UnlabelledTexts | None:
    """Read the unlabelled texts to go with `dataset`; None where the configuration names no source.

    Left out, and counted in notes, are the splits validation and test of a source, rows that
    `config.drop_where` marks, texts that also stand in validation or test of `dataset`, and where that was
    split by group and a source has the column, texts of groups that validation or test have. Texts of train
    are read here once more, unless `train_too` is false.

    Raises:
        DataError: a source cannot be read, lacks a column, or nothing is left.
        MissingExtraError: a source needs a library that is not installed.
    """
    if not config.sources:
        return None
    notes: list[str] = []
    texts: list[str] = []
    held_out = [example for split in _HELD_OUT for example in dataset.split(split)]
    apart = _HELD_OUT if train_too else ("train", *_HELD_OUT)
    known = {digest(example.text) for split in apart for example in dataset.split(split)} - {None}
    groups = {example.group for example in held_out} - {None}
    marks = Marks(config.drop_where, "unlabelled.drop_where")
    for source in config.sources:
        found = _read(source, config, dataset, marks)
        notes += found.notes
        kept = [
            text
            for text, group in zip(found.texts, found.groups, strict=True)
            if group is None or group not in groups
        ]
        if len(kept) < len(found.texts):
            column = dataset.provenance["group_column"]
            notes.append(_left_out(source, found.texts, kept, f"their {column} is in validation or test"))
        new = [text for text in kept if digest(text) not in known]
        if len(new) < len(kept):
            notes.append(_left_out(source, kept, new, f"they also stand in {_either(apart)}"))
        if not new:
            raise DataError(
                f"{source}: none of its {len(found.texts):,} texts is left, since all also stand, or have "
                f"their group, in {_either(apart)}; give other unlabelled texts, or none"
            )
        texts += new
    marks.check(config.sources)
    if config.limit is not None and config.limit < len(texts):
        seed = dataset.provenance.get("split_seed", 0)
        generator = np.random.Generator(np.random.PCG64(int(str(seed))))
        rows = np.sort(generator.permutation(len(texts))[: config.limit])
        notes.append(
            f"Unlabelled: {config.limit:,} of {len(texts):,} texts are taken at random (seed {seed})."
        )
        texts = [texts[row] for row in rows]
    notes.append(f"Unlabelled: {len(texts):,} texts are learned from without labels.")
    provenance = {
        "sources": list(config.sources),
        "drop_where": list(config.drop_where),
        "rows": len(texts),
        "fingerprint": _fingerprint(texts),
    }
    return UnlabelledTexts(tuple(texts), tuple(notes), provenance)


def _either(splits: Sequence[str]) -> str:
    return f"{', '.join(splits[:-1])} or {splits[-1]}"


def _left_out(source: str, before: Sequence[str], after: Sequence[str], why: str) -> str:
    return f"{source}: {len(before) - len(after):,} of {len(before):,} texts were left out, since {why}."


def _read(name: str, config: UnlabelledConfig, dataset: Dataset, marks: Marks) -> _Read:
    if name.lower().endswith(PLAIN):
        texts = read_lines(name, config.encoding)
        return _Read(texts, [None] * len(texts), [f"{name}: {len(texts):,} unlabelled texts, one a line."])
    source = read_source(name, config.encoding)
    parts = [split for split in source.splits if split not in _HELD_OUT]
    if not parts:
        raise DataError(
            f"{name} has no texts but those of {listed(source.splits)}, which are never learned from; give "
            "the file of the unlabelled texts"
        )
    found = _Read([], [], [*source.notes])
    passed = [split for split in source.splits if split in _HELD_OUT]
    if passed:
        found.notes.append(f"{name}: its {' and '.join(passed)} texts are not read.")
    for split in parts:
        found.take(source, split, config=config, dataset=dataset, marks=marks)
    return found


def _fingerprint(texts: Iterable[str]) -> str:
    found = sha256()
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()
