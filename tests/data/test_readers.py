"""Rows come out of every format as they went in, one at a time, and what is wrong is said in one line."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenor.data.readers import READERS, file_suffix, read_rows
from tenor.errors import DataError

ROWS = [
    {"text": 'He said "no", then\nleft', "label": "neg"},
    {"text": "Naïve 😀, tab\there; done", "label": "pos"},
]
CSV = 'text,label\n"He said ""no"", then\nleft",neg\n"Naïve 😀, tab\there; done",pos\n'
TSV = 'text\tlabel\n"He said ""no"", then\nleft"\tneg\n"Naïve 😀, tab\there; done"\tpos\n'
JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)


def fails(path: Path, *wanted: str, encoding: str = "utf-8") -> None:
    with pytest.raises(DataError) as caught:
        list(read_rows(path, encoding))
    message = str(caught.value)
    assert "\n" not in message
    for part in (path.name, *wanted):
        assert part in message


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    data = content.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", CSV),
        ("r.csv.gz", CSV),
        ("r.TSV", TSV),
        ("r.tsv.gz", TSV),
        ("r.jsonl", JSONL),
        ("r.jsonl.gz", JSONL),
    ],
)
def test_text_formats(tmp_path: Path, name: str, content: str) -> None:
    assert list(read_rows(write(tmp_path / name, content))) == ROWS


def test_parquet_in_several_row_groups(tmp_path: Path) -> None:
    rows = [{"text": f"review {i}", "label": i % 2, "stars": None if i % 3 else 1.5} for i in range(5000)]
    path = tmp_path / "r.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=700)
    assert list(read_rows(path)) == rows


def test_suffixes() -> None:
    for suffix in READERS:
        assert file_suffix(Path(f"some.reviews{suffix.upper()}")) == suffix
    assert file_suffix(Path("reviews.xlsx")) is None
    assert file_suffix(Path("csv")) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("name", ["r.csv", "r.jsonl.gz"])
def test_encodings_and_byte_order_marks(tmp_path: Path, encoding: str, name: str) -> None:
    content = "text,label\ncafé,pos\n" if name == "r.csv" else '{"text": "café", "label": "pos"}\n'
    path = write(tmp_path / name, content, encoding)
    read_as = "utf-8" if encoding == "utf-8-sig" else encoding
    assert list(read_rows(path, read_as)) == [{"text": "café", "label": "pos"}]


@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz", "r.tsv", "r.jsonl"])
def test_wrong_encoding_names_line_byte_and_way_out(tmp_path: Path, name: str) -> None:
    lines = ["text\tlabel" if name == "r.tsv" else "text,label"]
    lines += ["plain" + ("\t" if name == "r.tsv" else ",") + "pos"] * 30_000
    if name == "r.jsonl":
        lines = ['{"text": "plain"}'] * 30_001
    lines[25_000] = lines[25_000].replace("plain", "café")
    path = write(tmp_path / name, "\n".join(lines) + "\n", "latin-1")
    fails(path, "line 25,001", "byte 0xe9", "utf-8", "--encoding latin-1", "data.encoding")


def test_utf16_read_as_utf8_hints_at_utf16(tmp_path: Path) -> None:
    fails(write(tmp_path / "r.csv", CSV, "utf-16"), "line 1", "--encoding utf-16")


def test_text_that_ends_within_a_character(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("text,label\nfine,é".encode()[:-1])
    fails(path, "line 2", "byte 0xc3")


@pytest.mark.parametrize("encoding", ["utf-9", "rot13"])
def test_unknown_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "r.csv", CSV)
    with pytest.raises(DataError, match=rf"{encoding}.*such as utf-8, latin-1"):
        list(read_rows(path, encoding))


def test_huge_single_review(tmp_path: Path) -> None:
    review = "A very long, long review. " * 400_000  # 10 MB
    assert list(read_rows(write(tmp_path / "r.csv", f'label,text\n1,"{review}"\n'))) == [
        {"label": "1", "text": review}
    ]
    [row] = read_rows(write(tmp_path / "r.tsv", f"label\ttext\n1\t{review}\n"))
    assert row == {"label": "1", "text": review}
    assert list(read_rows(write(tmp_path / "r.jsonl", json.dumps({"text": review})))) == [{"text": review}]
    pq.write_table(pa.table({"text": [review]}), tmp_path / "r.parquet")
    assert list(read_rows(tmp_path / "r.parquet")) == [{"text": review}]


@pytest.mark.parametrize("name", ["r.csv", "r.tsv", "r.jsonl.gz"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    text, count = "word " * 4000, 2500  # 50 MB
    row = {"r.csv": f"{text},1\n", "r.tsv": f"{text}\t1\n"}.get(name, json.dumps({"text": text}) + "\n")
    header = {"r.csv": "text,label\n", "r.tsv": "text\tlabel\n"}.get(name, "")
    path = write(tmp_path / name, header + row * count)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_rows(path)) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20e6


def test_rows_before_a_broken_one_arrive(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path / "r.jsonl", '{"text": "one"}\n\n{"text": "two"}\n{"text": \n'))
    assert next(rows) == {"text": "one"}
    assert next(rows) == {"text": "two"}
    with pytest.raises(DataError, match=r"line 4: no JSON"):
        next(rows)


def test_broken_json(tmp_path: Path) -> None:
    fails(write(tmp_path / "a.jsonl", '{"text": "a"}\n["b", 1]\n'), "line 2", "no object")
    fails(write(tmp_path / "b.jsonl", "[" * 100_000), "line 1", "no JSON")


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_written(tmp_path: Path) -> None:
    [row] = read_rows(write(tmp_path / "r.jsonl", '{"text": "cut \\ud83d, whole \\ud83d\\ude00", "n": 3}\n'))
    assert row == {"text": "cut �, whole 😀", "n": 3}


def test_missing_folder_and_unknown_format(tmp_path: Path) -> None:
    write(tmp_path / "reviews.csv", CSV)
    fails(tmp_path / "review.csv", "does not exist", "did you mean 'reviews.csv'?")
    fails(tmp_path / "nowhere" / "review.csv", "does not exist")
    fails(tmp_path, "is a folder", ".parquet")
    fails(write(tmp_path / "reviews.xlsx", CSV), "not read", *READERS)


def test_what_cannot_be_read_is_refused_before_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"does not exist"):
        read_rows(tmp_path / "none.csv")  # not iterated


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("r.csv", "", "empty"),
        ("r.csv", "text,label\n", "no rows"),
        ("r.jsonl", "\n\n", "no rows"),
        ("r.csv.gz", "text,label\n", "no rows"),
    ],
)
def test_no_rows(tmp_path: Path, name: str, content: str, wanted: str) -> None:
    fails(write(tmp_path / name, content), wanted)


def test_empty_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "r.parquet")
    fails(tmp_path / "r.parquet", "no rows")


def test_damaged_files(tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_text("no parquet")
    fails(tmp_path / "r.parquet", "no readable Parquet file")
    (tmp_path / "plain.csv.gz").write_text(CSV)
    fails(tmp_path / "plain.csv.gz", "no whole gzip file")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(CSV.encode())[:-12])
    fails(tmp_path / "cut.csv.gz", "no whole gzip file")


def test_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "r.csv", CSV)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    fails(path, "cannot be read (Permission denied)")
