"""The benchmark of forecasting runs on a made-up series, and its settings are those of real ones."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Script = Callable[[str], ModuleType]


def test_quick_runs_on_a_made_up_series(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["forecasting.py", "--quick", "--out", str(tmp_path)])
    script("forecasting").main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[1:4]] == ["lstm-last", "gru-last", "bilstm-last"]
    found = json.loads((tmp_path / "forecasting-temperatures.json").read_text())["figures"]
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".png"}
    for network in found["networks"].values():
        assert len(network["test"]) == len(found["seeds"]) == 2
        mean = sum(one["mae"]["value"] for one in network["test"]) / 2
        for gap in network["gaps"]:
            baseline = found["baselines"]["test"][gap["baseline"]]["mae"]["value"]
            assert gap["difference"]["value"] == pytest.approx(mean - baseline)
        assert network["beats_all"] == all(gap["beaten"] for gap in network["gaps"])


def test_every_real_series_has_settings_that_are_valid(script: Script) -> None:
    benchmark = script("forecasting")
    found = benchmark.configs(Path("nowhere"))
    assert set(found) == set(benchmark.SETTINGS)
    assert found["etth1"].window.horizon == 24
    assert found["temperatures"].data.test_from == "1989-01-01"
