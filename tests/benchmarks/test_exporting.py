"""The benchmark of exported models runs, and its tables show what it found."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Script = Callable[[str], ModuleType]


def test_quick_fills_the_tables(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["exporting.py", "--quick", "--out", str(tmp_path)])
    script("exporting").main()
    assert "onnxruntime int8" in capsys.readouterr().out
    result = json.loads((tmp_path / "onnx.json").read_text())
    found = result["figures"]
    assert set(found["parity"]) >= {"bilstm", "lstm", "bimingru", "bag", "cnn", "transformer", "pretrained"}
    assert all(one["logits"] < 1e-4 for one in found["parity"].values())
    fast, lstm = found["models"].values()
    assert set(fast["latency"]["1"]) == {"torch", "tenor", "onnxruntime float32", "onnxruntime int8"}
    assert "tenor" not in lstm["latency"]["64"]
    for model in (fast, lstm):
        assert model["files"]["int8"]["bytes"] < model["files"]["float32"]["bytes"]
        assert model["files"]["float32"]["cost"]["changed_labels"] == 0
    tables = script("tables").TABLES
    results = script("results").Results({"onnx": result})
    for name in ("onnx-parity", "onnx-latency", "onnx-files"):
        assert tables[name](results).count("\n") >= 5
