"""`read_rows`: rows of CSV, TSV, JSONL and Parquet files, one at a time in constant memory."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from tenor.data.delimited import CSV_DIALECTS, TSV_DIALECTS, column_names, numbered_records
from tenor.data.suggestion import listed, suggestion
from tenor.data.textfiles import open_text
from tenor.errors import DataError

Row = dict[str, object]
Numbered = tuple[int, Row]
"""A row with the line it begins on, or in a file without lines its number, from 1."""
Reader = Callable[[Path, str], Iterator[Numbered]]

_PARQUET_ROWS = 1024  # rows decoded at a time


def read_rows(path: Path, encoding: str = "utf-8") -> Iterator[Row]:
    """Yield each row of a file as a dict from column name to value, by the format of `READERS`.

    Values are strings for CSV and TSV, JSON values for JSONL and Python values for Parquet; `encoding` is
    that of text files. Raises `DataError`, at once for a file that is missing or of another format, and
    while reading for a row that cannot be read (with its line) and for a file without rows.
    """
    return (row for _, row in read_numbered(path, encoding))


def read_numbered(path: Path, encoding: str = "utf-8") -> Iterator[Numbered]:
    """Yield rows as `read_rows` does, each with the line it begins on, for messages about its values."""
    suffix = file_suffix(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder; a file ending in {listed(READERS)} is needed here")
    if suffix is None:
        raise DataError(f"{path} is of a format that is not read; its name may end in {listed(READERS)}")
    if not path.exists():
        siblings = (entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else ()
        raise DataError(f"{path} does not exist{suggestion(path.name, siblings) or '; check the path'}")
    return _checked(path, READERS[suffix](path, encoding))


def file_suffix(path: Path) -> str | None:
    """Return the key of `READERS` with which the name of a file ends, such as ".csv.gz", or None."""
    name = path.name.lower()
    return next((suffix for suffix in READERS if name.endswith(suffix)), None)


def _checked(path: Path, rows: Iterator[Numbered]) -> Iterator[Numbered]:
    first = next(rows, None)
    if first is None:
        raise DataError(f"{path} has no rows")
    yield first
    yield from rows


def _read_csv(path: Path, encoding: str) -> Iterator[Numbered]:
    return numbered_records(path, encoding, CSV_DIALECTS)


def _read_tsv(path: Path, encoding: str) -> Iterator[Numbered]:
    return numbered_records(path, encoding, TSV_DIALECTS)


def _read_jsonl(path: Path, encoding: str) -> Iterator[Numbered]:
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
                    f"{path}, line {number:,}: JSON, but no object; every line is one such as "
                    '{"text": "...", "label": "..."}'
                )
            yield (
                number,
                {name: _encodable(value) for name, value in row.items()} if "\\" in line else row,
            )


def _encodable(value: object) -> object:
    """Replace half surrogate pairs: JSON can write them (\\ud83d alone), but no file can hold them."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _read_parquet(path: Path, _encoding: str) -> Iterator[Numbered]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            column_names(path, file.schema_arrow.names)
            batches = file.iter_batches(batch_size=_PARQUET_ROWS)
            rows = itertools.chain.from_iterable(batch.to_pylist() for batch in batches)
            yield from enumerate(rows, 1)
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
