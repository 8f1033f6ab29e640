import csv
import gzip
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from shell import start, tenor

import tenor as package
from tenor.model import Model

TEXTS = ("the film was great", "the cast was awful", "the plot was superb", "a dull film")
NEW = ["label", "probability_negative", "probability_positive", "unknown_share"]


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_texts_from_arguments_and_lines_agree_with_python(trained: Path) -> None:
    expected = list(package.load(trained).predictions(TEXTS))
    of_arguments = tenor("predict", trained, *TEXTS, "--json")
    of_lines = tenor("predict", trained, "--json", stdin="\r\n".join(TEXTS))
    assert of_arguments.out == of_lines.out
    found = [json.loads(line) for line in of_arguments.out.splitlines()]
    assert [one["text"] for one in found] == list(TEXTS)
    assert [one["label"] for one in found] == [one.label for one in expected]
    assert [one["probabilities"] for one in found] == [one.probabilities for one in expected]
    assert [one["unknown_share"] for one in found] == [one.unknown_share for one in expected]


def test_one_by_one_is_the_same_as_together(trained: Path) -> None:
    together = [json.loads(line) for line in tenor("predict", trained, *TEXTS, "--json").out.splitlines()]
    for text, expected in zip(TEXTS, together, strict=True):
        alone = json.loads(tenor("predict", trained, text, "--json").out)
        assert alone["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-5)


def test_every_line_has_its_prediction_even_an_empty_one(trained: Path) -> None:
    result = tenor("predict", trained, "--json", stdin="the film was great\n\nthe film was dull\n")
    assert [json.loads(line)["text"] for line in result.out.splitlines()] == [
        "the film was great",
        "",
        "the film was dull",
    ]


def test_a_pipe_gets_columns_with_tabs(trained: Path) -> None:
    result = tenor("predict", trained, "the film\twas great")
    header, row = [line.split("\t") for line in result.out.splitlines()]
    assert header == ["label", "probability", *NEW[1:], "text"]
    assert row[0] == "positive"
    assert row[-1] == "the film was great"
    assert float(row[2]) + float(row[3]) == pytest.approx(1, abs=1e-5)


def test_a_terminal_gets_a_table_of_its_width(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setattr("rich.console.Console.width", 60)
    lines = tenor("predict", trained, "the film was great " * 9, "[bold]dull", "--quiet").out.splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("positive")
    assert "[bold]dull" in lines[2]


COMMANDS = "great\x1b[2J\x07 \x9b31m\u202e\u2028\x7f\ud800 dull \U0001f44d\u200d"


def commanding(text: str) -> set[str]:
    """Return the characters that a terminal would obey, or that hide what a text says."""
    return {
        one for one in text if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} or one in "\u202e"
    } - {"\n", "\t"}


@pytest.mark.parametrize("terminal", [True, False])
def test_a_text_or_label_commands_nothing(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    named = replace(Model.load(trained), classes=("bad\x1b[1m\n", "good\x9b"))
    named.save(tmp_path / "named")
    monkeypatch.setattr("rich.console.Console.is_terminal", terminal)
    result = tenor("predict", tmp_path / "named", COMMANDS, "--quiet")
    assert result.status == 0
    assert commanding(result.out) == set()
    assert len(result.out.splitlines()) == 2
    assert "great\ufffd[2J" in result.out
    assert "\U0001f44d\u200d" in result.out


def test_json_and_files_hold_texts_exactly(trained: Path, tmp_path: Path) -> None:
    result = tenor("predict", trained, COMMANDS, "--json")
    assert commanding(result.out) == set()
    assert json.loads(result.out)["text"] == COMMANDS
    text = COMMANDS.replace("\ud800", "")  # no file in UTF-8 can hold that
    source, target = tmp_path / "texts.csv", tmp_path / "out.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["review"], [text]])
    assert tenor("predict", trained, "--input", source, "--out", target).status == 0
    assert [row["review"] for row in read_csv(target)] == [text]


def test_texts_unlike_the_training_data_are_pointed_out(trained: Path) -> None:
    assert tenor("predict", trained, "the film was great").err == ""
    assert "no word" in tenor("predict", trained, "zxqv").err
    many = "\n".join(["la vida es un carnaval y un sueño"] * 20)
    assert "warning: these texts are unlike" in tenor("predict", trained, stdin=many).err
    assert tenor("predict", trained, "--quiet", stdin=many).err == ""


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.tsv", "out.jsonl", "out.parquet"])
def test_files_keep_their_columns_and_gain_the_prediction(trained: Path, tmp_path: Path, name: str) -> None:
    rows: list[dict[str, object]] = [{"id": n, "text": text} for n, text in enumerate(TEXTS)]
    source = write_lines(tmp_path / "in.jsonl", rows)
    target = tmp_path / name
    result = tenor("predict", trained, "--input", source, "--out", target)
    assert result.status == 0, result.err
    assert result.out == ""
    found = rows_of(target)
    assert [list(row) for row in found] == [["id", "text", *NEW]] * len(TEXTS)
    assert [int(str(row["id"])) for row in found] == [0, 1, 2, 3]
    expected = package.load(trained).predict(TEXTS)
    assert [row["label"] for row in found] == expected


def rows_of(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    return list(csv.DictReader(text.splitlines(), delimiter="\t" if path.suffix == ".tsv" else ","))


def test_a_file_can_be_printed_too(trained: Path, reviews: Path) -> None:
    result = tenor("predict", trained, "--input", reviews, "--json")
    assert [json.loads(line)["text"] for line in result.out.splitlines()] == [
        row["review"] for row in read_csv(reviews)
    ]


def test_a_column_is_never_overwritten(trained: Path, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": TEXTS[0]}, {"text": TEXTS[1], "label": "mine"}])
    target = tmp_path / "out.jsonl"
    result = tenor("predict", trained, "--input", source, "--out", target)
    assert result.status == 2
    assert "'label'" in result.error
    assert "--prefix" in result.error
    assert not target.exists()
    done = tenor("predict", trained, "--input", source, "--out", target, "--prefix", "predicted_")
    assert done.status == 0, done.err
    last = rows_of(target)[-1]
    assert (last["label"], last["predicted_label"]) == ("mine", "negative")


def test_rows_without_text_are_kept_and_counted(trained: Path, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": TEXTS[0]}, {"text": None}, {"text": "  "}])
    target = tmp_path / "out.jsonl"
    summary = tenor("predict", trained, "--input", source, "--out", target, "--json")
    assert "2 rows without text" in summary.err
    assert json.loads(summary.out)["rows"] == 3
    assert [row["unknown_share"] for row in rows_of(target)] == [0.0, 1.0, 1.0]


def test_an_existing_output_is_replaced_only_when_forced(
    trained: Path, reviews: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine")
    refused = tenor("predict", trained, "--input", reviews, "--out", target)
    assert refused.status == 2
    assert "--force" in refused.error
    assert target.read_text() == "mine"
    assert tenor("predict", trained, "--input", reviews, "--out", target, "--force").status == 0
    assert len(read_csv(target)) == 60


def test_the_input_is_never_the_output(trained: Path, reviews: Path) -> None:
    before = reviews.read_bytes()
    result = tenor("predict", trained, "--input", reviews, "--out", reviews, "--force")
    assert result.status == 2
    assert reviews.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--input", "nothing.csv", "--out", "out.csv"), "does not exist"),
        (("--input", "{reviews}", "--out", "out.xls"), "out.xls"),
        (("--input", "{reviews}", "--out", "out.csv", "--text-column", "revue"), "did you mean 'review'"),
        (("--out", "out.csv"), "--input"),
        (("a text", "--input", "{reviews}"), "one of them"),
    ],
)
def test_what_cannot_be_predicted(
    trained: Path,
    *,
    reviews: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = tenor("predict", trained, *(argument.format(reviews=reviews) for argument in arguments))
    assert result.status == 2
    assert said in result.error
    assert list(tmp_path.iterdir()) == []


def test_lines_in_another_encoding(trained: Path) -> None:
    latin = "the film was great\ntrès bien\n".encode("latin-1")
    refused = tenor("predict", trained, stdin=latin)
    assert refused.status == 2
    assert "line 2" in refused.error
    read = tenor("predict", trained, "--encoding", "latin-1", "--json", "--quiet", stdin=latin)
    assert json.loads(read.out.splitlines()[1])["text"] == "très bien"


def test_a_reader_who_leaves_early_is_no_error(trained: Path, tmp_path: Path) -> None:
    source = tmp_path / "many.csv"
    source.write_text("text\n" + "the film was great\n" * 30_000)
    with start("predict", trained, "--input", source, "--quiet") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert err == ""


@pytest.mark.parametrize("file", ["manifest.json", "model.json", "text.json", "weights.safetensors"])
@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_model_is_refused(trained: Path, tmp_path: Path, file: str, damage: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for part in (trained / "model").iterdir():
        (folder / part.name).write_bytes(part.read_bytes())
    if damage == "missing":
        (folder / file).unlink()
    else:
        content = bytearray((folder / file).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / file).write_bytes(content)
    for command in (("predict", folder, "a text"), ("info", folder), ("evaluate", folder)):
        result = tenor(*command)
        assert result.status == 2
        assert str(folder) in result.error
        assert result.out == ""


def test_no_model_at_all(tmp_path: Path) -> None:
    assert "does not exist" in tenor("predict", tmp_path / "none", "a text").error
    assert "no model in it" in tenor("predict", tmp_path, "a text").error


# Six epochs on sixty reviews leave no prediction at exactly 1.
ALL = ("--abstain-below", 1)


def test_unsure_labels_are_called_ambiguous(trained: Path) -> None:
    result = tenor("predict", trained, *ALL, *TEXTS)
    plain = tenor("predict", trained, *TEXTS)
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [row[0] for row in rows] == ["label", *["ambiguous"] * len(TEXTS)]
    assert [row[1:] for row in rows] == [line.split("\t")[1:] for line in plain.out.splitlines()]
    assert "less probable than 1; of 5 validation texts that keeps 0.0 %" in result.err
    assert tenor("predict", trained, "--abstain-below", 0, *TEXTS).out == plain.out
    assert plain.err == tenor("predict", trained, *ALL, *TEXTS, "--quiet").err == ""


def test_a_terminal_says_ambiguous_too(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setattr("rich.console.Console.width", 70)
    lines = tenor("predict", trained, *ALL, TEXTS[0], "--quiet").out.splitlines()
    assert lines[1].startswith("ambiguous")
    assert max(map(len, lines)) <= 70


def test_json_keeps_the_label_and_says_abstained(trained: Path) -> None:
    plain = [json.loads(line) for line in tenor("predict", trained, *TEXTS, "--json").out.splitlines()]
    marked = [json.loads(line) for line in tenor("predict", trained, *ALL, *TEXTS, "--json").out.splitlines()]
    assert marked == [{**one, "abstained": True} for one in plain]


def test_unfamiliar_texts_are_called_ambiguous(trained: Path, tmp_path: Path) -> None:
    texts = ["the film was great", "okay, I guess, some parts were good, others not"]
    result = tenor("predict", trained, "--abstain-unfamiliar", *texts)
    assert [line.split("\t")[0] for line in result.out.splitlines()] == ["label", "positive", "ambiguous"]
    assert "unknown words are called ambiguous, however sure the model is" in result.err
    found = tenor("predict", trained, "--abstain-unfamiliar", *texts, "--json").out.splitlines()
    assert [json.loads(line)["abstained"] for line in found] == [False, True]
    source = write_lines(tmp_path / "in.jsonl", [{"text": text} for text in texts])
    target = tmp_path / "out.jsonl"
    tenor("predict", trained, "--abstain-unfamiliar", "--input", source, "--out", target)
    assert [row["abstained"] for row in rows_of(target)] == [False, True]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl"])
def test_files_gain_a_column_where_predictions_are_held_back(
    trained: Path, tmp_path: Path, name: str
) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"text": text} for text in TEXTS])
    target = tmp_path / name
    result = tenor("predict", trained, *ALL, "--input", source, "--out", target)
    assert result.status == 0, result.err
    found = rows_of(target)
    assert [list(row) for row in found] == [["text", *NEW, "abstained"]] * len(TEXTS)
    assert [row["label"] for row in found] == package.load(trained).predict(TEXTS)
    assert {str(row["abstained"]).lower() for row in found} == {"true"}


def test_a_target_says_what_it_keeps_of_the_validation_data(trained: Path) -> None:
    result = tenor("predict", trained, "--target-accuracy", 0.1, TEXTS[0])
    assert result.status == 0, result.err
    assert "of 5 validation texts that keeps" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--abstain-below", 1.5), "1.5 is no probability"),
        (("--abstain-below", "nan"), "from 0 to 1"),
        (("--target-accuracy", 95), "95 is no target accuracy"),
        (("--abstain-below", 0.9, "--target-accuracy", 0.9), "give one of them"),
        (("--per-class",), "--target-accuracy"),
        (("--target-accuracy", 0.99), "on the 5 validation texts"),
    ],
)
def test_bad_thresholds_are_refused(trained: Path, arguments: tuple[object, ...], said: str) -> None:
    result = tenor("predict", trained, *arguments, TEXTS[0])
    assert result.status == 2
    assert said in result.error
    assert result.out == ""


def test_an_older_model_takes_no_target() -> None:
    old = Path(__file__).parents[1] / "formats" / "format-2" / "model"
    result = tenor("predict", old, "--target-accuracy", 0.9, "good")
    assert result.status == 2
    assert "holds no validation data" in result.error
    assert tenor("predict", old, "--abstain-below", 1, "good").out.splitlines()[1].startswith("ambiguous")
