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
