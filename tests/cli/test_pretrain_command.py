"""`tenor pretrain`, `tenor generate`, and `tenor info` of a language model."""

import json
import shutil
from pathlib import Path

import languages
import markup
import pytest
from shell import tenor

SMALL = (
    *("--set", "network.embedding_size=8", "--set", "network.recurrent.hidden_size=8", "--set", "chunk=8"),
    *("--set", "evaluation.resamples=100", "--set", "training.threads=1", "--set", "text.min_count=1"),
    *("--set", "training.precision=float32", "--validation", "0.1", "--test", "0.1"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("language")
    result = tenor(
        "pretrain", languages.write(path / "texts.txt"), *SMALL, "--epochs", 3, "--out", path / "run"
    )
    assert result.status == 0, result.err
    assert "unigram" in result.out
    assert "3-gram" in result.out
    assert "Write with: tenor generate" in result.out
    assert "perplexity" in result.err  # the epochs
    return path / "run"


def test_json_and_resuming(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "gru"
    shared = ("--model", "gru", "--tokenizer", "characters", "--vocabulary", 30, "--epochs", 1, "--json")
    first = tenor("pretrain", run.parent / "texts.txt", *SMALL, *shared, "--out", out)
    found = json.loads(first.out)
    assert found["path"] == str(out)
    assert found["test"]["bits_per_character"]["low"] < found["test"]["bits_per_character"]["high"]
    again = json.loads(tenor("pretrain", "--out", out, "--resume", "--json").out)
    assert again["test"] == found["test"]


def test_the_page(run: Path, tmp_path: Path) -> None:
    first = (run / "report.html").read_text("utf-8")
    page = markup.read(first)
    for said in ("3-gram", "What comes next", "Perplexity over the epochs", "seed 0, temperature 0.8"):
        assert said in page.text
    figure = json.loads((run / "metrics.json").read_text())["test"]["perplexity"]
    assert f"{figure['low']:.2f}-{figure['high']:.2f}" in page.text
    again = tmp_path / "again.html"
    assert tenor("report", run, "--out", again).status == 0
    assert again.read_text("utf-8") == first


def test_a_page_without_texts_and_one_of_an_older_run(run: Path, tmp_path: Path) -> None:
    """Older versions wrote no report.json."""
    found = json.loads((run / "report.json").read_text("utf-8"))
    out = tmp_path / "page.html"
    assert tenor("report", run, "--out", out, "--no-texts").status == 0
    page = markup.read(out.read_text("utf-8")).text
    assert "were left out of this page" in page
    assert not any(one["text"] in page for one in found["written"])
    old = tmp_path / "old"
    shutil.copytree(run, old, ignore=shutil.ignore_patterns("report.*", "model", "checkpoint*"))
    assert tenor("report", old).status == 0
    assert "3-gram" in markup.read((old / "report.html").read_text("utf-8")).text


def test_nothing_of_the_data_is_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    """Texts in any script and with marks of HTML; nothing held out."""
    texts = tmp_path / "texts.txt"
    texts.write_text("<b>bold</b> שלום 🙂 day\n" * 30, "utf-8")
    arguments = (*SMALL, "--epochs", 1, "--set", "data.duplicates=keep")
    result = tenor("pretrain", texts, *arguments, "--out", tmp_path / "quoted")
    assert result.status == 0, result.err
    page = (tmp_path / "quoted" / "report.html").read_text("utf-8")
    assert "<b>bold" not in page
    markup.read(page)
    none = ("--set", "evaluation.texts=0", "--validation", 0, "--test", 0)
    assert tenor("pretrain", texts, *arguments, *none, "--out", tmp_path / "none").status == 0
    for name in ("report.json", "report.html"):
        assert "שלום" not in (tmp_path / "none" / name).read_text("utf-8")
    assert "nothing says how good" in (tmp_path / "none" / "report.html").read_text("utf-8")


def test_settings_have_the_defaults_of_a_language_model() -> None:
    shown = " ".join(tenor("pretrain", "--help").out.split())
    assert "network.bidirectional false" in shown
    assert "text.tokenizer basic_english" in shown
    assert "chunk 64" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "bilstm", "--set", "network.recurrent.layers=2"), "bilstm has seen both sides"),
        (("--model", "transformer"), "transformer sees the whole text at once"),
        (("--resume",), "--resume needs the folder"),
        (("--set", "chunks=3"), "unknown setting chunks; the configuration has description, data, text"),
        (("--set", "epochs=3"), "did you mean training.epochs?"),
        (("--text-column", "nothing"), "has no column 'nothing'"),
        (("--tokenizer", "letters"), "text.tokenizer is 'letters'"),
    ],
)
def test_wrong_settings_are_one_line(arguments: tuple[str, ...], said: str) -> None:
    result = tenor("pretrain", "movies", *arguments)
    assert result.status == 2
    assert said in result.error


def test_an_empty_file_and_one_text_only(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    assert "holds no text" in tenor("pretrain", tmp_path / "empty.txt").error
    (tmp_path / "one.txt").write_text("a single text\n")
    assert "holds 1 text, too few to hold any out" in tenor("pretrain", tmp_path / "one.txt").error


def test_writing(run: Path) -> None:
    same = ("--prompt", "the cat ", "--tokens", 6, "--seed", 3)
    one = tenor("generate", run, *same)
    assert one.status == 0
    assert one.out.startswith("the cat")
    assert one.out.endswith("\n")
    assert one.err == ""
    same = ("--prompt", "the cat ", "--tokens", 6, "--seed", 3)
    found = json.loads(tenor("generate", run, *same, "--json").out)
    assert found["text"] + "\n" == one.out
    assert found["tokens"] <= 6
    assert found["ended"] == (found["tokens"] < 6)


def test_the_likeliest_next_words(run: Path) -> None:
    result = tenor("generate", run, "--prompt", "I am going to the", "--next", 3)
    assert "next word" in result.out
    assert "(the text ends)" in result.out
    found = json.loads(tenor("generate", run, "--prompt", "I am going to the", "--next", 3, "--json").out)
    assert len(found["next"]) == 3
    assert all(0 < one["probability"] < 1 for one in found["next"])
    assert found["next"][0]["text"] in result.out


def test_unknown_words_of_a_prompt_are_named_in_one_line(run: Path) -> None:
    result = tenor("generate", run, "--prompt", "the zebra <b>ate</b> [red] 😀", "--next", 1)
    assert result.status == 0
    assert result.err.count("\n") == 1
    assert "does not hold the words 'zebra'" in result.err
    assert "'[red]'" in result.err
    found = json.loads(tenor("generate", run, "--prompt", "a zebra", "--next", 1, "--json").out)
    assert found["unknown_in_prompt"] == ["zebra"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--top-p", 0), "top-p is 0; it must be above 0"),
        (("--temperature", -1), "--temperature"),
        (("--next", 3, "--top-k", 2), "--next lists words and draws none"),
    ],
)
def test_wrong_options_of_writing(run: Path, arguments: tuple[object, ...], said: str) -> None:
    result = tenor("generate", run, *arguments)
    assert result.status == 2
    assert said in result.error


def test_kinds_are_not_mixed_up(run: Path, trained: Path) -> None:
    assert "holds a language model, and what is wanted is a classifier" in tenor("predict", run, "good").error
    assert "holds a classifier, and what is wanted is a language model" in tenor("generate", trained).error


def test_info(run: Path) -> None:
    shown = tenor("info", run).out
    for expected in ("language model", "lstm", "basic_english", "the next word", "test perplexity"):
        assert expected in shown
    found = json.loads(tenor("info", run / "model", "--json").out)
    assert found["kind"] == "language-model"
    assert found["unit"] == "word"
    assert found["metrics"]["test"]["perplexity"]["value"] > 1
    assert "is a language model" in tenor("info", run, "--against", "gru").error
