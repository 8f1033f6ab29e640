"""Sentence vectors of whole data: made chunk by chunk in constant memory, kept as Parquet, and searched.

The vector of a text is what the head of the network sees: the output of the encoder, pooled. A file of them
names the model that made them, since vectors of two models cannot be compared.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tenor.errors import DataError, OutputError
from tenor.files import atomic_file
from tenor.inference.files import LABEL, TextRows, refuse_target
from tenor.inference.predictor import Predictor
from tenor.inference.similarity import Nearest, Vectors

SUFFIX = ".parquet"
_ID, _TEXT, _VECTOR = "id", "text", "vector"
_MODEL = b"tenor.model"  # the key under which a file names its model
_ROWS = 4096  # rows of a file that are read at a time


@dataclass(frozen=True)
class TextVectors:
    """Some texts with their vectors."""

    first: int  # number of the first row, from 1
    ids: Sequence[str]  # of the column "id", or the number of the row, from 1
    texts: Sequence[str]
    labels: Sequence[str]  # as predicted
    vectors: Vectors  # (N, H')


@dataclass(frozen=True)
class Query:
    """A text that similar ones are looked for."""

    text: str
    row: int | None = None  # of the searched data that it is, which is not found itself


@dataclass(frozen=True)
class Similar:
    """A text that is similar to another."""

    row: int  # from 1
    id: str
    text: str
    label: str
    similarity: float  # cosine, from -1 to 1


@dataclass(frozen=True)
class Written:
    """What `write_vectors` did."""

    rows: int
    empty: int  # rows without text; their vector is that of the unknown word
    size: int  # numbers of a vector


def embed(predictor: Predictor, rows: TextRows) -> Iterator[TextVectors]:
    """Yield the texts of some data with their vectors, some thousand at a time."""
    first = 1
    for chunk, texts in rows.chunks():
        ids = [str(n if row.get(_ID) is None else row[_ID]) for n, row in enumerate(chunk, first)]
        vectors, labels = predictor.labelled_vectors(texts)
        yield TextVectors(first, ids, texts, labels, vectors)
        first += len(chunk)


def write_vectors(
    predictor: Predictor,
    rows: TextRows,
    target: Path,
    *,
    force: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Written:
    """Write the vectors of all rows to a Parquet file, whole or not at all.

    Its columns: id, text and label (strings), vector (a list of H' float32).

    Args:
        rows: the texts.
        target: the file; its name ends in .parquet.
        force: replace `target` where it exists.
        advance: is told how many more rows are done.

    Raises:
        DataError: as the rows of `TextRows`.
        OutputError: `target` exists, is the input, or is no name of a Parquet file.
        StorageError: the disk is full.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if target.suffix.lower() != SUFFIX:
        raise OutputError(
            f"{target} is no name for vectors, which are written as Parquet; end it in {SUFFIX}"
        )
    if target.is_dir():
        raise OutputError(f"{target} is a folder; name a file in it")
    refuse_target(target, Path(rows.source), force=force)
    fields = [
        (_ID, pa.string()),
        (_TEXT, pa.string()),
        (LABEL, pa.string()),
        (_VECTOR, pa.list_(pa.float32())),
    ]
    schema = pa.schema(fields, metadata={_MODEL: predictor.model.digest})
    written, empty, size = 0, 0, 0
    with (
        atomic_file(target) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd") as file,
    ):
        for chunk in embed(predictor, rows):
            count, size = chunk.vectors.shape
            ends = np.arange(count + 1, dtype=np.int32) * size
            vectors = pa.ListArray.from_arrays(pa.array(ends), pa.array(chunk.vectors.ravel()))
            columns = [
                *(pa.array(one, pa.string()) for one in (chunk.ids, chunk.texts, chunk.labels)),
                vectors,
            ]
            file.write_table(pa.Table.from_arrays(columns, schema=schema))
            written += count
            empty += sum(not text.strip() for text in chunk.texts)
            if advance is not None:
                advance(count)
    return Written(written, empty, size)


def holds_vectors(data: str) -> bool:
    """Whether `data` is a file that `write_vectors` wrote."""
    path = Path(data)
    if path.suffix.lower() != SUFFIX or not path.is_file():
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return _MODEL in (pq.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError):  # whoever reads it as data says what is wrong with it
        return False


def read_vectors(predictor: Predictor, path: Path) -> Iterator[TextVectors]:
    """Yield what `write_vectors` wrote, some thousand rows at a time.

    Raises:
        DataError: the vectors are those of another model, or the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    size, first = predictor.vectors([""]).shape[1], 1
    try:
        with pq.ParquetFile(path) as file:
            if file.schema_arrow.metadata[_MODEL] != predictor.model.digest.encode():
                raise DataError(
                    f"{path} holds vectors of another model, which cannot be compared with those of this "
                    "one; make them anew: tenor embed MODEL DATA --out FILE"
                )
            for batch in file.iter_batches(_ROWS, columns=[_ID, _TEXT, LABEL, _VECTOR]):
                ids, texts, labels = (batch.column(name).to_pylist() for name in (_ID, _TEXT, LABEL))
                column = batch.column(_VECTOR)
                if (column.value_lengths().to_numpy(zero_copy_only=False) != size).any():
                    raise DataError(
                        f"{path} has a vector of another size than this model's, {size}; make it anew"
                    )
                vectors = column.flatten().to_numpy(zero_copy_only=False).reshape(-1, size)
                yield TextVectors(first, ids, texts, labels, vectors)
                first += len(ids)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise DataError(f"{path} is no readable file of vectors ({str(error).splitlines()[0]})") from error


def rows_queried(chunks: Iterable[Sequence[str]], rows: Sequence[int], source: str) -> list[Query]:
    """Return the texts that stand in these rows of some data, whose texts come in chunks.

    Raises:
        DataError: the data has fewer rows.
    """
    found: dict[int, Query] = {}
    first = 1
    for texts in chunks:
        found |= {row: Query(texts[row - first], row) for row in rows if first <= row < first + len(texts)}
        first += len(texts)
        if found.keys() >= set(rows):
            return [found[row] for row in rows]
    missing = next(row for row in rows if row not in found)
    raise DataError(f"{source} has no row {missing:,}; its rows have the numbers 1 to {first - 1:,}")


def nearest(
    predictor: Predictor,
    queries: Sequence[Query],
    chunks: Iterable[TextVectors],
    most: int,
    *,
    advance: Callable[[int], None] | None = None,
) -> list[list[Similar]]:
    """Return for each query the `most` texts whose vectors are nearest by cosine, the nearest first."""
    vectors = predictor.vectors([query.text for query in queries])
    best = Nearest[tuple[int, str, str, str]](vectors, most + 1)  # a row of the data finds itself, too
    for chunk in chunks:
        numbers = range(chunk.first, chunk.first + len(chunk.ids))
        best.add(list(zip(numbers, chunk.ids, chunk.texts, chunk.labels, strict=True)), chunk.vectors)
        if advance is not None:
            advance(len(chunk.ids))
    return [
        [Similar(*item, similarity) for item, similarity in found if item[0] != query.row][:most]
        for query, found in zip(queries, best.found(), strict=True)
    ]
