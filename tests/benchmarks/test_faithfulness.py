"""The faithfulness benchmark runs, and its tables say what its figures say."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tenor.explain.attribution import ATTENTION, METHODS
from tenor.explain.faithfulness import RANDOM

Script = Callable[[str], ModuleType]
PLACE = {"time": "2000-01-01", "cores": 1, "processor": "any", "python": "3",
         "versions": {"torch": "1", "numpy": "1"}}  # fmt: skip


def test_quick_measures_every_method_of_a_network(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["faithfulness.py", "bilstm-attention", "--quick", "--out", str(tmp_path)]
    )
    script("faithfulness").main()
    found = json.loads((tmp_path / "faithfulness.json").read_text("utf-8"))["figures"]["bilstm-attention"]
    for part in ("validation", "test"):
        assert found[part]["texts"] == 3
        assert {one["method"] for one in found[part]["methods"]} == {*METHODS, RANDOM}
    assert "is chosen on validation reviews" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--texts", "0"], ["gpt"]])
def test_what_cannot_be_measured_is_refused(
    arguments: list[str], script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["faithfulness.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        script("faithfulness").main()
    assert ended.value.code == 2


def test_the_networks_are_those_that_were_named(script: Script) -> None:
    benchmark = script("faithfulness")
    configs = {name: benchmark.configuration(name, quick=True).network for name in benchmark.MODELS}
    assert configs.keys() == script("faithfulness_tables").NETWORKS.keys()
    assert {name: one.encoder for name, one in configs.items()} == {
        "lstm": "lstm",
        "bilstm-attention": "lstm",
        "mingru": "mingru",
    }
    assert [one.bidirectional for one in configs.values()] == [False, True, False]
    assert configs["bilstm-attention"].pooling == ATTENTION


def test_the_tables_show_the_figures(publish: ModuleType) -> None:
    def figure(value: float) -> dict[str, float]:
        return {"value": value, "low": value - 0.1, "high": value + 0.1}

    def method(name: str, score: float, behind: float | None) -> dict[str, Any]:
        figures = {part: figure(score) for part in ("score", "deletion", "insertion")}
        return {
            "method": name, **figures, "behind": behind and figure(behind), "seconds_a_text": 0.25
        }  # fmt: skip

    def part(texts: int, best: str, other: str) -> dict[str, Any]:
        ranked = [method(best, 0.4, None), method(other, 0.3, 0.1), method(RANDOM, 0.0, None)]
        return {"texts": texts, "best": best, "choice": other, "methods": ranked}

    network = {
        "validation": part(7, "occlusion", "gradient-x-input"),
        "test": part(500, "integrated-gradients", "occlusion"),
        "default": "occlusion",
    }
    results = publish.Results({"faithfulness": {"environment": PLACE, "figures": {"mingru": network}}})
    shown = publish.TABLES["faithfulness"](results).splitlines()
    assert shown[2] == (
        "| minGRU | **integrated-gradients** | 0.400 (0.300 to 0.500) | 0.400 (0.300 to 0.500) "
        "| 0.400 (0.300 to 0.500) |  | 250 ms |"
    )
    assert "0.100 (0.000 to 0.200)" in shown[3]
    assert "500 test reviews." in shown
    chosen = publish.TABLES["attribution-default"](results).splitlines()
    assert chosen[2].startswith("| minGRU | occlusion | 0.400 (0.300 to 0.500) | gradient-x-input, 0.100")
    assert chosen[2].endswith("| gradient-x-input | occlusion |")
    assert "Measured 2000-01-01" in chosen[-1]
