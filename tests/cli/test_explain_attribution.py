"""`tenor explain --method` and `--faithfulness`: what is said beside the scores, and what is refused."""

import json
from pathlib import Path

import markup
import pytest
from shell import tenor, write_reviews

TEXT = "the film was great"
ODD = ("", "zzz", "\U0001f600", "\u05d8\u05d5\u05d1 great", "<script>alert('great')</script>")


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input", "occlusion"])
def test_the_words_and_their_scores_are_shown(trained: Path, method: str) -> None:
    result = tenor("explain", trained, TEXT, "--method", method)
    assert result.status == 0, result.err
    assert f"By {method}: what each token adds to the log-odds of positive" in result.out
    assert "great[1]" in result.out
    assert ("Completeness: " in result.out) == (method == "integrated-gradients")


def test_the_default_is_named(trained: Path) -> None:
    result = tenor("explain", trained, TEXT, "--method", "auto")
    assert "By integrated-gradients, the default for models of this kind" in result.out


def test_json_is_an_object_a_line(trained: Path) -> None:
    result = tenor("explain", trained, *ODD, "--method", "integrated-gradients", "--json")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert len(found) == len(ODD)
    assert found[-1]["text"] == ODD[-1]
    for one in found:
        total = sum(token["score"] for token in one["tokens"])
        assert one["error"] == pytest.approx(abs(total - (one["log_odds"] - one["baseline"])), abs=1e-6)


def test_scores_of_the_other_class_have_the_other_sign(trained: Path) -> None:
    found = [
        json.loads(tenor("explain", trained, TEXT, "--method", "occlusion", "--class", name, "--json").out)
        for name in ("positive", "negative")
    ]
    one, other = ([token["score"] for token in answer["tokens"]] for answer in found)
    assert one == pytest.approx([-score for score in other], abs=1e-5)


def test_the_page_holds_the_text_escaped(trained: Path, tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    result = tenor("explain", trained, *ODD, "--method", "integrated-gradients", "--html", page)
    assert result.status == 0, result.err
    text = page.read_text("utf-8")
    assert "<script" not in text
    found = markup.read(text)
    assert "By integrated-gradients: what each token adds" in found.text
    assert "Completeness: " in found.text
    assert tenor("explain", trained, TEXT, "--method", "occlusion", "--html", page).status == 2
    assert tenor("explain", trained, TEXT, "--method", "occlusion", "--html", page, "--force").status == 0


def test_what_cannot_be_shown_is_refused(trained: Path, tmp_path: Path) -> None:
    refused = {
        "pools by mean-max and has no attention weights": ("--method", "attention"),
        "no attribution method is called 'guess'; choose one of: auto, integrated-gradients": (
            "--method",
            "guess",
        ),
        "no class 'good'; it has negative, positive": ("--method", "occlusion", "--class", "good"),
        "--class is for --method": ("--class", "positive"),
        "--png draws": ("--method", "occlusion", "--png", tmp_path / "a.png"),
        "--faithfulness measures the texts of a file": ("--faithfulness", tmp_path / "a.csv"),
    }
    for message, arguments in refused.items():
        result = tenor("explain", trained, TEXT, *arguments)
        assert result.status == 2
        assert message in result.error


def test_faithfulness_ranks_the_methods(trained: Path, tmp_path: Path) -> None:
    texts = write_reviews(tmp_path / "reviews.csv", count=20, seed=1)
    result = tenor("explain", trained, "--faithfulness", texts, "--texts", 6)
    assert result.status == 0, result.err
    for name in ("occlusion", "integrated-gradients", "random", "The default", "over 6 texts"):
        assert name in result.out
    assert "attention" not in result.out
    values = json.loads(tenor("explain", trained, "--faithfulness", texts, "--texts", 6, "--json").out)
    assert values["texts"] == 6
    assert values["default"] == "integrated-gradients"
    assert values["best"] == values["methods"][0]["method"]


def test_faithfulness_needs_texts(trained: Path, tmp_path: Path) -> None:
    assert tenor("explain", trained, "--faithfulness", tmp_path / "no.csv").status == 2
    texts = write_reviews(tmp_path / "reviews.csv", count=4)
    assert tenor("explain", trained, "--faithfulness", texts, "--texts", 0).status == 2
