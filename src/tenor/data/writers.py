"""`row_writer`: rows into CSV, TSV, JSONL and Parquet files, batch by batch in constant memory."""

import contextlib
import csv
import gzip
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from tenor.data.readers import Row
from tenor.data.suggestion import listed
from tenor.errors import DataError, OutputError
from tenor.files import atomic_file

WriteRows = Callable[[Sequence[Row]], None]
Writer = Callable[[Path], AbstractContextManager[WriteRows]]

_GROUP_ROWS = 8192  # rows of a Parquet row group: what is held in memory


@contextlib.contextmanager
def row_writer(path: Path) -> Iterator[WriteRows]:
    """Yield a function that appends rows to a new file, whose format its name says (`WRITERS`).

    The file appears, whole, when the `with` ends; when it is left by an error there is no file, and an
    older one stays as it was. Columns are those of the first rows written: the first batch for CSV and TSV,
    the first row group for Parquet; JSONL takes any. A missing value is empty in CSV and null elsewhere.

    Raises `OutputError` for a name of no known format or a folder in the way, `DataError` for rows that do
    not fit the first ones, `StorageError` for a full disk.
    """
    name = path.name.lower()
    suffix = next((suffix for suffix in WRITERS if name.endswith(suffix)), None)
    if suffix is None:
        raise OutputError(f"{path} is of a format that is not written; let its name end in {listed(WRITERS)}")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    with atomic_file(path) as temporary, WRITERS[suffix](temporary) as write:
        yield write


@contextlib.contextmanager
def _create_text(path: Path, *, zipped: bool) -> Iterator[TextIO]:
    with contextlib.ExitStack() as stack:
        raw: BinaryIO = stack.enter_context(path.open("wb"))
        if zipped:
            # Without name and time in its header: equal rows make equal bytes.
            gzipped = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)
            raw = cast(BinaryIO, stack.enter_context(gzipped))
        yield stack.enter_context(io.TextIOWrapper(raw, encoding="utf-8", newline=""))


@contextlib.contextmanager
def _delimited(path: Path, *, delimiter: str, zipped: bool) -> Iterator[WriteRows]:
    with _create_text(path, zipped=zipped) as text:
        plain = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        # csv leaves a lone carriage return unquoted, but ends a line at it when reading.
        quoted = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        columns: list[str] = []
        written = 0

        def write(rows: Sequence[Row]) -> None:
            nonlocal columns, written
            if rows and not columns:
                columns = _columns(rows)
                plain.writerow(columns)
            _refuse_new_columns(rows, columns, written)
            for row in rows:
                cells = [_cell(row.get(column)) for column in columns]
                returns = any(isinstance(cell, str) and "\r" in cell for cell in cells)
                (quoted if returns else plain).writerow(cells)
            written += len(rows)

        yield write


def _cell(value: object) -> object:
    """Return what csv writes well: it makes an empty field of None, and of lists what only Python reads."""
    return _json(value) if isinstance(value, dict | list) else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


@contextlib.contextmanager
def _jsonl(path: Path, *, zipped: bool) -> Iterator[WriteRows]:
    with _create_text(path, zipped=zipped) as text:

        def write(rows: Sequence[Row]) -> None:
            text.writelines(f"{_json(row)}\n" for row in rows)

        yield write


@contextlib.contextmanager
def _parquet(path: Path) -> Iterator[WriteRows]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[Row] = []
    columns: list[str] = []
    written = 0
    file: pq.ParquetWriter | None = None

    def flush() -> None:
        nonlocal file, written, columns
        columns = columns or _columns(waiting)
        _refuse_new_columns(waiting, columns, written)
        try:
            if file is None:
                table = _typed(pa.Table.from_pylist([_filled(row, columns) for row in waiting]))
                file = stack.enter_context(pq.ParquetWriter(path, table.schema, compression="zstd"))
            else:
                table = pa.Table.from_pylist(waiting, schema=file.schema)
        except pa.ArrowException as error:
            raise DataError(
                f"rows {written + 1:,} to {written + len(waiting):,} do not fit the types of one Parquet "
                f"table ({str(error).splitlines()[0]}); write JSONL instead"
            ) from error
        file.write_table(table)
        written += len(waiting)
        waiting.clear()

    def write(rows: Sequence[Row]) -> None:
        for row in rows:
            waiting.append(row)
            if len(waiting) == _GROUP_ROWS:
                flush()

    with contextlib.ExitStack() as stack:
        yield write
        if waiting or file is None:
            flush()


def _typed(table: Any) -> Any:  # pyarrow has no types
    """Call columns without values strings: their type is not known yet, and null would fit no later one."""
    import pyarrow as pa

    fields = [pa.field(f.name, pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


def _filled(row: Row, columns: Iterable[str]) -> Row:
    return {column: row.get(column) for column in columns}


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(itertools.chain.from_iterable(rows)))


def _refuse_new_columns(rows: Sequence[Row], columns: Sequence[str], written: int) -> None:
    known = set(columns)
    for number, row in enumerate(rows, written + 1):
        if not row.keys() <= known:
            new = sorted(row.keys() - known)
            raise DataError(
                f"row {number:,} has columns that the first rows lack ({listed(new)}); write JSONL, whose "
                "rows may differ"
            )


# Suffix of the file name -> writer.
WRITERS: dict[str, Writer] = {
    ".csv": lambda path: _delimited(path, delimiter=",", zipped=False),
    ".csv.gz": lambda path: _delimited(path, delimiter=",", zipped=True),
    ".tsv": lambda path: _delimited(path, delimiter="\t", zipped=False),
    ".tsv.gz": lambda path: _delimited(path, delimiter="\t", zipped=True),
    ".jsonl": lambda path: _jsonl(path, zipped=False),
    ".jsonl.gz": lambda path: _jsonl(path, zipped=True),
    ".parquet": _parquet,
}
