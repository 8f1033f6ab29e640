"""A model of several parts through the commands: training names the part, `info` and `card` what it is."""

import json
from pathlib import Path

import pytest
from shell import SMALL, tenor

PARTS = ("--set", "ensemble.members=2", "--set", "ensemble.ngrams.use=true")


@pytest.fixture(scope="module")
def run(reviews: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "parts"
    result = tenor("train", reviews, *SMALL, *PARTS, "--epochs", 2, "--out", folder)
    assert result.status == 0, result.err
    for said in ("part 1 of 3: n-grams", "part 2 of 3: network 1 of 2", "part 3 of 3: network 2 of 2"):
        assert result.err.count(said) == 1
    assert result.err.count("training on cpu") == 1
    lines = [line.split()[0] for line in result.err.splitlines() if line.rstrip().endswith("best")]
    assert lines[0] == "1"
    assert "3" in lines
    return folder


def test_what_it_is_the_sum_of(run: Path) -> None:
    shown = tenor("info", run)
    assert "the mean of 2 networks, plus 0.50 times a linear model of" in " ".join(shown.out.split())
    found = json.loads(tenor("info", run, "--json").out)
    assert (found["parts"][0]["kind"], found["parts"][0]["count"]) == ("network", 2)
    assert found["parts"][1]["weight"] == found["mixture"]["ngrams"]
    assert "too few" in found["mixture"]["reason"]


def test_the_card_and_the_page_say_so(run: Path) -> None:
    card = json.loads(tenor("card", run, "--json").out)
    assert card["parameters"]["n-grams"] == card["parts"][1]["parameters"]
    assert sum(card["parameters"].values()) == sum(part["parameters"] for part in card["parts"])
    assert "The model is the mean of 2 networks, plus" in " ".join(
        tenor("card", run, "--out", "-").out.split()
    )
    assert "mean of 2 networks, trained for 4 epochs in all" in (run / "report.html").read_text()


def test_it_predicts_and_goes_on(run: Path) -> None:
    assert json.loads(tenor("predict", run, "a great film", "--json").out)
    before = (run / "model" / "weights.safetensors").read_bytes()
    assert tenor("train", "--out", run, "--resume", "--quiet").status == 0
    assert (run / "model" / "weights.safetensors").read_bytes() == before


def test_bad_numbers_are_one_line(reviews: Path, tmp_path: Path) -> None:
    result = tenor("train", reviews, *SMALL, "--set", "ensemble.members=0", "--out", tmp_path / "run")
    assert result.status == 2
    assert "ensemble.members is 0" in result.error
