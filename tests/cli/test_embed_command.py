import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from shell import GOOD, tenor

import tenor as package


def test_vectors_are_written_and_searched(trained: Path, reviews: Path, tmp_path: Path) -> None:
    target = tmp_path / "vectors.parquet"
    result = tenor("embed", trained, reviews, "--out", target, "--json")
    assert result.status == 0, result.err
    said = json.loads(result.out)
    assert (said["rows"], said["empty"], said["text_column"]) == (60, 0, "review")
    assert pq.read_table(target)["text"].to_pylist()[1].startswith("the ")
    query = f"the film was {GOOD[0]}"
    of_file = tenor("embed", trained, target, "--nearest", query, "-k", 4, "--json")
    of_texts = tenor("embed", trained, reviews, "--nearest", query, "-k", 4, "--json")
    found = json.loads(of_file.out)
    assert found["text"] == query
    assert [one["id"] for one in found["nearest"]] == [
        one["id"] for one in json.loads(of_texts.out)["nearest"]
    ]
    assert {one["label"] for one in found["nearest"]} == {"positive"}
    assert len(found["nearest"]) == 4


def test_rows_of_the_data_are_searched_for(trained: Path, reviews: Path, tmp_path: Path) -> None:
    target = tmp_path / "vectors.parquet"
    tenor("embed", trained, reviews, "--out", target)
    results = [
        tenor("embed", trained, data, "--nearest", "great", "--nearest-row", 2, "-k", 3, "--json")
        for data in (reviews, target)
    ]
    found = [[json.loads(line) for line in result.out.splitlines()] for result in results]
    assert [one["row"] for one in found[0]] == [None, 2]
    assert found[0][1]["text"] == pq.read_table(target)["text"].to_pylist()[1]
    for of_texts, of_file in zip(*found, strict=True):
        assert len(of_texts["nearest"]) == 3
        assert [one["row"] for one in of_texts["nearest"]] == [one["row"] for one in of_file["nearest"]]
    assert 2 not in [one["row"] for one in found[0][1]["nearest"]]
    assert "Most similar to: row 2, the " in tenor("embed", trained, target, "--nearest-row", 2).out


def test_a_table_for_a_reader(trained: Path, reviews: Path) -> None:
    result = tenor("embed", trained, reviews, "--nearest", "[bold]dull", "--nearest", "great", "--top", 1)
    assert result.status == 0, result.err
    assert result.out.count("Most similar to: ") == 2
    assert "Most similar to: [bold]dull" in result.out


def test_texts_without_words_are_pointed_out(trained: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "great"}\n{"text": ""}\n')
    result = tenor("embed", trained, source, "--out", tmp_path / "out.parquet")
    assert result.status == 0
    assert "1 row without text" in result.err
    assert "2 vectors of" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either --out FILE"),
        (["--out", "x.parquet", "--nearest", "a"], "give either --out FILE"),
        (["--out", "x.parquet", "--nearest-row", "1"], "give either --out FILE"),
        (["--nearest-row", "61"], "has no row 61; its rows have the numbers 1 to 60"),
        (["--nearest-row", "0"], "--nearest-row"),
        (["--nearest-row", "two"], "--nearest-row"),
        (["--out", "x.csv"], ".parquet"),
        (["--nearest", "a", "--text-column", "none"], "no column 'none'"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    trained: Path, reviews: Path, arguments: list[str], said: str
) -> None:
    result = tenor("embed", trained, reviews, *arguments)
    assert result.status == 2
    assert said in result.error


def test_vectors_of_another_model_are_refused(trained: Path, reviews: Path, tmp_path: Path) -> None:
    target, other = tmp_path / "vectors.parquet", tmp_path / "other"
    assert tenor("embed", trained, reviews, "--out", target).status == 0
    changed = package.load(trained).model
    arrays = {name: array * 2 for name, array in changed.arrays.items()}
    package.Model(changed.pipeline, changed.classes, changed.config, arrays).save(other)
    refused = tenor("embed", other, target, "--nearest", "great")
    assert (refused.status, "another model" in refused.error) == (2, True)
    again = tenor("embed", trained, target, "--out", tmp_path / "again.parquet")
    assert "holds vectors already" in again.error
