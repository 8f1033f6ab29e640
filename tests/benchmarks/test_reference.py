"""The benchmarks of the reference run, and see what is wrong."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tenor.reference.layers import LAYERS

Script = Callable[[str], ModuleType]


def test_every_layer_is_checked(
    script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["gradient_checks.py", "--quick", "--out", str(tmp_path)])
    script("gradient_checks").main()
    assert len(capsys.readouterr().out.splitlines()) == len(LAYERS)
    found = json.loads((tmp_path / "gradient-checks.json").read_text())["figures"]["layers"]
    assert list(found) == list(LAYERS)
    for layer in found.values():
        assert max(layer["finite_differences"].values()) < 1e-6
        assert layer["torch"]["outputs"] < 1e-12
        assert layer["torch"]["gradients"] < 1e-12 < layer["torch"]["largest_gradient"]


def test_a_wrong_layer_differs_from_torch(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = script("gradient_checks")
    monkeypatch.setitem(checks.TWINS, "RNN", checks.TWINS["RNN, relu"])
    arrays = LAYERS["RNN"].arrays(3, 2, 2, np.random.default_rng(0))
    found = checks.against_torch("RNN", arrays, 0)
    assert min(found["outputs"], found["gradients"]) > 1e-3


def test_a_character_model_is_trained_and_drawn(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["character_model.py", "--quick", "--out", str(tmp_path)])
    script("character_model").main()
    found = json.loads((tmp_path / "character-model.json").read_text())["figures"]
    best = min(found["pilots"], key=found["pilots"].get)
    assert found["settings"]["learning_rate"] == float(best)
    assert [point[0] for point in found["curve"]] == [4, 8, 12]
    assert found["in_order"]["held_out_bits"] != found["held_out_bits"]
    assert sum(found["characters"]) == 3000
    assert (tmp_path / "character-loss.png").read_bytes().startswith(b"\x89PNG")


def test_rates_are_chosen_without_the_text_held_out(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    model = script("character_model")
    seen: list[tuple[str, object]] = []

    def train(folder: Path, text: str, iterations: int, report: int, *options: object) -> dict:
        rate = float(options[-1])
        seen.append((text, rate))
        return {"held_out_bits": abs(rate - 0.06)}

    monkeypatch.setattr(model, "train", train)
    text = "".join(chr(97 + number % 26) for number in range(1000))
    found = model.figures(text, model.Plan(4, 5, (0.03, 0.06, 0.12), 1, 2, 1), tmp_path)
    assert seen == [*((text[:900], rate) for rate in (0.03, 0.06, 0.12)), (text, 0.06), (text, 0.06)]
    assert list(found["pilots"]) == ["0.03", "0.06", "0.12"]
