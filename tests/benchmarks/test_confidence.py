"""The benchmark of confidence runs, and chooses on validation texts what it measures on test texts."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tenor.evaluation.held_out import HeldOut

Script = Callable[[str], ModuleType]


def splits(spoiled: float = 0.0) -> dict[str, HeldOut]:
    random = np.random.default_rng(0)
    made = {}
    for split, rows in (("validation", 1000), ("test", 2000)):
        z = 4 * random.standard_normal(rows)
        labels = (random.random(rows) < 1 / (1 + np.exp(-z))).astype(np.int32)
        if split == "test":
            labels = np.where(random.random(rows) < spoiled, 1 - labels, labels)
        made[split] = HeldOut(labels, np.stack([np.zeros(rows), 2 * z], axis=1).astype(np.float32))
    return made


def test_thresholds_come_from_validation_texts(script: Script) -> None:
    figures = script("confidence").figures
    good, bad = (figures(splits(spoiled), ("a", "b")) for spoiled in (0.0, 0.3))
    assert good["one_threshold"]["thresholds"] == bad["one_threshold"]["thresholds"]
    assert good["one_threshold"]["validation"] == bad["one_threshold"]["validation"]
    assert good["one_threshold"]["test"]["accuracy"]["value"] > 0.94
    assert bad["one_threshold"]["test"]["accuracy"]["value"] < 0.8
    assert good["confidence"]["test"]["temperature"] == pytest.approx(2, rel=0.2)
    assert set(good["per_class"]["test_by_class"]) == {"a", "b"}


def test_a_target_that_is_not_reached_is_told(script: Script) -> None:
    found = splits()
    found["validation"] = HeldOut(1 - found["validation"].labels, found["validation"].logits)
    made = script("confidence").figures(found, ("a", "b"))
    assert "not reached" in made["one_threshold"]["error"]
    assert "not reached" in script("confidence").row("data", "model", made)


def test_quick_runs_on_the_built_in_corpora(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["confidence.py", "movies", "--quick", "--out", str(tmp_path)])
    script("confidence").main()
    assert len(capsys.readouterr().out.splitlines()) == 4
    found = json.loads((tmp_path / "confidence.json").read_text())["figures"]["movies"]
    assert list(found) == ["tfidf", "lstm", "mingru"]
    assert all(one["confidence"]["test"]["after"]["rows"] == 56 for one in found.values())
