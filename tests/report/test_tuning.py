"""Pictures and table of a search."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from searches import TRIALS

from tenor.report import tuning


def printed(highest: bool, most: int = 5) -> list[list[str]]:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(tuning.best_trials(TRIALS, measure="validation", highest=highest, most=most))
    return [line.split() for line in console.export_text().splitlines() if line.strip()]


def test_the_table_has_the_best_complete_trials_first() -> None:
    assert printed(highest=True)[1][:3] == ["trial", "4", "2"]
    assert ["validation", "90.0", "%", "80.0", "%"] in printed(highest=True)
    assert printed(highest=False)[1][:3] == ["trial", "2", "4"]
    assert ["validation", "0.8000", "0.9000"] in printed(highest=False)
    assert ["training.learning_rate", "0.00247", "0.00494"] in printed(highest=False)
    assert printed(highest=True, most=1)[1] == ["trial", "4"]


@pytest.mark.parametrize("trials", [TRIALS, TRIALS[1:2], TRIALS[:1]], ids=["all", "one", "failed"])
@pytest.mark.parametrize("highest", [True, False])
def test_pictures_are_written(tmp_path: Path, trials: list[dict[str, Any]], highest: bool) -> None:
    tuning.history(trials, tmp_path / "history.png", measure="validation loss", highest=highest)
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")


def test_shares_are_drawn(tmp_path: Path) -> None:
    tuning.importance({"a": 0.7, "b": 0.3}, tmp_path / "importance.png", measure="validation loss")
    assert (tmp_path / "importance.png").read_bytes().startswith(b"\x89PNG")
