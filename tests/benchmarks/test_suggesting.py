"""The benchmark of suggested labels runs, goes on where it stopped, and never reads a test text."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

Script = Callable[[str], ModuleType]


def test_quick_runs_and_runs_again_without_training(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    suggesting = script("suggesting")
    arguments = ["--quick", "--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs")]
    monkeypatch.setattr(sys, "argv", ["suggesting.py", *arguments, "--piece", "0"])
    with pytest.raises(SystemExit, match="the same command goes on"):
        suggesting.main()
    monkeypatch.setattr(sys, "argv", ["suggesting.py", *arguments])
    suggesting.main()
    first = capsys.readouterr().out.splitlines()
    assert len([line for line in first if " seed 0 " in line]) == 3 * suggesting.QUICK.rounds
    states = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "runs").rglob("*-seed-0.json")}
    starts = {tuple(state["labelled"][:10]) for state in states.values()}
    assert len(starts) == 1
    for state in states.values():
        assert len(set(state["labelled"])) == len(state["labelled"]) == 30
    assert states["random-seed-0"]["labelled"] != states["suggested-seed-0"]["labelled"]

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(suggesting, "fit", refuse)
    suggesting.main()
    assert capsys.readouterr().out.splitlines() == first[-6:]
    found = json.loads((tmp_path / "out" / "suggesting-movies.json").read_text())["figures"]
    assert found["labels"] == [10, 20, 30]
    assert list(found["accuracy"]) == ["random", "uncertain", "suggested"]
    assert (tmp_path / "out" / "suggesting-movies.png").stat().st_size > 1000


def test_pools_hold_no_test_text(script: Script) -> None:
    (pool,) = script("suggesting").pools(["movies"], quick=True).values()
    assert set(pool.splits) == {"train", "validation"}


def test_gains_are_over_chance_on_the_same_texts(script: Script) -> None:
    suggesting = script("suggesting")
    plan = suggesting.Plan(10, 10, 20, 2, {})
    poor, fair = "10" * 20, "1110" * 10
    right = {"random": [[poor, poor]] * 2, "uncertain": [[poor, poor]] * 2, "suggested": [[poor, fair]] * 2}
    found = suggesting.figures(right, plan)
    assert found["labels"] == [10, 20]
    assert np.mean(found["accuracy"]["suggested"], axis=0) == pytest.approx([0.5, 0.75])
    assert [gain["value"] for gain in found["gain"]["suggested"]] == pytest.approx([0.0, 0.25])
    assert found["gain"]["uncertain"][1]["value"] == 0
