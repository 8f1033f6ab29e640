"""`tenor compare`, from the command line to the folder."""

import json
import signal
import time

import pytest
from shell import SMALL, start, tenor, write_reviews

GIVEN = [
    *SMALL,
    "--models",
    "gru-max,bag-mean",
    "--baselines",
    "majority",
    "--epochs",
    4,
    "--no-costs",
    "--test",
    0.3,
]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    reviews = write_reviews(folder / "reviews.csv")
    out = folder / "out"
    result = tenor("compare", reviews, *GIVEN, "--seeds", 1, "--jobs", 1, "--out", out)
    assert result.status == 0, result.err
    return reviews, out, result


def test_tables_and_files(compared):
    _, out, result = compared
    for shown in (
        "gru-max",
        "bag-mean",
        "majority",
        "What they cost",
        "Accuracy by place",
        "corrected for their number",
    ):
        assert shown in result.out
    assert f"Saved in {out}" in result.out
    assert "gru-max, seed 0:" in result.err
    names = {file.name for file in out.iterdir()}
    assert {"comparison.yaml", "comparison.json", "comparison.csv", "report.html", "cells"} <= names
    page = (out / "report.html").read_text("utf-8")
    assert "gru-max" in page


def test_settings_are_heard(compared):
    _, out, _ = compared
    config = (out / "cells" / "gru-max-seed-0" / "config.yaml").read_text("utf-8")
    assert "learning_rate: 0.05" in config  # of --set
    assert "epochs: 4" in config  # of an option of its own
    assert "tokenizer: words" in config


def test_the_cells_are_models(compared):
    _, out, _ = compared
    predicted = tenor("predict", out / "cells" / "gru-max-seed-0", "the plot was superb", "--json")
    assert json.loads(predicted.out)["label"] == "positive"


def test_goes_on_and_prints_json(compared):
    reviews, out, _ = compared
    again = tenor("compare", reviews, *GIVEN, "--seeds", 1, "--jobs", 1, "--out", out, "--resume", "--json")
    assert again.status == 0, again.err
    values = json.loads(again.out)
    assert values["path"] == str(out)
    assert [model["name"] for model in values["models"]] == ["majority", "gru-max", "bag-mean"]
    assert "seed 0:" not in again.err  # nothing was trained


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "lstn"], "did you mean lstm?"),
        (["--baselines", "tfidff"], "did you mean 'tfidf'?"),
        (["--rates", "fast"], "are no learning rates"),
        (["--rates", "0"], "are no learning rates"),
        (["--budget", "soon"], "write it as 90s, 10m, 2h"),
        (["--sweep", "hidden_size"], "is not of the form key=a,b,c"),
        (["--sweep", "hiden_size=4"], "did you mean 'hidden_size'?"),
        (["--resume"], "holds no comparison to go on with"),
    ],
)
def test_bad_input_is_one_line(arguments, message, tmp_path):
    result = tenor("compare", "movies", "--out", tmp_path / "out", *arguments)
    assert result.status == 2
    assert message in result.error
    assert not (tmp_path / "out").exists()


def test_interrupted(tmp_path):
    """Ctrl-C in the middle: status 130, no worker left behind, and the same command goes on."""
    reviews = write_reviews(tmp_path / "reviews.csv")
    out = tmp_path / "out"
    slow = ["compare", reviews, *GIVEN, "--seeds", 1, "--epochs", 100_000, "--out", out, "--jobs", 1]
    process = start(*slow)
    deadline = time.monotonic() + 60
    while not list(out.glob("cells/*/history.csv")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 of 3 trainings are finished and kept, go on with the same command and --resume" in err
    assert (out / "cells" / "majority-seed-0" / "result.json").is_file()
    assert not (out / "comparison.json").exists()
