"""`tenor train --model pretrained` and what follows it, on the command line."""

import json
import shutil
from pathlib import Path

import encoders
import pytest
from shell import tenor, write_reviews

# Neither tokenizer nor embedding size: the folder has both.
QUICK = [
    *("--epochs", "2", "--max-length", "20", "--set", "training.threads=1"),
    *("--set", "training.precision=float32", "--set", "evaluation.resamples=100"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run, its data, and an encoder that is gone."""
    place = tmp_path_factory.mktemp("pretrained")
    folder, data = encoders.write_folder(place / "encoder"), write_reviews(place / "reviews.csv")
    named = ("--model", "pretrained-mean", "--set", f"network.pretrained.folder={folder}")
    result = tenor("train", data, *named, *QUICK, "--out", place / "run")
    assert result.status == 0, result.err
    shown = tenor("info", *named, "--json")
    (place / "info.json").write_text(shown.out)
    shutil.rmtree(folder)
    return place


def test_predict_and_evaluate(place: Path) -> None:
    result = tenor("predict", place / "run", "the film was good", "--json")
    assert result.status == 0, result.err
    assert "positive" in result.out
    result = tenor("evaluate", place / "run", place / "reviews.csv", "--json")
    assert result.status == 0, result.err
    assert 0 <= json.loads(result.out)["metrics"]["accuracy"]["value"] <= 1


def test_info(place: Path) -> None:
    found = json.loads(tenor("info", place / "run", "--json").out)
    assert found["model"] == "pretrained-mean"
    assert found["vocabulary"] == len(encoders.PIECES)
    untrained = json.loads((place / "info.json").read_text())
    assert untrained["vocabulary"] == len(encoders.PIECES)
    assert untrained["network"]["parameters"] == found["network"]["parameters"]
    names = [part["name"] for part in found["network"]["parts"]]
    assert [name for name in names if name.startswith("encoder.")] == ["encoder.transformer"]
    assert found["network"]["trainable"] < 20, "frozen, only the head is trained"


@pytest.mark.parametrize(
    ("folder", "said"),
    [(None, "set network.pretrained.folder"), ("bert-base-uncased", "nothing is downloaded")],
)
def test_without_a_folder(place: Path, folder: str | None, said: str) -> None:
    named = [] if folder is None else ["--set", f"network.pretrained.folder={folder}"]
    for command in (["train", place / "reviews.csv"], ["info"]):
        result = tenor(*command, "--model", "pretrained", *named)
        assert result.status == 2
        assert said in result.error
