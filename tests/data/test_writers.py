"""What is written is read back, whole or not at all."""

import errno
import json
import tempfile
import tracemalloc
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenor.data.readers import READERS, read_rows
from tenor.data.writers import WRITERS, row_writer
from tenor.errors import DataError, OutputError, StorageError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
batches = st.lists(st.lists(st.fixed_dictionaries({"text": texts, "label": texts}), max_size=4), max_size=4)


def test_every_format_that_is_read_is_written() -> None:
    assert set(WRITERS) == set(READERS)


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=50, deadline=None)
@given(data=batches.filter(any))
def test_round_trip(suffix: str, data: list[list[dict[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{suffix}"
        with row_writer(path) as write:
            for batch in data:
                write(batch)
        assert list(read_rows(path)) == [row for batch in data for row in batch]


@pytest.mark.parametrize("suffix", WRITERS)
def test_interrupted_file_is_not_there_and_an_older_one_stays(tmp_path: Path, suffix: str) -> None:
    new, old = tmp_path / f"new{suffix}", tmp_path / f"old{suffix}"
    old.write_text("older")
    for path in (new, old):
        with pytest.raises(KeyboardInterrupt), row_writer(path) as write:
            write([{"text": "a"}] * 10_000)
            raise KeyboardInterrupt
    assert not new.exists()
    assert old.read_text() == "older"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    batch = [{"text": f"{number} " * 200, "label": "pos"} for number in range(256)]
    tracemalloc.start()
    try:
        with row_writer(tmp_path / f"out{suffix}") as write:
            for number in range(200):  # 50,000 rows; were they kept, the dicts alone would take 10 MB
                write([dict(row, number=number) for row in batch])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8e6


def test_kinds_of_values(tmp_path: Path) -> None:
    rows = [
        {"text": "a", "p": 0.25, "tokens": ["x", "é"], "none": None, "stars": 3},
        {"text": "b", "p": 1.0, "tokens": [], "none": "late"},
    ]
    for suffix in WRITERS:
        with row_writer(tmp_path / f"out{suffix}") as write:
            write(rows)
    csv_rows = list(read_rows(tmp_path / "out.csv"))
    assert csv_rows[0] == {"text": "a", "p": "0.25", "tokens": '["x", "é"]', "none": "", "stars": "3"}
    assert csv_rows[1]["stars"] == ""
    assert list(read_rows(tmp_path / "out.jsonl")) == rows
    assert list(read_rows(tmp_path / "out.parquet")) == [rows[0], rows[1] | {"stars": None}]


def test_parquet_column_whose_first_values_are_all_missing(tmp_path: Path) -> None:
    with row_writer(tmp_path / "out.parquet") as write:
        write([{"text": "a", "why": None}] * 10_000)
        write([{"text": "b", "why": "late"}])
    rows = list(read_rows(tmp_path / "out.parquet"))
    assert (rows[0]["why"], rows[-1]["why"]) == (None, "late")
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 2


@pytest.mark.parametrize("suffix", [".csv", ".tsv.gz", ".parquet"])
def test_rows_with_more_columns_than_the_first_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    with pytest.raises(DataError, match=r"row 10,002 has columns .*extra.*JSONL"), row_writer(path) as write:
        write([{"text": "a"}] * 10_000)
        write([{"text": "b"}, {"text": "c", "extra": 1}])
    assert not path.exists()


def test_parquet_refuses_values_of_another_type(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"do not fit the types.*JSONL"),
        row_writer(tmp_path / "o.parquet") as write,
    ):
        write([{"n": 1}] * 10_000)
        write([{"n": "one"}])


def test_equal_rows_make_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        with row_writer(tmp_path / name) as write:
            write([{"text": "a"}])
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"out\.xlsx.*\.parquet"), row_writer(tmp_path / "out.xlsx"):
        pass
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError, match=r"is a folder"), row_writer(tmp_path / "folder.csv"):
        pass


def test_full_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no space left"), row_writer(tmp_path / "out.jsonl") as write:
        write([{"text": "a"}])
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_jsonl_is_one_readable_object_a_line(tmp_path: Path) -> None:
    with row_writer(tmp_path / "out.jsonl") as write:
        write([{"text": "café\nnext"}])
    content = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert "café" in content
    assert json.loads(content) == {"text": "café\nnext"}
