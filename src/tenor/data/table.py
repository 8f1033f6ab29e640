"""`Table`: the rows of one split on their way to examples, with their texts and raw labels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tenor.config.data import DataConfig
from tenor.data.columns import find_label_column, find_text_column
from tenor.data.example import Example
from tenor.data.labels import polarity
from tenor.data.readers import Row
from tenor.data.suggestion import listed
from tenor.errors import DataError

_ID = "id"


@dataclass(frozen=True)
class Table:
    """Rows that have a text and a label.

    `numbers` (N,) counts rows from 1 in what was read, so it has gaps where rows were left out. `prefix`
    begins the ids that are made for the rows. `rated`: the labels were made of ratings.
    """

    where: str
    prefix: str
    text_column: str
    label_column: str
    rows: Sequence[Row]
    texts: Sequence[str]
    labels: Sequence[object]
    numbers: Sequence[int]
    rated: bool = False
    notes: tuple[str, ...] = ()

    def select(self, keep: Iterable[bool], note: str) -> "Table":
        """Return the rows for which `keep` (N,) is true, and a note on why."""
        places = [place for place, kept in enumerate(keep) if kept]
        return replace(
            self,
            rows=[self.rows[place] for place in places],
            texts=[self.texts[place] for place in places],
            labels=[self.labels[place] for place in places],
            numbers=[self.numbers[place] for place in places],
            notes=(*self.notes, note),
        )


def make_table(
    rows: Sequence[Row],
    where: str,
    prefix: str,
    config: DataConfig,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
) -> Table:
    """Find the columns, leave out rows without text, and make labels of ratings, all as `config` says.

    Args:
        rows: what was read.
        where: their file or split, for messages.
        prefix: of the ids made for the rows.
        config: its columns, ratings and policy for empty texts.
        text_column: the column of the text unless `config` names one; None: found.
        label_column: the column of the label unless `config` names one; None: found.

    Raises:
        DataError: no rows, no such column, a text that is none or is refused for being empty, a rating that
            is no number, or nothing left.
    """
    if not rows:
        raise DataError(f"{where} has no rows")
    by_rating = config.positive_from is not None or config.negative_to is not None
    text_column = find_text_column(rows, where, config.text_column or text_column)
    label_column = find_label_column(
        rows, where, text_column, config.label_column or label_column, stars=by_rating
    )
    if text_column == label_column:
        raise DataError(f"{where}: column {text_column!r} cannot be both the text and the label")
    table = Table(
        where,
        prefix,
        text_column,
        label_column,
        rows,
        [_text(row.get(text_column), number, where, text_column) for number, row in enumerate(rows, 1)],
        [row.get(label_column) for row in rows],
        range(1, len(rows) + 1),
    )
    if config.empty != "keep":
        table = _with_text(table, refuse=config.empty == "refuse")
    return _by_rating(table, config) if by_rating else table


def make_examples(
    table: Table, classes: Sequence[str], ids: Sequence[str], group_column: str | None
) -> tuple[Example, ...]:
    """Make the examples of a table of N rows.

    Args:
        table: the rows.
        classes: the class of each (N,).
        ids: the id of each (N,).
        group_column: the column whose values become groups, or None; rows without a value have no group.
    """
    # A rating stays: it says more than the class made of it.
    skipped = {table.text_column} if table.rated else {table.text_column, table.label_column}
    examples = []
    for row, text, label, name in zip(table.rows, table.texts, classes, ids, strict=True):
        columns = {
            column: cell
            for column, value in row.items()
            if column not in skipped
            and (cell := _cell(value)) is not None
            and not (cell == name and column.lower() == _ID)  # said already
        }
        group = None if group_column is None else _cell(row.get(group_column)) or None
        examples.append(Example(text, label, name, group, columns))
    return tuple(examples)


def make_ids(tables: Sequence[Table]) -> list[list[str]]:
    """Return an id for each row of each table, unique among all of them.

    It is the value of the row's column `id` where these are unique; PREFIX-id where they are so within
    their table; else PREFIX-NUMBER, as in "train-17".
    """
    found = [_own_ids(table) for table in tables]
    together = [own for ids in found for own in ids]
    if all(found) and len(set(together)) == len(together):
        return found
    return [
        [f"{table.prefix}-{own}" for own in (ids if ids and len(set(ids)) == len(ids) else table.numbers)]
        for table, ids in zip(tables, found, strict=True)
    ]


def _own_ids(table: Table) -> list[str]:
    """Values of the column called id, or nothing where one is missing."""
    names = {column for column in table.rows[0] if column.lower() == _ID}
    for name in sorted(names - {table.text_column, table.label_column}):
        values = [row.get(name) for row in table.rows]
        if all(value is not None and value != "" for value in values):
            return [str(value) for value in values]
    return []


def _with_text(table: Table, *, refuse: bool) -> Table:
    filled = [bool(text.strip()) for text in table.texts]
    if all(filled):
        return table
    numbers = [number for number, full in zip(table.numbers, filled, strict=True) if not full]
    some = f"{table.where}: {len(numbers):,} of {len(filled):,} rows"
    if refuse or not any(filled):
        raise DataError(
            f"{some} have no text in column {table.text_column!r} (rows {listed(numbers, 5)}); fill or "
            "remove them, name another --text-column, or choose --empty drop or keep"
        )
    return table.select(filled, f"{some} had no text and were dropped (rows {listed(numbers, 5)}).")


def _by_rating(table: Table, config: DataConfig) -> Table:
    labels = polarity(
        table.labels,
        table.numbers,
        table.where,
        positive_from=config.positive_from,
        negative_to=config.negative_to,
    )
    left_out = labels.count(None)
    table = replace(table, labels=labels, rated=True)
    if not left_out:
        return table
    some = f"{table.where}: {left_out:,} of {len(labels):,} rows"
    if left_out == len(labels):
        raise DataError(f"{some} are rated neither positive nor negative; change the bounds")
    return table.select(
        (label is not None for label in labels),
        f"{some} were left out: their {table.label_column!r} is between {config.negative_to:g} (negative) "
        f"and {config.positive_from:g} (positive).",
    )


def _text(value: object, number: int, where: str, column: str) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, int | float):
        return _cell(value) or ""
    raise DataError(
        f"{where}, row {number:,}: column {column!r} holds a {type(value).__name__} where text is needed; "
        "name another --text-column"
    )


def _cell(value: object) -> str | None:
    """Return a value as a string, or None where there is none."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return None if missing else str(value)
