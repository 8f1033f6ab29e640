"""The reviews of IMDb for the benchmarks: whole, or a small stand-in for --quick."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import record

# One training row in so many is enough to see that a script runs; the test split is left alone then.
_QUICK_STEP = 50


@contextmanager
def folder(*, quick: bool) -> Iterator[Path]:
    """Give the folder with train.parquet and test.parquet; for `quick` both are small parts of train."""
    imdb = record.data_folder() / "imdb"
    if not quick:
        yield imdb
        return
    import pyarrow.parquet as pq

    table = pq.read_table(imdb / "train.parquet")
    with TemporaryDirectory() as name:
        for start, split in enumerate(("train", "test")):
            rows = list(range(start, len(table), _QUICK_STEP))
            pq.write_table(table.take(rows), Path(name) / f"{split}.parquet")
        yield Path(name)


def read(file: Path) -> tuple[list[str], list[int]]:
    """Return the texts and labels (1: positive) of a Parquet file."""
    import pyarrow.parquet as pq

    table = pq.read_table(file, columns=["text", "label"])
    return table["text"].to_pylist(), table["label"].to_pylist()
