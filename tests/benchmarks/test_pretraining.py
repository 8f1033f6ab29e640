"""The benchmark of pretraining runs, goes on where it stopped, and keeps test reviews out of every choice."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import toy

from tenor.data.example import Example

Script = Callable[[str], ModuleType]


def test_quick_runs_and_runs_again_without_training(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pretraining = script("pretraining")
    small = replace(pretraining.load(pretraining.DataConfig(source="movies")))
    parts = {name: examples[::12] for name, examples in small.splits.items()}
    monkeypatch.setattr(pretraining, "load", lambda config: replace(small, splits=parts))
    arguments = ["--quick", "--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    monkeypatch.setattr(sys, "argv", ["pretraining.py", *arguments, "--piece", "0"])
    with pytest.raises(SystemExit, match="the same command goes on"):
        pretraining.main()
    monkeypatch.setattr(sys, "argv", ["pretraining.py", *arguments])
    pretraining.main()
    first = capsys.readouterr().out
    assert "test-pretrained-20-rate" in first
    assert "validation-scratch-20-rate" in first

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(pretraining, "fit", refuse)
    monkeypatch.setattr(pretraining, "pretrain", refuse)
    pretraining.main()
    assert capsys.readouterr().out.splitlines() == first.splitlines()[-5:]
    found = json.loads((tmp_path / "out" / "pretraining.json").read_text())["figures"]
    assert list(found["accuracy"]) == ["scratch", "pretrained", "tfidf", "nbsvm"]
    assert found["sizes"] == {"20": 20, "all": len(parts["train"])}
    assert (tmp_path / "out" / "pretraining.png").stat().st_size > 1000
    results = script("results").Results(
        {"pretraining": {"figures": found, "environment": script("record").environment()}}
    )
    shown = script("pretraining_table").pretraining(results)
    assert "20 reviews" in shown
    assert "**LSTM, from the language model**" in shown


def test_labelled_reviews_are_drawn_evenly_and_one_split_judges(script: Script) -> None:
    pretraining = script("pretraining")
    data = toy.dataset(train=40)
    for seed in (0, 1):
        found = pretraining.labelled(data, 10, seed, judged_on="validation")
        assert Counter(one.label for one in found.split("train")) == {"negative": 5, "positive": 5}
        assert all(one in data.split("train") for one in found.split("train"))
        assert found.split("test") == data.split("validation")
        assert not found.split("validation")
    first, second = (pretraining.labelled(data, 10, seed, judged_on="test").split("train") for seed in (0, 1))
    assert first != second
    assert pretraining.labelled(data, None, 0, judged_on="test").split("train") == data.split("train")


def test_the_language_model_reads_neither_test_nor_validation(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretraining = script("pretraining")
    monkeypatch.setattr(pretraining.record, "data_folder", lambda: tmp_path)
    columns = ("id", "text", "imdb_id", "in_test")
    rows = [
        ("1", "new", "film-9", False),
        ("2", "stands in test", "film-9", True),
        ("3", "of a film held out", "film-1", False),
        ("4", "a copy", "film-9", False),
    ]
    monkeypatch.setattr(
        pretraining, "read_rows", lambda *_: [dict(zip(columns, row, strict=True)) for row in rows]
    )
    held_out = (Example("a copy", "positive", "v", "film-1"),)
    twice = Example("stands in test as well", "positive", "t", "film-2")
    splits = {"train": (*toy.examples(4, "train"), twice), "validation": held_out, "test": (twice,)}
    data = replace(toy.dataset(train=4), splits=splits)
    texts = [one.text for one in pretraining.unlabelled(data, quick=False)]
    assert texts == [*(one.text for one in toy.examples(4, "train")), "new"]
