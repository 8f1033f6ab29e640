"""`tenor train --from` and `tenor compare --from` on the command line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sources
from shell import tenor, write_reviews

from tenor.config.load import parse, read
from tenor.config.network import RatioConfig

QUICK = [
    *("--set", "text.min_count=1", "--set", "training.threads=1", "--set", "training.precision=float32"),
    *("--set", "training.learning_rate=0.05", "--set", "evaluation.resamples=100"),
    *("--set", "transfer.unfreeze=0.5", "--epochs", "2"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources.write(tmp_path_factory.mktemp("lm") / "lm")


@pytest.fixture(scope="module")
def run(source: Path, reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "started"
    result = tenor("train", reviews, "--from", source, "--model", "lstm-mean", *QUICK, "--out", out)
    assert result.status == 0, result.err
    line = f"Tokenizer (words) and vocabulary (16) are those of the language model in {source}"
    assert line in " ".join(result.err.split())
    return out


def test_the_run_says_what_it_started_from(run: Path, source: Path) -> None:
    config = read(str(run / "config.yaml"))
    digest = sources.language_model().digest
    assert config["transfer"]["source"] == str(source)
    assert config["transfer"]["digest"] == digest
    assert config["network"]["embedding_size"] == 6
    shown = " ".join(tenor("info", run).out.split())
    assert (
        f"started from the language model in {source}, trained on toy texts (SHA-256 {digest[:12]}" in shown
    )
    assert json.loads(tenor("info", run, "--json").out)["data"]["start"]["digest"] == digest
    assert tenor("predict", run, "the film was great").status == 0


def test_a_run_is_started_from_again_and_the_vocabulary_grows(
    run: Path, reviews: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    result = tenor("train", reviews, "--from", run, "--extend-vocabulary", *QUICK, "--out", out)
    assert result.status == 0, result.err
    said = " ".join(result.err.split())
    assert f"are those of the classifier in {run}, with 11 words of the training texts added" in said
    assert json.loads(tenor("info", out, "--json").out)["vocabulary"] == 16 + 11


def test_resuming_names_nothing(run: Path) -> None:
    before = (run / "model" / "weights.safetensors").read_bytes()
    result = tenor("train", "--resume", "--out", run)
    assert result.status == 0, result.err
    assert (run / "model" / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "bilstm"), "network.bidirectional is true, and that of the language model in"),
        (("--model", "gru"), "network.encoder is gru, and that of"),
        (("--tokenizer", "reviews"), "text.tokenizer is reviews, and that of"),
        (("--set", "network.embedding_size=9"), "network.embedding_size is 9, and that of"),
        (("--set", "network.recurrent.hidden_size=9"), "network.recurrent.hidden_size is 9, and that of"),
        (("--config", "fast"), "network.encoder is mingru, and that of"),
        (("--extend-vocabulary", "--set", "text.max_size=9"), "text.max_size is 9"),
    ],
)
def test_contradictions_leave_nothing_behind(
    source: Path, reviews: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = tenor("train", reviews, "--from", source, *arguments, "--out", tmp_path / "run")
    assert result.status == 2
    assert said in result.error
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_none_is_refused(reviews: Path, tmp_path: Path) -> None:
    for place, said in ((tmp_path / "none", "does not exist"), (reviews, "is not a folder")):
        result = tenor("train", reviews, "--from", place, "--out", tmp_path / "run")
        assert result.status == 2
        assert said in result.error
        assert "tenor pretrain" in result.error


def test_the_fast_recipe_starts_from_a_language_model_of_its_kind(reviews: Path, tmp_path: Path) -> None:
    """Compiled scan and log-count ratios included; only its second direction cannot come from there."""
    fast = parse(read("fast")).network
    unlike = {"ratios": RatioConfig(), "bidirectional": False}
    folder = sources.write(tmp_path / "lm", replace(fast, **unlike))
    arguments = ("train", reviews, "--config", "fast", "--from", folder, *QUICK)
    assert "network.bidirectional is true" in tenor(*arguments, "--out", tmp_path / "run").error
    result = tenor(*arguments, "--set", "network.bidirectional=false", "--out", tmp_path / "run")
    assert result.status == 0, result.err
    found = json.loads(tenor("info", tmp_path / "run", "--json").out)["config"]
    assert found["network"]["ratios"]["use"]
    assert found["transfer"]["digest"]


def test_compare_with_and_without_the_source(source: Path, tmp_path: Path) -> None:
    data = write_reviews(tmp_path / "reviews.csv", count=40)
    models = "lstm-mean,lstm-mean:transfer.source=null"
    arguments = ("--models", models, "--baselines", "", "--seeds", 1, "--set", "data.validation_fraction=0.3")
    out = tmp_path / "compared"
    result = tenor(
        *("compare", data, "--from", source, *arguments, *QUICK, "--no-costs", "--jobs", 1, "--json"),
        *("--out", out),
    )
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert len(found["models"]) == 2
    refused = tenor(
        "compare", data, "--from", source, "--models", "lstm,gru", *QUICK, "--out", tmp_path / "b"
    )
    assert refused.status == 2
    assert "network.encoder is gru, and that of the language model" in refused.error


def test_a_search_leaves_out_what_the_source_decides(source: Path, reviews: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    arguments = ("tune", reviews, "--from", source, *QUICK, "--trials", 2)
    result = tenor(*arguments, "--out", out)
    assert result.status == 0, result.err
    left_out = "decides it: network.embedding_size, network.recurrent.hidden_size."
    assert f"Not searched, since the language model in {source} {left_out}" in " ".join(result.err.split())
    space = read(str(out / "search.yaml"))
    assert "training.learning_rate" in space
    assert not {"network.embedding_size", "network.recurrent.hidden_size"} & space.keys()
    trials = json.loads((out / "trials.json").read_text())["trials"]
    assert [trial["state"] for trial in trials] == ["complete", "complete"]


def test_a_search_of_what_the_source_decides_is_refused(source: Path, reviews: Path, tmp_path: Path) -> None:
    search = tmp_path / "space.yaml"
    search.write_text("network: {recurrent: {hidden_size: [4, 8, log]}}\n")
    out = tmp_path / "tuned"
    result = tenor("tune", reviews, "--from", source, *QUICK, "--search", search, "--out", out)
    assert result.status == 2
    assert "network.recurrent.hidden_size cannot be searched: the language model in" in result.error
    assert not out.exists()
