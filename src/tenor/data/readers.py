"""`read_rows`: rows of CSV, TSV, JSONL and Parquet files, one at a time in constant memory."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tenor.data.suggestion import listed
from tenor.data.textfiles import open_text
from tenor.errors import DataError

Row = dict[str, object]
Reader = Callable[[Path, str], Iterator[Row]]

_HEAD = 1 << 20  # characters of a file that choose its dialect
_FIELD_LIMIT = 2**31 - 1  # the largest that csv takes on every platform
_PARQUET_ROWS = 1024  # rows decoded at a time


class Dialect(NamedTuple):
    """How a delimited file separates its fields."""

    delimiter: str
    quoting: int


# The first dialect in which the head of the file is a table is taken, else the first of all.
CSV_DIALECTS = (
    Dialect(",", csv.QUOTE_MINIMAL),
    Dialect(";", csv.QUOTE_MINIMAL),
    Dialect("\t", csv.QUOTE_MINIMAL),
)
TSV_DIALECTS = (Dialect("\t", csv.QUOTE_MINIMAL), Dialect("\t", csv.QUOTE_NONE))


def read_rows(path: Path, encoding: str = "utf-8") -> Iterator[Row]:
    """Yield each row of a file as a dict from column name to value, by the format of `READERS`.

    Values are strings for CSV and TSV, JSON values for JSONL and Python values for Parquet; `encoding` is
    that of text files. Raises `DataError`, at once for a file that is missing or of another format, and
    while reading for a row that cannot be read (with its line) and for a file without rows.
    """
    suffix = file_suffix(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder; a file ending in {listed(READERS)} is needed here")
    if suffix is None:
        raise DataError(f"{path} is of a format that is not read; its name may end in {listed(READERS)}")
    if not path.exists():
        raise DataError(f"{path} does not exist")
    return _checked(path, READERS[suffix](path, encoding))


def file_suffix(path: Path) -> str | None:
    """Return the key of `READERS` with which the name of a file ends, such as ".csv.gz", or None."""
    name = path.name.lower()
    return next((suffix for suffix in READERS if name.endswith(suffix)), None)


def _checked(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        raise DataError(f"{path} has no rows")
    yield first
    yield from rows


def _read_csv(path: Path, encoding: str) -> Iterator[Row]:
    return _read_delimited(path, encoding, CSV_DIALECTS)


def _read_tsv(path: Path, encoding: str) -> Iterator[Row]:
    return _read_delimited(path, encoding, TSV_DIALECTS)


def _read_delimited(path: Path, encoding: str, dialects: tuple[Dialect, ...]) -> Iterator[Row]:
    csv.field_size_limit(_FIELD_LIMIT)  # for the whole process; the default of 131,072 refuses long reviews
    with open_text(path, encoding) as text:
        dialect = _sniff(text.read(_HEAD), dialects)
    with open_text(path, encoding) as text:
        # Strict: a quote left open would otherwise swallow the rest of the file without a word.
        lines = csv.reader(text, delimiter=dialect.delimiter, quoting=dialect.quoting, strict=True)
        start = 1
        try:
            header = _header(path, next(lines, []))
            start = lines.line_num + 1
            for fields in lines:
                if len(fields) == len(header):
                    yield dict(zip(header, fields, strict=True))
                elif fields:  # a blank line is no row
                    raise DataError(
                        f"{path}, line {start:,}: {len(fields)} fields where the first line names "
                        f"{len(header)}; put quotes around text that holds {dialect.delimiter!r}"
                    )
                start = lines.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{path}, line {start:,}: a quoted text is not closed or goes on after its closing quote; "
                'write a quote inside quotes twice ("")'
            ) from error


def _header(path: Path, fields: list[str]) -> list[str]:
    if not fields:
        raise DataError(f"{path} does not start with a line of column names, such as text,label")
    names = [name.strip() or f"column {place}" for place, name in enumerate(fields, 1)]
    _refuse_repeated(path, names)
    return names


def _refuse_repeated(path: Path, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"{path} has several columns called {listed(map(repr, repeated))}; rename them")


def _sniff(head: str, dialects: tuple[Dialect, ...]) -> Dialect:
    whole = len(head) < _HEAD
    return next((dialect for dialect in dialects if _is_table(head, whole, dialect)), dialects[0])


def _is_table(head: str, whole: bool, dialect: Dialect) -> bool:
    """Whether all rows of the head have as many fields as the first, and more than one."""
    lines = io.StringIO(head, newline="")
    widths: list[int] = []
    try:
        for fields in csv.reader(lines, delimiter=dialect.delimiter, quoting=dialect.quoting, strict=True):
            if fields:
                widths.append(len(fields))
    except csv.Error:
        if whole or next(lines, None) is not None:
            return False  # not because the head ends inside a quoted field
    else:
        if not whole and len(widths) > 1:
            widths.pop()  # the cut may have shortened it
    return bool(widths) and widths[0] > 1 and len(set(widths)) == 1


def _read_jsonl(path: Path, encoding: str) -> Iterator[Row]:
    with open_text(path, encoding) as text:
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                raise DataError(
                    f"{path}, line {number:,}: no JSON ({problem}); every line is one object such as "
                    '{"text": "...", "label": "..."}'
                ) from error
            if not isinstance(row, dict):
                raise DataError(
                    f"{path}, line {number:,}: a JSON {type(row).__name__} where an object is needed, such as "
                    '{"text": "...", "label": "..."}, one a line'
                )
            yield {name: _encodable(value) for name, value in row.items()} if "\\" in line else row


def _encodable(value: object) -> object:
    """Replace half surrogate pairs: JSON can write them (\\ud83d alone), but no file can hold them."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _read_parquet(path: Path, _encoding: str) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _refuse_repeated(path, file.schema_arrow.names)
            batches = file.iter_batches(batch_size=_PARQUET_ROWS)
            yield from itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is no readable Parquet file ({str(error).splitlines()[0]})") from error


# Suffix of the file name -> reader.
READERS: dict[str, Reader] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".tsv": _read_tsv,
    ".tsv.gz": _read_tsv,
    ".jsonl": _read_jsonl,
    ".jsonl.gz": _read_jsonl,
    ".parquet": _read_parquet,
}
