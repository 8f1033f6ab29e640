"""`tenor train --unlabelled` on the command line."""

import json
from pathlib import Path

import pytest
from shell import SMALL, tenor, write_reviews

from tenor.config.load import read

QUICK = (*SMALL, "--epochs", 1)


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reviews of which some are marked, and some stand among the labelled ones."""
    path = tmp_path_factory.mktemp("more") / "more.jsonl"
    rows = [
        {"review": f"the film {n} was great", "sentiment": "unknown", "in_test": n % 4 == 0}
        for n in range(40)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_unlabelled_texts_are_counted_and_kept_in_the_settings(
    reviews: Path, more: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    files = ("--unlabelled", more, "--unlabelled", reviews)
    result = tenor("train", reviews, *files, *QUICK, "--set", "training.average=0.9", "--out", out)
    assert result.status == 0, result.err
    said = " ".join(result.err.split())
    assert "more.jsonl: labels in column 'sentiment' are not looked at" in said
    assert "of 60 texts were left out, since they also stand in validation or test" in said
    assert "texts are learned from without labels" in said
    stored = read(str(out / "config.yaml"))
    assert stored["unlabelled"]["sources"] == [str(more), str(reviews)]
    assert json.loads(tenor("info", out, "--json").out)["data"]["unlabelled"]["rows"] > 40
    assert "without labels" in tenor("info", out).out
    again = tenor("train", "--out", out, "--resume")
    assert again.status == 0, again.err


def test_marked_rows_are_dropped(reviews: Path, more: Path, tmp_path: Path) -> None:
    shared = ("--unlabelled", more, "--drop-where", "in_test", *QUICK, "--json")
    result = tenor("train", reviews, *shared, "--out", tmp_path / "run")
    assert result.status == 0, result.err
    assert "10 of 40 rows were left out: their in_test is true" in " ".join(result.err.split())
    assert "test" in json.loads(result.out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--unlabelled", "nothing.txt"), "nothing.txt does not exist"),
        (
            ("--unlabelled", "movies", "--drop-where", "in_test"),
            "no column 'in_test' (unlabelled.drop_where)",
        ),
        (
            ("--unlabelled", "movies", "--set", "unlabelled.objective.virtual_adversarial=0"),
            "nothing is learned",
        ),
        (("--set", "unlabelled.objective.epsilon=0"), "unlabelled.objective.epsilon is 0"),
        (("--set", "training.average=1"), "training.average is 1"),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: tuple[str, ...], message: str, reviews: Path, tmp_path: Path
) -> None:
    result = tenor("train", reviews, *arguments, *QUICK, "--out", tmp_path / "run")
    assert result.status != 0
    assert message in result.error
    assert not (tmp_path / "run").exists()


def test_texts_that_are_all_in_test_are_refused(tmp_path: Path) -> None:
    train, test = (
        write_reviews(tmp_path / f"{name}.csv", seed=seed) for seed, name in enumerate(("one", "two"))
    )
    result = tenor("train", train, "--test", test, "--unlabelled", test, *QUICK, "--out", tmp_path / "run")
    assert result.status != 0
    assert "none of its 60 texts is left" in result.error
