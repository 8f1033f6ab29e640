import json
import re
from pathlib import Path

import pytest
from markup import read
from shell import Result, tenor

import tenor as package
from tenor.explain.trajectory import trajectory

TEXT = "the film was awful but the cast was great"
EVIL = "<script>alert('x')</script> great & <b>dull</b>"
ODD = [
    "",
    "zxqv",
    "\U0001f44d\U0001f3fd great",
    "\u05d4\u05e1\u05e8\u05d8 great",
    EVIL,
    "great\x1b[31m\x07\u202edull",
]


def explain(model: Path, *arguments: object, **more: str) -> Result:
    result = tenor("explain", model, *arguments, **more)
    assert result.status == 0, result.err
    return result


def test_json_is_what_python_says(trained: Path) -> None:
    predictor = package.load(trained)
    of_arguments = explain(trained, TEXT, "zxqv", "--json").out
    assert explain(trained, "--json", stdin=f"{TEXT}\r\nzxqv\n").out == of_arguments
    for line, text in zip(of_arguments.splitlines(), (TEXT, "zxqv"), strict=True):
        assert json.loads(line) == trajectory(predictor, text).to_json()
    assert json.loads(of_arguments.splitlines()[0])["label"] == predictor.predict([TEXT])[0]


def test_words_turns_and_verdict_are_printed(trained: Path) -> None:
    found = trajectory(package.load(trained), TEXT)
    assert found.turns
    out = explain(trained, TEXT).out
    assert "\x1b" not in out
    for number, turn in enumerate(found.turns, 1):
        (line,) = [line for line in out.splitlines() if line.startswith(f"{number}  ")]
        assert f'"{found.quoted(turn)}" (word {turn.last})' in line
        assert f"{found.quoted(turn)}[{'▼' if turn.change < 0 else '▲'}{number}]" in out
    assert f"In the end: {found.label}, " in out
    assert "of the rest of the text" in out


def test_a_terminal_gets_lines_of_its_width(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    monkeypatch.setattr("rich.console.Console.width", 40)
    out = explain(trained, f"{TEXT} [bold]and[/bold] " * 20).out
    lines = re.sub(r"\x1b\[[\d;]*m", "", out).splitlines()
    assert max(map(len, lines)) <= 40
    assert any("[bold]and" in line for line in lines)


@pytest.mark.parametrize("text", ODD, ids=[repr(text[:8]) for text in ODD])
def test_whatever_the_text(trained: Path, tmp_path: Path, text: str) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "picture.png"
    out = explain(trained, text, "--html", page, "--png", picture).out
    assert not {one for one in out if one < " " or one == "\u202e"} - {"\n"}
    found = read(page.read_text("utf-8"))
    assert found.svgs
    assert text != EVIL or EVIL in found.text
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_one_page_holds_several_texts(trained: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = explain(trained, TEXT, EVIL, "a dull film", "--html", page, "--json")
    assert len(result.out.splitlines()) == 3
    assert "Saved as" in result.err
    found = read(page.read_text("utf-8"))
    assert {"text-1", "text-2", "text-3"} <= set(found.ids)
    assert "3 texts" in found.text


def test_files_are_replaced_only_when_forced(trained: Path, tmp_path: Path) -> None:
    for flag in ("--html", "--png"):
        path = tmp_path / "mine"
        path.write_text("mine")
        refused = tenor("explain", trained, TEXT, flag, path)
        assert refused.status == 2
        assert "--force" in refused.error
        assert path.read_text() == "mine"
        explain(trained, TEXT, flag, path, "--force")
        assert path.read_bytes() != b"mine"


def test_more_texts_than_a_file_holds_are_refused_before_any_is_read(trained: Path, tmp_path: Path) -> None:
    for arguments, many in ((("--png", tmp_path / "a.png"), 2), (("--html", tmp_path / "a.html"), 51)):
        result = tenor("explain", trained, *arguments, stdin=f"{TEXT}\n" * many)
        assert result.status == 2
        assert "more were given" in result.error
        assert result.out == ""
    assert list(tmp_path.iterdir()) == []


def test_no_lines_no_files(trained: Path, tmp_path: Path) -> None:
    result = explain(trained, "--html", tmp_path / "a.html")
    assert (result.out, list(tmp_path.iterdir())) == ("", [])
