"""`load`: a configuration -> labelled, split examples; `load_for_evaluation`: by a model's classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tenor.config.data import DataConfig
from tenor.data.augment.augmentation import augmented
from tenor.data.columns import column_names, require_column
from tenor.data.duplicates import drop_shared
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.data.groups import group_warning
from tenor.data.labels import Labels, learn_labels, match_labels
from tenor.data.readers import Row, read_rows
from tenor.data.resolve import read_source
from tenor.data.source import SPLIT_NAMES, UNSPLIT, Source
from tenor.data.splits import hold_out
from tenor.data.subset import subset
from tenor.data.suggestion import listed, suggestion
from tenor.data.table import Table, make_examples, make_ids, make_table
from tenor.errors import DataError

Splits = dict[str, tuple[Example, ...]]

_SPLITS = ("train", "validation", "test")
_ROW = "row"  # prefix of the ids of rows that no split names


@dataclass(frozen=True)
class Trained:
    """What a model was trained on: its classes in order, and its columns, which other data may have, too."""

    classes: tuple[str, ...]
    text_column: str | None = None
    label_column: str | None = None

    def named_in(self, source: Source) -> Source:
        """Return a source with these columns where it has both and does not say itself which they are."""
        rows = source.splits.get("train", source.splits.get(UNSPLIT, ()))
        names = column_names(rows)
        if source.text_column is None and {self.text_column, self.label_column} <= set(names):
            return replace(source, text_column=self.text_column, label_column=self.label_column)
        return source


def load(config: DataConfig, trained: Trained | None = None) -> Dataset:
    """Read a source, name its classes and bring it into the splits train, validation and test.

    Splits that the source brings, or `config.validation` and `config.test` name, are used as they are. Of
    those missing, test is split off the training rows first, then validation off the rest, each by its
    fraction. The classes are those of the training rows, or those that a model was `trained` on, of which not
    all need to occur. Last, with `config.duplicates` "drop", texts leave training, or validation, that a
    later split has too, and `config.subset` draws training rows. With `config.augment`, variants then join
    training.

    Raises:
        DataError: the source or a file cannot be read; no such column; labels that cannot be classes or
            that training does not know; a split that would lack rows or a class; no variants can be made.
        MissingExtraError: the source needs a library that is not installed.
    """
    source = read_source(config.source, config.encoding)
    if trained is not None:
        source = trained.named_in(source)
    tables = _tables(source, config)
    train = tables["train"]
    if config.group_by is not None:
        require_column(train.rows, config.group_by, train.where)
    read = train.labels, train.numbers, train.where
    labels = (
        learn_labels(*read, config.label_names)
        if trained is None
        else match_labels(*read, trained.classes, config.label_names)
    )
    given = _examples(tables, labels, config.group_by)
    splits, methods = _complete(given, config)
    notes = [
        *source.notes,
        *_reading_notes(source, tables, labels),
        *_split_notes(splits, methods, config),
    ]
    warnings: list[str] = []
    if config.group_by is None:
        made = {name: splits[name] for name in methods if name != "train"}
        warnings = group_warning(made, splits["train"])
    if config.duplicates == "drop":
        splits, left_out = drop_shared(splits)
        notes += left_out
    if config.subset.rows is not None:
        splits = dict(subset(Dataset(source.name, labels.classes, splits), config.subset).splits)
        notes.append(f"Train: {config.subset.rows:,} rows of it drawn (seed {config.subset.seed}).")
    provenance = {
        "source": config.source,
        "validation": config.validation,
        "test": config.test,
        **_reading_provenance(train, labels, config, config.group_by),
        "rows": {split: len(examples) for split, examples in splits.items()},
        "split": {split: methods.get(split, "given") for split in splits},
        "split_seed": config.split_seed,
        "duplicates": config.duplicates,
        "fingerprint": fingerprint(splits["train"]),
    }
    dataset = Dataset(source.name, labels.classes, splits, tuple(notes), provenance, tuple(warnings))
    return augmented(dataset, config.augment)


def load_for_evaluation(config: DataConfig, classes: tuple[str, ...], split: str | None = None) -> Dataset:
    """Read labelled rows to measure a model on, whose classes the labels must say (`match_labels`).

    Nothing is split: `validation`, `test`, the fractions and the seed of `config` play no part.

    Args:
        config: source, columns and labels; `group_by` is used where the source has that column.
        classes: the classes of the model, in its order.
        split: the split to take of a source that brings several; None: test, or the only one.

    Returns:
        A data set with one split, called as in the source, or "all" where it is not split.

    Raises:
        DataError: as `load`; the source has no such split; labels that are none of the classes.
        MissingExtraError: the source needs a library that is not installed.
    """
    source = read_source(config.source, config.encoding)
    split = _choose_split(source, split)
    rows = source.splits[split]
    table = make_table(
        rows,
        source.where(split),
        _ROW if split == UNSPLIT else split,
        config,
        text_column=source.text_column,
        label_column=source.label_column,
    )
    labels = match_labels(table.labels, table.numbers, table.where, classes, config.label_names)
    group_column = config.group_by if config.group_by in column_names(rows) else None
    splits = _examples({split: table}, labels, group_column)
    notes = (*source.notes, *_reading_notes(source, {split: table}, labels))
    provenance = {
        "source": config.source,
        **_reading_provenance(table, labels, config, group_column),
        "rows": {split: len(table.rows)},
        "fingerprint": fingerprint(splits[split]),
    }
    return Dataset(source.name, tuple(classes), splits, notes, provenance)


def _tables(source: Source, config: DataConfig) -> dict[str, Table]:
    """Make a table a split, train first; the other splits have its columns where they can."""
    parts: dict[str, tuple[Sequence[Row], str]] = {
        "train" if split == UNSPLIT else split: (rows, source.where(split))
        for split, rows in source.splits.items()
    }
    if "train" not in parts:
        raise DataError(
            f"{source.name} has no split to train on, only {listed(parts)}; name the file or folder of the "
            "training rows, and give this one as --test"
        )
    for split, file in (("validation", config.validation), ("test", config.test)):
        if file is not None:
            parts[split] = (list(read_rows(Path(file), config.encoding)), Path(file).name)
    rows, where = parts.pop("train")
    train = make_table(
        rows,
        where,
        _ROW if UNSPLIT in source.splits else "train",
        config,
        text_column=source.text_column,
        label_column=source.label_column,
    )
    tables = {"train": train}
    for split, (rows, where) in parts.items():
        names = column_names(rows)
        tables[split] = make_table(
            rows,
            where,
            split,
            config,
            text_column=train.text_column if train.text_column in names else None,
            label_column=train.label_column if train.label_column in names else None,
        )
    return tables


def _examples(tables: Mapping[str, Table], labels: Labels, group_column: str | None) -> Splits:
    return {
        split: make_examples(table, labels.read(table.labels, table.numbers, table.where), ids, group_column)
        for (split, table), ids in zip(tables.items(), make_ids(list(tables.values())), strict=True)
    }


def _complete(given: Splits, config: DataConfig) -> tuple[Splits, dict[str, str]]:
    """Split off what is missing; return all splits, and for those that were not given how they were made."""
    splits = dict(given)
    methods: dict[str, str] = {}
    how = "rows at random" if config.group_by is None else f"whole groups of {config.group_by} at random"
    if config.stratify:
        how += ", stratified by class"
    for name, fraction in (("test", config.test_fraction), ("validation", config.validation_fraction)):
        if name in splits or fraction == 0:
            continue
        rows = splits["train"]
        stay, held = hold_out(
            [str(example.label) for example in rows],
            fraction,
            seed=config.split_seed,
            stratify=config.stratify,
            groups=None if config.group_by is None else [example.group for example in rows],
            name=name,
        )
        splits["train"] = tuple(rows[index] for index in stay)
        splits[name] = tuple(rows[index] for index in held)
        methods |= {name: how, "train": "the rest"}
    return {name: splits[name] for name in _SPLITS if name in splits}, methods


def _reading_notes(source: Source, tables: Mapping[str, Table], labels: Labels) -> list[str]:
    """Say which columns were found, once for tables that agree, what was left out and what labels mean."""
    found: dict[tuple[str, str], str] = {}
    if source.text_column is None:
        for table in tables.values():
            found.setdefault((table.text_column, table.label_column), table.where)
    notes = [
        f"{where}: text is column {text!r}, label column {label!r}." for (text, label), where in found.items()
    ]
    notes += (note for table in tables.values() for note in table.notes)
    if labels.renamed:
        notes.append(f"Labels were read as {labels.renamed}.")
    return notes


def _split_notes(splits: Splits, methods: Mapping[str, str], config: DataConfig) -> list[str]:
    return [
        f"{name.capitalize()}: {len(splits[name]):,} rows split off, {how} (seed {config.split_seed})."
        for name, how in methods.items()
        if name != "train"
    ]


def _reading_provenance(
    table: Table, labels: Labels, config: DataConfig, group_column: str | None
) -> dict[str, object]:
    return {
        "text_column": table.text_column,
        "label_column": table.label_column,
        "positive_from": config.positive_from,
        "negative_to": config.negative_to,
        "labels": dict(labels.names),
        "group_column": group_column,
    }


def _choose_split(source: Source, wanted: str | None) -> str:
    splits = source.splits
    wanted = None if wanted is None else SPLIT_NAMES.get(wanted, wanted)
    if wanted is not None and wanted not in splits:
        what = f"has the splits {listed(splits)}" if UNSPLIT not in splits else "is not split"
        raise DataError(f"{source.name} {what}, not {wanted!r}{suggestion(wanted, splits)}")
    if wanted is None and "test" not in splits and len(splits) > 1:
        raise DataError(f"{source.name} has the splits {listed(splits)} and no test; choose one with --split")
    return wanted or ("test" if "test" in splits else next(iter(splits)))
