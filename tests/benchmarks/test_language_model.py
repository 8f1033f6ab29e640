"""The benchmark of language models runs, and its tables are made of what it writes."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import toy

from tenor.data.example import Example

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
        columns = {
            "id": [str(number) for number in range(count)],
            "text": texts,
            "imdb_id": [f"{name}-{number // 20}" for number in range(count)],
            "label": [-1 if name == "unsup" else number % 2 for number in range(count)],
        }
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
    both = json.loads((out / "language-model-both-ways.json").read_text())["figures"]
    assert f"| the other: back | {both['back']['perplexity']:.1f} |" in tables.language_model(results)
    assert tables.language_model(results).count("\n|") >= 6
    assert "torch's adaptive softmax" in tables.softmax(results)


def test_reviews_that_stand_in_the_test_half_are_left_out(data: Path, script: Script) -> None:
    found = script("language_model").reviews(quick=False)
    unlabelled = {int(one.id) for one in found["train"] if one.text.startswith("unsup")}
    assert unlabelled == set(range(2000, 4000))
    assert len(found["test"]) == 2000


def test_the_language_model_reads_neither_test_nor_validation(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    benchmark = script("unlabelled")
    monkeypatch.setattr(benchmark.record, "data_folder", lambda: tmp_path)
    columns = ("id", "text", "imdb_id", "in_test")
    rows = [
        ("1", "new", "film-9", False),
        ("2", "stands in test", "film-9", True),
        ("3", "of a film held out", "film-1", False),
        ("4", "a copy", "film-9", False),
    ]
    monkeypatch.setattr(
        benchmark, "read_rows", lambda *_: [dict(zip(columns, row, strict=True)) for row in rows]
    )
    held_out = (Example("a copy", "positive", "v", "film-1"),)
    twice = Example("stands in test as well", "positive", "t", "film-2")
    splits = {"train": (*toy.examples(4, "train"), twice), "validation": held_out, "test": (twice,)}
    data = replace(toy.dataset(train=4), splits=splits)
    texts = [one.text for one in benchmark.unlabelled("imdb", data)]
    assert texts == [*(one.text for one in toy.examples(4, "train")), "new"]


@pytest.mark.parametrize("name", ["full", "adaptive"])
def test_each_softmax_is_measured(name: str, script: Script) -> None:
    found = script("language_model").cost(2, quick=True)
    assert found["seconds"][name] > 0
    assert len(found["each"][name]) == 2
