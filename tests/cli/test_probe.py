"""`tenor probe` from the command line."""

import json
import signal
import time
from pathlib import Path

import pytest
from markup import read
from shell import start, tenor

from tenor.config.load import settings
from tenor.config.probe import ProbeConfig
from tenor.evaluation.probes import TASKS

TINY = [
    *("--models", "gru,bag", "--tasks", "negation"),
    *("--set", "distances=[2, 4]", "--set", "texts=32", "--set", "test_texts=8", "--set", "gradient_texts=4"),
    *("--set", "epochs=1", "--set", "hidden_size=4", "--set", "embedding_size=4", "--set", "threads=1"),
]


def test_table_and_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = tenor("probe", *TINY, "--out", out)
    assert result.status == 0, result.err
    for expected in ("negation: ", "gru", "bag", "reaches", f"Saved in {out}"):
        assert expected in result.out
    assert "negation, gru, seed 0: " in result.err
    assert (out / "accuracy.png").is_file()
    page = (out / "report.html").read_text("utf-8")
    assert "negation" in read(page).text
    (out / "report.html").unlink()
    assert tenor("report", out).status == 0
    assert (out / "report.html").read_text("utf-8") == page
    again = tenor("probe", *TINY, "--out", out)
    assert again.status == 0
    assert "2 of 2 cells are there already" in again.err
    assert again.out == result.out


def test_json_is_one_object(tmp_path: Path) -> None:
    result = tenor("probe", *TINY, "--seeds", 2, "--out", tmp_path / "out", "--json", "--quiet")
    assert result.err == ""
    found = json.loads(result.out)
    assert found["path"] == str(tmp_path / "out")
    assert [model["seeds"] for model in found["tasks"][0]["models"]] == [[0, 1], [0, 1]]


def test_quick_has_settings_and_a_folder_of_its_own_and_set_beats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("probe", "--quick", *TINY, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert found["path"] == str(Path("runs/probe-quick"))
    assert (found["settings"]["texts"], found["settings"]["learning_rate"]) == (
        32,
        ProbeConfig().learning_rate,
    )


def test_help_ends_with_settings_and_tasks() -> None:
    shown = tenor("probe", "--help").out
    for expected in (*(setting.key for setting in settings(ProbeConfig)), *TASKS):
        assert expected in shown[shown.index("Settings for --set") :]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--models", "gru,lstn"), "did you mean lstm"),
        (("--models", "gru-sum"), "poolings are"),
        (("--models", ","), "models is []"),
        (("--tasks", "negatoin"), "did you mean 'negation'"),
        (("--set", "epoch=3"), "did you mean epochs"),
        (("--set", "epochs=three"), "epochs is 'three'"),
        (("--set", "texts=6"), "texts is 6"),
        (("--set", "distances=5"), "distances is 5"),
        (("--set", "epochs"), "key=value"),
        (("--seeds", "0"), "seeds is 0"),
    ],
)
def test_bad_input_leaves_nothing_behind(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = tenor("probe", *arguments, "--out", tmp_path / "out")
    assert result.status == 2
    assert said in result.error
    assert result.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_or_other_settings(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert "holds no probe" in tenor("probe", *TINY, "--out", tmp_path, "--force").error
    out = tmp_path / "out"
    assert tenor("probe", *TINY, "--out", out).status == 0
    other = tenor("probe", *TINY, "--set", "epochs=2", "--out", out)
    assert other.status == 2
    assert "--force" in other.error
    assert tenor("probe", *TINY, "--set", "epochs=2", "--out", out, "--force").status == 0


def test_failing_cells_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenor.compare import probe

    real = probe._run

    def failing(plan: probe._Plan, *rest: object) -> object:
        if plan.model == "gru":
            raise RuntimeError("too big")
        return real(plan, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(probe, "_run", failing)
    result = tenor("probe", *TINY, "--out", tmp_path / "out")
    assert result.status == 0
    assert "warning: negation, gru, seed 0 failed: RuntimeError: too big" in result.err
    assert "negation, gru, seed 0 failed: RuntimeError: too big" in result.out
    every = tenor("probe", *TINY, "--models", "gru", "--out", tmp_path / "other")
    assert every.status == 1
    assert "no model could be trained" in every.error


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    many = [*TINY, "--set", "seeds=1000", "--models", "bag", "--out", out]
    process = start("probe", *many)
    deadline = time.monotonic() + 60
    while not (out / "cells" / "negation.bag.0.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert f"cells are kept in {out}, and the same command goes on from there" in err.splitlines()[-1]
