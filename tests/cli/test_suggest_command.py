"""`tenor suggest` on the command line."""

import json
from pathlib import Path

import pytest
import sources
from shell import tenor, write_reviews


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("new") / "new.csv"
    lines = write_reviews(path, 40, seed=7).read_text().splitlines()
    path.write_text("\n".join(",".join((line.split(",")[0], line.split(",")[2])) for line in lines))
    return path


def test_rows_are_written_to_be_filled_in(trained: Path, unlabelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "to-label.jsonl"
    result = tenor("suggest", trained, unlabelled, "--count", 4, "--out", out, "--json")
    assert result.status == 0, result.err
    said = json.loads(result.out)
    assert (said["read"], said["suggested"], said["label_column"]) == (40, 4, "sentiment")
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["rank"] for row in written] == [1, 2, 3, 4]
    assert set(written[0]) == {
        *("review", "place", "sentiment", "rank", "why", "probability_negative", "probability_positive")
    }
    again = tenor("suggest", trained, unlabelled, "--count", 4, "--out", out, "--force")
    assert again.status == 0
    assert "Fill in the column 'sentiment', then: tenor train --continue MODEL" in again.out
    assert [json.loads(line) for line in out.read_text().splitlines()] == written


def test_fewer_rows_than_asked_for_are_said(
    trained: Path, reviews: Path, unlabelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.csv"
    result = tenor("suggest", trained, unlabelled, "--count", 100, "--out", out)
    assert result.status == 0, result.err
    assert "of 40 could be suggested" in " ".join(result.err.split())
    known = ("--known", reviews, "--known", unlabelled)
    result = tenor("suggest", trained, unlabelled, *known, "--out", tmp_path / "none.csv")
    assert result.status == 2
    assert "labelled already" in result.error
    assert not (tmp_path / "none.csv").exists()


def test_a_model_without_calibration_is_said(trained: Path, unlabelled: Path, tmp_path: Path) -> None:
    """Sixty reviews leave too few validation texts for a temperature."""
    result = tenor("suggest", trained, unlabelled, "--count", 1, "--out", tmp_path / "out.csv")
    assert result.status == 0
    assert "not calibrated" in result.err


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("", [], "empty"),
        ("review\n", [], "no rows"),
        ("number\n1\n2\n", ["--text-column", "text"], "no column 'text'"),
        ("review,rank\ngood,1\n", [], "has a column 'rank' already"),
        ("review\ngood\n", ["--count", "0"], "--count"),
        ("review\ngood\n", ["--by", "chance"], "by is 'chance'"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    trained: Path, tmp_path: Path, content: str, arguments: list[str], said: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(content)
    result = tenor("suggest", trained, source, "--out", tmp_path / "out.csv", *arguments)
    assert result.status == 2
    assert said in result.error
    assert not (tmp_path / "out.csv").exists()


def test_a_language_model_is_refused(unlabelled: Path, tmp_path: Path) -> None:
    folder = sources.write(tmp_path / "lm")
    result = tenor("suggest", folder, unlabelled, "--out", tmp_path / "out.csv")
    assert result.status == 2
    assert "language model" in result.error
