"""The benchmark of semi-supervised steps runs, and says what each costs beside a supervised one."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def test_quick_runs(
    script: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    module = script("semi_supervised_speed")
    monkeypatch.setattr(sys, "argv", ["semi_supervised_speed.py", "--quick", "--out", str(tmp_path)])
    module.main()
    found = json.loads((tmp_path / "semi-supervised-speed.json").read_text())["figures"]["contestants"]
    assert found.keys() == module.CONTESTANTS.keys()
    assert found["supervised"]["times_supervised"] == 1
    assert all(one["steps_per_second"] > 0 for one in found.values())
    assert "virtual adversarial, by word" in capsys.readouterr().out
