"""CSV and TSV as programs write them: delimiters, quotes, headers, and records out of shape."""

from pathlib import Path

import pytest

from tenor.data.delimited import CSV_DIALECTS, TSV_DIALECTS, read_delimited
from tenor.errors import DataError


def read(tmp_path: Path, content: str, dialects=CSV_DIALECTS) -> list[dict[str, object]]:
    path = tmp_path / "r.txt"
    path.write_bytes(content.encode())
    return list(read_delimited(path, "utf-8", dialects))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [f"text{delimiter}label", f'"a, b; c\td"{delimiter}1', "", f"plain{delimiter}0"]
    assert read(tmp_path, end.join(lines) + end) == [
        {"text": "a, b; c\td", "label": "1"},
        {"text": "plain", "label": "0"},
    ]


def test_one_column_stays_one(tmp_path: Path) -> None:
    assert read(tmp_path, "text\ngood; really\n\n") == [{"text": "good; really"}]


def test_tsv_whose_quotes_are_text(tmp_path: Path) -> None:
    content = 'text\tlabel\n"Great" film\t1\nShe said "no\t0\n"unbalanced\t0\n'
    assert read(tmp_path, content, TSV_DIALECTS) == [
        {"text": '"Great" film', "label": "1"},
        {"text": 'She said "no', "label": "0"},
        {"text": '"unbalanced', "label": "0"},
    ]


def test_dialect_of_a_file_longer_than_its_head(tmp_path: Path) -> None:
    rows = "".join(f'"review {i}; so\nlong, {"x" * 500}";{i % 2}\n' for i in range(5000))
    found = read(tmp_path, "text;label\n" + rows)
    assert len(found) == 5000
    assert found[4999]["label"] == "1"


@pytest.mark.parametrize("row", ["only one", "a,b,c"])
def test_record_of_another_width_names_its_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataError, match=r"line 5: .* fields where the first line names 2"):
        read(tmp_path, f'text,label\n"two\nlines",1\nb,0\n{row}\nd,0\n')


def test_quote_left_open_does_not_swallow_the_rest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 3: a quoted text is not closed"):
        read(tmp_path, 'text,label\nfine,1\n"open,0\n' + "next,1\n" * 10)


def test_columns_without_name_and_of_one_name(tmp_path: Path) -> None:
    assert read(tmp_path, ",text,\n0,fine,1\n") == [{"column 1": "0", "text": "fine", "column 3": "1"}]
    with pytest.raises(DataError, match=r"several columns called 'text'"):
        read(tmp_path, "text,text\na,b\n")
