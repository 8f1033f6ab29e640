"""The benchmark of language models runs, and its tables are made of what it writes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Script = Callable[[str], ModuleType]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Reviews made up, in the shape of IMDb."""
    imdb = tmp_path / "data" / "imdb"
    imdb.mkdir(parents=True)
    for name, count in (("train", 4000), ("unsup", 4000), ("test", 10_000)):
        texts = [
            f"{name} film {number % 7} was {'good' if number % 2 else 'bad'} !" for number in range(count)
        ]
        columns = {"text": texts, "imdb_id": [f"tt{number // 20}" for number in range(count)]}
        if name == "unsup":
            columns["in_test"] = [number < 2000 for number in range(count)]
        pq.write_table(pa.table(columns), imdb / f"{name}.parquet")
    monkeypatch.setenv("TENOR_DATA", str(tmp_path / "data"))
    return tmp_path


def test_quick_runs_and_fills_the_tables(
    data: Path, script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = data / "results"
    monkeypatch.setattr(sys, "argv", ["language_model.py", "--quick", "--out", str(out)])
    script("language_model").main()
    assert "torch-adaptive" in capsys.readouterr().out
    found = json.loads((out / "language-model-imdb.json").read_text())["figures"]
    assert list(found["test"]) == ["unigram", "3-gram", "lstm"]
    assert found["rows"]["test"] == 10_000 // 1000
    assert found["vocabulary"] < 20
    results = script("results").Results.read(out)
    tables = script("language_tables")
    assert tables.language_model(results).count("\n|") >= 4
    assert "torch's adaptive softmax" in tables.softmax(results)


def test_reviews_that_stand_in_the_test_half_are_left_out(data: Path, script: Script) -> None:
    with script("language_model").reviews(quick=False) as folder:
        assert pq.read_metadata(folder / "train.parquet").num_rows == 4000 + 2000
        assert pq.read_metadata(folder / "test.parquet").num_rows == 2000


@pytest.mark.parametrize("name", ["full", "adaptive"])
def test_each_softmax_is_measured(name: str, script: Script) -> None:
    found = script("language_model").cost(2, quick=True)
    assert found["seconds"][name] > 0
    assert len(found["each"][name]) == 2
