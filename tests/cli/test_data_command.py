import json
from pathlib import Path

import pytest
from shell import tenor, write_reviews


def test_the_report_shows_splits_lengths_duplicates_and_a_batch(reviews: Path) -> None:
    result = tenor("data", reviews)
    assert result.status == 0, result.err
    for expected in (
        "2 classes (negative, positive)",
        "train",
        "test",
        "Lengths",
        "Duplicates",
        "padded batch",
    ):
        assert expected in result.out
    assert "warning: " in result.out


def test_json_has_the_same_figures(reviews: Path) -> None:
    report = json.loads(tenor("data", reviews, "--test", 0.2, "--validation", 0.25, "--json").out)
    assert {split["name"]: split["rows"] for split in report["splits"]} == {
        "train": 36,
        "validation": 12,
        "test": 12,
    }
    assert report["sample"]["batch"]["shape"][0] == len(report["sample"]["texts"])
    assert any("repeat" in sentence for sentence in report["warnings"])


def test_a_random_split_of_grouped_rows_is_warned_of(tmp_path: Path) -> None:
    lines = [f"the {n} film was {('bad', 'good')[n % 2]},{n % 2},film {n // 4}" for n in range(80)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["review,sentiment,film", *lines]))
    options = ("--set", "text.min_count=1")
    assert "warning: validation and test were split at random although the column film" in " ".join(
        tenor("data", file, *options).out.split()
    )
    warnings = json.loads(tenor("data", file, *options, "--group-by", "film", "--json").out)["warnings"]
    assert not any("at random" in sentence for sentence in warnings)


def test_shared_texts_are_dropped_when_asked_for(tmp_path: Path) -> None:
    train, test = write_reviews(tmp_path / "train.csv", 60), write_reviews(tmp_path / "test.csv", 4)
    options = ("--test", test, "--validation", 0, "--json")
    kept = json.loads(tenor("data", train, *options).out)
    dropped = json.loads(tenor("data", train, *options, "--set", "data.duplicates=drop").out)
    assert kept["duplicates"]["texts"][0]["rows"] == 4
    assert dropped["duplicates"]["texts"] == []
    assert dropped["splits"][0]["rows"] < kept["splits"][0]["rows"] == 60
    assert any("left out, since they also stand in test" in note for note in dropped["notes"])


def test_built_in_data_is_the_default() -> None:
    assert json.loads(tenor("data", "--json").out)["dataset"] == "movies"


def test_tables_fit_a_narrow_terminal(reviews: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console.Console.width", 80)
    tables = tenor("data", reviews).out.partition("note: ")[0]
    # The first line is a sentence, which is left whole where no terminal is.
    assert 60 < max(map(len, tables.splitlines()[1:])) <= 80


def test_options_beat_the_file_and_set_beats_them(reviews: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"data: {{source: {reviews}, test_fraction: 0.5}}\ntext: {{max_length: 7}}\n")
    of_file = json.loads(tenor("data", "--config", config, "--json").out)
    assert (of_file["dataset"], of_file["max_length"]) == ("reviews.csv", 7)
    other = write_reviews(tmp_path / "other.csv", 40)
    options = ("--config", config, "--max-length", 3, "--test", 0.25)
    mixed = json.loads(tenor("data", other, *options, "--json").out)
    assert (mixed["dataset"], mixed["max_length"]) == ("other.csv", 3)
    assert {s["name"]: s["rows"] for s in mixed["splits"]}["test"] == 10
    last = json.loads(tenor("data", other, *options, "--set", "text.max_length=2", "--json").out)
    assert last["max_length"] == 2


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (None, (), "does not exist"),
        ("review,sentiment\n", (), "no rows"),
        ("review,sentiment\nfine,1\ngood,1\n", (), "two classes"),
        ("review,place\nfine film,home\ngood film,cinema\n", ("--text-column", "text"), "review, place"),
        ("review,place\nfine film,home\ngood film,home\n", (), "label"),
        ("review,sentiment\nfine,1\n,0\n", ("--empty", "refuse"), "(rows 2)"),
        ("review,sentiment\nfine,1\nbad,0\n", ("--test", "0.9"), "none to train on"),
        ("review,stars\nfine,five\nbad,1\n", ("--positive-from", "4"), "'five'"),
    ],
)
def test_unusable_data_is_said_in_one_line(
    tmp_path: Path, content: str | None, arguments: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "some.csv"
    if content is not None:
        file.write_text(content)
    result = tenor("data", file, *arguments)
    assert result.status == 2
    assert said in result.error
    assert result.out == ""


def test_a_wrong_encoding_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("review,sentiment\nfine,1\ntrès bien,1\nbad,0\nvery bad,0\n".encode("latin-1"))
    result = tenor("data", file)
    assert result.status == 2
    assert "line 3" in result.error
    options = ("--encoding", "latin-1", "--test", 0, "--validation", 0, "--set", "text.min_count=1")
    assert tenor("data", file, *options).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "text.max_lenght=3"), "did you mean max_length"),
        (("--set", "max_length=3"), "did you mean text.max_length"),
        (("--set", "text.max_length=long"), "text.max_length is 'long'"),
        (("--set", "text.max_length"), "key=value"),
        (("--set", "text.min_count=0"), "text.min_count is 0"),
        (("--config", "sesion"), "did you mean session"),
        (("--config", "nothing.yaml"), "nothing.yaml"),
        (("--tokenizer", "letters"), "text.tokenizer"),
    ],
)
def test_wrong_settings_are_said_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    result = tenor("data", "movies", *arguments)
    assert result.status == 2
    assert said in result.error
