"""CSV and TSV files, a row at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tenor.data.suggestion import listed
from tenor.data.textfiles import open_text
from tenor.errors import DataError

if TYPE_CHECKING:
    from _csv import Reader

_HEAD = 1 << 20  # characters of a file that choose its dialect
_FIELD_LIMIT = 2**31 - 1  # the largest that csv takes on every platform


class Dialect(NamedTuple):
    """What separates fields, and whether quotes around them are part of the format or of the text."""

    delimiter: str
    quoted: bool = True

    def records(self, lines: Iterable[str]) -> "Reader":
        """Return a reader of the fields of each record.

        It is strict: a quote left open would otherwise swallow the rest of the file without a word.
        """
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)


# The first dialect in which the head of the file is a table is taken, or the first of all.
CSV_DIALECTS = (Dialect(","), Dialect(";"), Dialect("\t"))
TSV_DIALECTS = (Dialect("\t"), Dialect("\t", quoted=False))


def read_delimited(path: Path, encoding: str, dialects: tuple[Dialect, ...]) -> Iterator[dict[str, object]]:
    """Yield the records of `numbered_records` without their lines."""
    return (record for _, record in numbered_records(path, encoding, dialects))


def numbered_records(
    path: Path, encoding: str, dialects: tuple[Dialect, ...]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield for each record its line, from 1, and a dict of strings by the names in the first line.

    Blank lines are no records.

    Raises:
        DataError: no line of distinct column names, a record of more or fewer fields than it, or a quote out
            of place, each with its line; or what `open_text` raises.
    """
    csv.field_size_limit(_FIELD_LIMIT)  # for the whole process; the default of 131,072 refuses long reviews
    with open_text(path, encoding) as text:
        dialect = _sniff(text.read(_HEAD), dialects)
    with open_text(path, encoding) as text:
        records = dialect.records(text)
        line = 1
        try:
            names = column_names(path, next(records, []))
            line = records.line_num + 1
            for fields in records:
                if len(fields) == len(names):
                    yield line, dict(zip(names, fields, strict=True))
                elif fields:
                    raise DataError(
                        f"{path}, line {line:,}: {len(fields)} fields where the first line names "
                        f"{len(names)}; put quotes around text that holds {dialect.delimiter!r}"
                    )
                line = records.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{path}, line {line:,}: a quoted text is not closed or goes on after its closing quote; "
                'write a quote inside quotes twice ("")'
            ) from error


def column_names(path: Path, fields: list[str]) -> list[str]:
    """Return the column names of a header, with a name for those that have none.

    Raises:
        DataError: there are none, or two are equal.
    """
    if not fields:
        raise DataError(f"{path} is empty or starts with a blank line; its first line names the columns")
    names = [field.strip() or f"column {place}" for place, field in enumerate(fields, 1)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"{path} has several columns called {listed(map(repr, repeated))}; rename them")
    return names


def _sniff(head: str, dialects: tuple[Dialect, ...]) -> Dialect:
    whole = len(head) < _HEAD
    return next((dialect for dialect in dialects if _is_table(head, dialect, whole=whole)), dialects[0])


def _is_table(head: str, dialect: Dialect, *, whole: bool) -> bool:
    """Whether all records of the head have as many fields as the first, and more than one."""
    lines = io.StringIO(head, newline="")
    widths: list[int] = []
    try:
        widths += (len(fields) for fields in dialect.records(lines) if fields)
    except csv.Error:
        if whole or next(lines, None) is not None:
            return False
        # Else the head was cut inside a quoted field, which says nothing against the dialect.
    else:
        if not whole and len(widths) > 1:
            widths.pop()  # cut, too
    return bool(widths) and widths[0] > 1 and len(set(widths)) == 1
