"""`tenor augment` shows and writes variants; `tenor train --augment` trains with the same ones."""

import csv
import json
from pathlib import Path

import pytest
from shell import SMALL, tenor, write_reviews

from tenor.cli import completion


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", 120)


TEMPLATES = "templates:\n  contrast: ['{Con}, but {pro}.', 'True, {con}. All the same {pro}.']\n"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates of sentences alone, which need rows of both labels."""
    path = tmp_path_factory.mktemp("templates") / "mine.yaml"
    path.write_text(TEMPLATES)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_variants_are_shown_and_written(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "variants.csv"
    result = tenor("augment", file, "--count", 20, "--out", out)
    assert result.status == 0, result.err
    assert "temporal turn" in result.out
    assert "positive: " in result.out
    assert str(out) in result.out
    rows = read(out)
    assert list(rows[0]) == ["text", "label", "group", "kind", "source"]
    assert len({row["text"] for row in rows}) == len(rows) == 20
    assert {row["label"] for row in rows} == {"negative", "positive"}


def test_without_a_file_nothing_is_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tenor("augment", file, "--share", 0.1).status == 0
    assert list(tmp_path.iterdir()) == []


def test_json_and_the_share(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.jsonl"
    told = json.loads(tenor("augment", file, "--share", 0.25, "--out", out, "--json").out)
    assert told["rows"] == len(out.read_text().splitlines()) == 24  # of 97 training rows
    assert told["path"] == str(out)
    assert told["share"] == 0.25
    assert sum(count for by_label in told["kinds"].values() for count in by_label.values()) == 24
    assert json.loads(tenor("augment", file, "--json").out)["share"] == 0.3
    configured = tenor("augment", file, "--set", "data.augment.share=0.5", "--json")
    assert json.loads(configured.out)["share"] == 0.5


def test_another_seed_makes_others_and_the_same_the_same(file: Path, tmp_path: Path) -> None:
    outs = [tmp_path / f"{number}.csv" for number in range(3)]
    for out, seed in zip(outs, (0, 0, 1), strict=True):
        assert tenor("augment", file, "--count", 30, "--seed", seed, "--out", out).status == 0
    assert outs[0].read_bytes() == outs[1].read_bytes() != outs[2].read_bytes()


def test_groups_go_along(file: Path, templates: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.csv"
    given = ("--group-by", "place", "--test", 0, "--validation", 0)
    result = tenor("augment", file, *given, "--templates", templates, "--count", 10, "--out", out)
    assert result.status == 0, result.err
    assert {row["group"] for row in read(out)} == {"home", "cinema"}


def test_training_takes_the_same_variants(file: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained = tenor("train", file, *SMALL, "--epochs", 1, "--augment", 0.25, "--out", run)
    assert trained.status == 0, trained.err
    assert "24 variants of its 97 rows" in trained.err
    told = json.loads(tenor("augment", file, "--share", 0.25, "--json").out)
    stored = json.loads((run / "report.json").read_text())
    assert stored["provenance"]["augment"]["fingerprint"] == told["fingerprint"]
    assert next(split for split in stored["data"]["splits"] if split["name"] == "train")["rows"] == 97 + 24


def test_a_model_is_evaluated_without_variants_or_their_templates(
    file: Path, templates: Path, tmp_path: Path
) -> None:
    mine, run = tmp_path / "mine.yaml", tmp_path / "run"
    mine.write_text(TEMPLATES)
    options = ("--augment", 0.2, "--templates", mine)
    assert tenor("train", file, *SMALL, "--epochs", 1, *options, "--out", run).status == 0
    mine.unlink()
    evaluated = tenor("evaluate", run, "--json")
    assert evaluated.status == 0, evaluated.err
    assert not any("changed" in sentence for sentence in json.loads(evaluated.out)["warnings"])
    train = json.loads(tenor("evaluate", run, "--split", "train", "--json").out)
    assert train["rows"] == 97


def test_an_older_file_is_kept_unless_forced(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.csv"
    out.write_text("mine")
    refused = tenor("augment", file, "--count", 10, "--out", out)
    assert refused.status == 2
    assert "exists already" in refused.error
    assert out.read_text() == "mine"
    assert tenor("augment", file, "--count", 10, "--out", out, "--force").status == 0
    assert len(read(out)) == 10


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("text,label\n" + "a,x\nb,y\nc,z\n" * 20, (), "3 classes (x, y, z), and variants need two"),
        ("text,label\n" + "a,0\nb,1\n" * 20, (), "no variants can be made"),
        ("text,label\n" + "The tea was good,1\nThe tea was bad,0\n" * 20, ("--share", "0.001"), "larger one"),
        (None, ("--share", "0.1", "--count", "3"), "--share and --count"),
        (None, ("--share", "-1"), "data.augment.share is -1"),
        (None, ("--share", "11"), "data.augment.share is 11"),
        (None, ("--templates", "none.yaml"), "none.yaml cannot be read"),
        (None, ("--count", "0"), "--count"),
        (None, ("--out", "variants.doc"), "variants.doc is of a format"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    file: Path, tmp_path: Path, content: str | None, arguments: tuple[str, ...], said: str
) -> None:
    if content is not None:
        file = tmp_path / "other.csv"
        file.write_text(content)
    result = tenor("augment", file, *arguments)
    assert result.status == 2
    assert said in result.error
    assert result.out == ""


def test_an_unknown_placeholder_is_said_with_its_place(file: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("templates:\n  negation: ['It was not {adj}.']\n")
    for command in (("augment", file), ("train", file, *SMALL, "--augment", 0.1, "--out", tmp_path / "run")):
        result = tenor(*command, "--templates", mine)
        assert result.status == 2
        assert "negation, template 1: unknown placeholder {adj}" in result.error
    assert not (tmp_path / "run").exists()
    unused = tenor("train", file, *SMALL, "--templates", mine, "--out", tmp_path / "run")
    assert "data.augment.share is 0" in unused.error


def test_settings_of_variants_are_completed() -> None:
    assert completion.setting_keys("data.augment.") == [
        "data.augment.share=",
        "data.augment.templates=",
        "data.augment.seed=",
    ]
