import csv
import json
from pathlib import Path

import pytest
from shell import SMALL, tenor, write_reviews

from tenor.config.load import parse, read
from tenor.experiments.run import stored_config


def test_a_run_is_reported_and_saved(trained: Path) -> None:
    there = {file.name for file in trained.iterdir()}
    assert {"config.yaml", "history.csv", "metrics.json", "curves.png", "model"} <= there
    assert json.loads((trained / "metrics.json").read_text())["test"]["rows"] == 6


def test_results_go_to_stdout_and_everything_else_to_stderr(reviews: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = tenor("train", reviews, *SMALL, "--epochs", 2, "--out", out)
    assert result.status == 0, result.err
    for expected in ("test accuracy", "By class", "By place", f"Saved in {out}", f"tenor predict {out}"):
        assert expected in result.out
    for expected in ("warning: ", "training on cpu, float32, 1 thread", "epoch"):
        assert expected in result.err
        assert expected not in result.out


def test_quiet_leaves_results_alone(reviews: Path, tmp_path: Path) -> None:
    result = tenor("train", reviews, *SMALL, "--epochs", 1, "--out", tmp_path / "run", "--quiet")
    assert result.err == ""
    assert "test accuracy" in result.out


def test_json_is_one_object(reviews: Path, tmp_path: Path) -> None:
    result = tenor("train", reviews, *SMALL, "--epochs", 1, "--out", tmp_path / "run", "--json")
    found = json.loads(result.out)
    assert found["path"] == str(tmp_path / "run")
    assert (
        0 <= found["test"]["metrics"]["accuracy"]["low"] <= found["test"]["metrics"]["accuracy"]["high"] <= 1
    )


def test_without_out_each_run_gets_a_folder_of_its_own(
    reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        result = tenor("train", reviews, *SMALL, "--epochs", 1, "--model", "gru-mean", "--quiet")
        assert result.status == 0, result.err
    assert {run.name for run in (tmp_path / "runs").iterdir()} == {"reviews-gru-mean", "reviews-gru-mean-2"}


def test_the_name_of_a_network_stands_between_file_and_set(reviews: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("network: {encoder: rnn, pooling: max, hidden: 3}\ntraining: {epochs: 7}\n")
    arguments = ("--config", file, "--model", "bigru-attention", "--set", "network.pooling=mean")
    result = tenor("train", reviews, *arguments, *SMALL, "--epochs", 1, "--out", tmp_path / "run")
    assert result.status == 0, result.err
    config = parse(read(str(tmp_path / "run" / "config.yaml")))
    network = config.network
    assert (network.encoder, network.bidirectional, network.pooling) == ("gru", True, "mean")
    assert (network.hidden, config.training.epochs) == (3, 1)


def test_an_existing_folder_is_kept_unless_forced(trained: Path, reviews: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert tenor("train", reviews, *SMALL, "--epochs", 1, "--out", run).status == 0
    before = (run / "metrics.json").read_bytes()
    refused = tenor("train", reviews, *SMALL, "--epochs", 2, "--out", run)
    assert refused.status == 2
    assert "--force" in refused.error
    assert "--resume" in refused.error
    # What stands in the way of training costs nothing, even with --force.
    for arguments in (("nothing.csv",), (reviews, "--model", "lsmt"), (reviews, "--text-column", "foo")):
        failed = tenor("train", *arguments, *SMALL, "--out", run, "--force")
        assert failed.status == 2
        assert (run / "metrics.json").read_bytes() == before
    assert tenor("train", reviews, *SMALL, "--epochs", 2, "--out", run, "--force").status == 0
    with (run / "history.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 2


def test_a_folder_that_is_no_run_is_never_replaced(reviews: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    result = tenor("train", reviews, *SMALL, "--out", tmp_path, "--force")
    assert result.status == 2
    assert (tmp_path / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing.csv",), "does not exist"),
        (("movies", "--text-column", "body"), "no column 'body'"),
        (("movies", "--set", "training.epoch=3"), "did you mean"),
        (("movies", "--set", "training.epochs=three"), "training.epochs is 'three'"),
        (("movies", "--device", "gpu"), "training.device is 'gpu'"),
        (("movies", "--model", "bilstm-sum"), "poolings are"),
        (("movies", "--model", "bilsmt"), "did you mean bilstm"),
        (("movies", "--resume", "--force"), "one of them"),
    ],
)
def test_bad_input_leaves_nothing_behind(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = tenor("train", *arguments, "--out", tmp_path / "run")
    assert result.status == 2
    assert said in result.error
    assert result.out == ""
    assert list(tmp_path.iterdir()) == []


def test_resume_wants_a_run(tmp_path: Path) -> None:
    assert "--out" in tenor("train", "--resume").error
    assert "no run" in tenor("train", "--resume", "--out", tmp_path / "none").error


def test_resume_refuses_other_settings_and_accepts_the_same(trained: Path, reviews: Path) -> None:
    other = tenor("train", "--resume", "--out", trained, "--epochs", 9)
    assert other.status == 2
    assert "other settings" in other.error
    weights = (trained / "model" / "weights.safetensors").read_bytes()
    same = tenor("train", reviews, *SMALL, "--epochs", 6, "--resume", "--out", trained)
    assert same.status == 0, same.err
    assert (trained / "model" / "weights.safetensors").read_bytes() == weights


def test_three_classes_train_as_well(tmp_path: Path) -> None:
    file = tmp_path / "three.csv"
    rows = [
        f"{word} thing number {number},{word}" for number in range(20) for word in ("red", "green", "blue")
    ]
    file.write_text("\n".join(["text,colour_class", *rows]))
    run = tmp_path / "run"
    result = tenor("train", file, "--label-column", "colour_class", *SMALL, "--epochs", 2, "--out", run)
    assert result.status == 0, result.err
    assert json.loads((run / "metrics.json").read_text())["test"]["classes"] == ["blue", "green", "red"]


def test_rows_without_text_are_counted(tmp_path: Path) -> None:
    file = write_reviews(tmp_path / "reviews.csv")
    with file.open("a") as text:
        text.write(",positive,home\n")
    assert "1 row" in tenor("train", file, *SMALL, "--epochs", 1, "--out", tmp_path / "run").err


# Of a chosen recipe: settings that make it small without saying what network it is.
QUICK = [
    *("--epochs", 1, "--set", "training.threads=1", "--set", "training.precision=float32"),
    *("--set", "evaluation.resamples=100"),
]


def test_without_a_network_named_a_recipe_is_chosen(reviews: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = tenor("train", reviews, *QUICK, "--quality", "fast", "--out", out)
    assert result.status == 0, result.err
    assert "recipe few for short texts (quality fast): 49 training texts" in result.err
    assert result.err.index("expected: about ") < result.err.index("training on cpu")
    config = stored_config(out)
    assert config.description.startswith("Chosen by itself: recipe few for short texts")
    assert config.network == parse(read("few")).network
    assert (config.training.epochs, config.data.source) == (1, str(reviews))
    resumed = tenor("train", reviews, "--out", out, "--resume")
    assert resumed.status == 0, resumed.err
    assert "for short texts" not in resumed.err


def test_a_choice_is_in_the_json(reviews: Path, tmp_path: Path) -> None:
    result = tenor("train", reviews, *QUICK, "--quality", "fast", "--json", "--out", tmp_path / "run")
    chosen = json.loads(result.out)["chosen"]
    assert (chosen["recipe"], chosen["quality"]) == ("few", "fast")
    assert chosen["expected_seconds"] > 0


@pytest.mark.parametrize(
    "arguments", [("--model", "lstm"), ("--config", "fast"), ("--set", "network.hidden=3"), ("--resume",)]
)
def test_what_is_named_is_not_chosen(reviews: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = tenor("train", reviews, *arguments, "--quality", "best", "--out", tmp_path / "run")
    assert result.status == 2
    assert f"--quality chooses what is trained, and {arguments[0]}" in result.error


def test_a_quality_that_is_none_is_refused_before_reading(tmp_path: Path) -> None:
    result = tenor("train", tmp_path / "none.csv", "--quality", "good")
    assert "unknown quality 'good'; there are fast, balanced, best" in result.error
