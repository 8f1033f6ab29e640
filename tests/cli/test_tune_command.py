"""`tenor tune`: what it prints and writes, its bad input, and Ctrl-C."""

import json
import signal
import sqlite3
import time
from pathlib import Path

import markup
import pytest
import yaml
from shell import SMALL, start, tenor

from tenor.config.load import read


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "space.yaml"
    path.write_text(
        "training.learning_rate: [1e-3, 0.1, log]\nnetwork:\n  pooling: [mean, max, mean-max]\n", "utf-8"
    )
    return path


@pytest.fixture(scope="module")
def tuned(reviews: Path, search: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tuned") / "search"
    arguments = ("--model", "gru", "--search", search, "--trials", 3, "--out", out)
    result = tenor("tune", reviews, *SMALL, "--epochs", 2, *arguments)
    assert result.status == 0, result.err
    for trial in ("1", "2", "3"):
        assert any(line.split()[:1] == [trial] for line in result.err.splitlines())
    assert "Best trials" in result.out
    assert "validation loss" in result.out
    assert f"tenor train --config {out / 'best.yaml'}" in result.out
    return out


def test_the_best_recipe_trains(tuned: Path, tmp_path: Path) -> None:
    recipe = read(str(tuned / "best.yaml"))
    assert recipe["network"]["encoder"] == "gru"
    run = tmp_path / "run"
    result = tenor("train", "--config", tuned / "best.yaml", "--out", run)
    assert result.status == 0, result.err
    stored = json.loads((tuned / "trials.json").read_text())
    lines = (run / "history.csv").read_text().splitlines()
    losses = [float(line.split(",")[3]) for line in lines[1:]]
    assert min(losses) == stored["best"]["figure"]


def test_the_page_can_be_made_again(tuned: Path, tmp_path: Path) -> None:
    page, again = tuned / "report.html", tmp_path / "again.html"
    assert tenor("report", tuned, "--out", again).status == 0
    assert again.read_text("utf-8") == page.read_text("utf-8")
    assert "The best recipe" in markup.read(page.read_text("utf-8")).text


def test_resumed_with_more_trials_as_json(tuned: Path) -> None:
    result = tenor("tune", "--out", tuned, "--resume", "--trials", 4, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert [trial["number"] for trial in found["trials"]] == [1, 2, 3, 4]
    assert found["measure"] == "validation loss"
    assert found["path"] == str(tuned)


def test_without_options_a_new_folder_and_the_space_of_the_encoder(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("tune", reviews, *SMALL, "--epochs", 1, "--model", "bimingru-max", "--trials", 1)
    assert result.status == 0, result.err
    out = Path("runs") / "tune-reviews-bimingru-max"
    assert f"tenor train --config {out / 'best.yaml'}" in result.out
    assert "network.mingru.width" in yaml.safe_load((out / "search.yaml").read_text())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume"], "--resume needs the folder of the search"),
        (["--out", "{out}", "--budget", "soon"], "budget 'soon' is no time"),
        (["--out", "{out}", "--trials", "0"], "--trials"),
        (["--out", "{out}", "--resume"], "holds no search to resume"),
        (["--out", "{out}", "--resume", "--force"], "give one of them"),
        (["--out", "{out}", "--search", "none.yaml"], "no configuration file none.yaml"),
        (["--out", "{out}", "--search", "{bad}"], "unknown setting network.poolin"),
        (["--out", "{out}", "--set", "data.validation_fraction=0"], "validation"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    reviews: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("network.poolin: [mean, max]\n")
    out = tmp_path / "search"
    filled = [one.format(out=out, bad=bad) for one in arguments]
    result = tenor("tune", reviews, *SMALL, *filled)
    assert result.status == 2
    assert said in result.error
    assert not out.exists()


def test_a_missing_library_names_its_extra(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = __import__("importlib.util").util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "optuna" else found(name))
    result = tenor("tune", reviews, *SMALL, "--out", tmp_path / "search")
    assert result.status == 1
    assert 'pip install "tenor[tune]"' in result.error


def test_ctrl_c_says_how_to_go_on(reviews: Path, search: Path, tmp_path: Path) -> None:
    out = tmp_path / "search"
    long = [*SMALL, "--epochs", "4", "--search", search, "--trials", "500", "--out", out]
    process = start("tune", reviews, *long)
    deadline = time.monotonic() + 60
    while not (out / "trials.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    printed, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert printed == ""
    assert "Traceback" not in err
    assert f"tenor tune --out {out} --resume" in err.splitlines()[-1]
    before = json.loads((out / "trials.json").read_text())["trials"]
    result = tenor("tune", "--out", out, "--resume", "--trials", len(before) + 1, "--json")
    assert result.status == 0, result.err
    trials = json.loads(result.out)["trials"]
    # One more may have ended between the file and the signal.
    assert trials[: len(before)] == before
    with sqlite3.connect(out / "study.db") as database:
        assert database.execute("select count(*) from trials where state = 'RUNNING'").fetchone() == (0,)
    database.close()
