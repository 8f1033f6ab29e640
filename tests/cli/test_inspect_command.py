import json
from pathlib import Path

import pytest
from markup import read
from shell import BAD, GOOD, tenor


def test_words_that_speak_for_a_class(trained: Path) -> None:
    result = tenor("inspect", trained, "--json", "--top", 3)
    assert result.status == 0, result.err
    found = json.loads(result.out)
    best = {one["label"]: {effect["text"] for effect in one["words"]} for one in found["classes"]}
    assert best == {"negative": set(BAD), "positive": set(GOOD)}
    assert found["in_texts"] is None
    assert [gate["name"] for gate in found["gates"]["gates"]] == ["input", "forget", "output"]


def test_tables_for_a_reader(trained: Path, reviews: Path) -> None:
    result = tenor("inspect", trained, "--word", "Film", "--data", reviews, "--texts", 30)
    assert result.status == 0, result.err
    for expected in ("Words that speak for “positive”", "great", "film", "In 30 texts", "Forget gate"):
        assert expected in result.out
    again = tenor("inspect", trained, "--word", "Film", "--data", reviews, "--texts", 30)
    assert again.out == result.out


def test_a_terminal_shows_how_much_is_left(
    trained: Path, reviews: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    shown = tenor("inspect", trained, "--data", reviews, "--texts", 3).err
    assert all(f"{what} " in shown for what in ("words", "pairs", "texts"))
    assert "3/3" in shown
    assert tenor("inspect", trained, "--quiet").err == ""


def test_a_page_and_a_picture(trained: Path, tmp_path: Path) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "map.png"
    result = tenor("inspect", trained, "--html", page, "--png", picture, "--quiet")
    assert result.status == 0, result.err
    assert "What reviews learned" in read(page.read_text("utf-8")).text
    assert picture.read_bytes().startswith(b"\x89PNG")
    refused = tenor("inspect", trained, "--png", picture)
    assert (refused.status, "--force" in refused.error) == (2, True)


def test_the_page_of_a_run_says_what_it_learned(trained: Path) -> None:
    found = read((trained / "report.html").read_text("utf-8"))
    assert "What it learned" in found.text
    assert "Words that speak for “negative”" in found.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--word", "graet"], "did you mean 'great'"),
        (["--word", "a great film"], "one word at a time"),
        (["--data", "none.csv"], "does not exist"),
        (["--data", "nonsense"], "no built-in corpus"),
    ],
)
def test_bad_input_is_refused_in_one_line(trained: Path, arguments: list[str], said: str) -> None:
    result = tenor("inspect", trained, *arguments)
    assert result.status == 2
    assert said in result.error
    assert result.out == ""


def test_odd_texts_are_no_trouble_and_none_is_one(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "odd.jsonl"
    texts = ["", "<b>great</b>", "😀", "טוב", "xyzzy", "great " * 30]
    odd.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    result = tenor("inspect", trained, "--data", odd, "--json")
    assert result.status == 0, result.err
    assert json.loads(result.out)["in_texts"]["texts"] == 5
    odd.write_text('{"text": ""}\n')
    assert "no text that is not empty" in tenor("inspect", trained, "--data", odd).error
    odd.write_text(json.dumps({"text": "great " * 100_000}) + "\n")
    monkeypatch.setattr("tenor.explain.polarity.LONGEST", 100)
    assert "too long" in tenor("inspect", trained, "--data", odd).error
