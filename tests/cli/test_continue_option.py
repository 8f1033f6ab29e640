"""`tenor train --continue` on the command line: from suggested rows that were filled in to both models."""

import csv
import json
from pathlib import Path

import pytest
import sources
from shell import GOOD, tenor, write_reviews


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("more") / "more.csv", 40, seed=5)


def test_suggested_rows_are_filled_in_and_trained_on(trained: Path, more: Path, tmp_path: Path) -> None:
    new, chosen, out = (tmp_path / name for name in ("new.csv", "chosen.csv", "second"))
    lines = [line.split(",") for line in more.read_text().splitlines()]
    new.write_text("".join(f"{review},{place}\n" for review, _, place in lines))
    assert tenor("suggest", trained, new, "--count", 20, "--out", chosen).status == 0
    with chosen.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "rows have no label" in tenor("train", "--continue", trained, chosen, "--out", out).error
    for row in rows:
        row["sentiment"] = "positive" if any(word in row["review"] for word in GOOD) else "negative"
    with chosen.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    result = tenor("train", "--continue", trained, chosen, "--epochs", 1, "--out", out, "--json")
    assert result.status == 0, result.err
    found = json.loads(result.out)
    assert set(found["continued"]["sides"]) <= {"new", "old"}
    assert found["continued"]["sides"]["old"]["rows"] == 6
    resumed = tenor("train", "--resume", "--out", out)
    assert resumed.status == 0, resumed.err
    assert "The old and the new model on the same test texts" in resumed.out
    assert "6 test texts of the old data" in " ".join(resumed.out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "runs/lm"], "leave out one of them"),
        (["--model", "bigru"], "network.encoder is gru, and that of the classifier in"),
        (["--set", "network.pooling=mean"], "network.pooling is mean, and that of the classifier in"),
        (["--text-column", "none"], "no column 'none'"),
    ],
)
def test_contradictions_are_refused_in_one_line(
    trained: Path, more: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = tenor("train", "--continue", trained, more, "--out", tmp_path / "second", *arguments)
    assert result.status == 2
    assert said in result.error
    assert not (tmp_path / "second").exists()


def test_there_must_be_a_classifier_new_data_and_another_folder(
    trained: Path, more: Path, tmp_path: Path
) -> None:
    assert "needs the data that is new" in tenor("train", "--continue", trained).error
    lm = sources.write(tmp_path / "lm")
    assert "no classes to go on with" in tenor("train", "--continue", lm, more).error
    assert tenor("train", "--continue", tmp_path / "none", more).status == 2
    same = tenor("train", "--continue", trained, more, "--out", trained, "--force")
    assert "where the old model is" in same.error
    assert (trained / "model").is_dir()
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert tenor("train", "--continue", trained, empty, "--out", tmp_path / "second").status == 2
