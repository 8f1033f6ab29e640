"""The course runs as it stands, and shows what comes out."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import jupytext
import nbformat
import pytest

DOCS = Path(__file__).parents[2] / "docs"
COURSE = DOCS / "course"
CHAPTERS = sorted(COURSE.glob("[0-9]-*.md"))
SOLUTIONS = [COURSE / "solutions" / chapter.name for chapter in CHAPTERS]
PAGES = [*CHAPTERS, *SOLUTIONS, DOCS / "limits.md"]
CELL = re.compile(r"^```(python|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def course() -> ModuleType:
    spec = importlib.util.spec_from_file_location("course_run", COURSE / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def page(folder: Path, text: str) -> Path:
    made = folder / "page.md"
    made.write_text(text, encoding="utf-8")
    return made


def cell(code: str, output: str, tolerance: str = "exact") -> str:
    return f"# Page\n\n```python\n{code}\n```\n\n<!-- output: {tolerance} -->\n\n```text\n{output}\n```\n"


@pytest.mark.parametrize("name", [*(chapter.name[0] for chapter in CHAPTERS), str(DOCS / "limits.md")])
def test_a_page_runs_and_shows_what_comes_out(name: str, tmp_path: Path) -> None:
    """All cells in order, with their solutions, in a process of their own; warnings are errors."""
    done = subprocess.run(
        [sys.executable, COURSE / "run.py", name], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(tmp_path.iterdir())  # sessions work elsewhere


def test_there_are_seven_chapters_each_with_exercises_that_are_solved() -> None:
    assert len(CHAPTERS) == 7
    for chapter, solutions in zip(CHAPTERS, SOLUTIONS, strict=True):
        exercises = chapter.read_text(encoding="utf-8").partition("## Exercises")[2]
        asked = re.findall(r"^(\d)\. ", exercises, re.MULTILINE)
        solved = re.findall(r"^## (\d)\. ", solutions.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(asked) >= 2
        assert asked == solved


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_is_a_notebook(path: Path) -> None:
    notebook = jupytext.read(path)
    nbformat.validate(notebook)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    cells = [one.source for one in notebook.cells if one.cell_type == "code"]
    shown = CELL.findall(path.read_text(encoding="utf-8"))
    expected = [code.rstrip() if kind == "python" else f"%%bash\n{code.rstrip()}" for kind, code in shown]
    assert cells == expected


def test_pictures_are_those_that_the_pages_show() -> None:
    shown = {
        (path.parent / name).resolve()
        for path in PAGES
        for name in re.findall(r"\]\((pictures/[^)]+)\)", path.read_text(encoding="utf-8"))
    }
    assert shown == set((COURSE / "pictures").iterdir())
    for chapter in CHAPTERS[:6]:
        assert "](pictures/" in chapter.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tolerance", "shown", "found"),
    [
        ("exact", "0.50 of 3", "0.50 of 3"),
        ("rounded", "loss 0.1234", "loss 0.12341"),
        ("trained", "accuracy 0.95", "accuracy  0.93"),
        ("trained", "1,200 words ▁▃█", "1,250 words ▂▃█"),
        ("magnitude", "1e-20", "1.5e-20"),
        ("timed", "3 ms", "4,000 ms"),
        ("alike", "a leads, by 3", "a leads, by 2"),
    ],
)
def test_what_is_near_enough_is_as_shown(course: ModuleType, tolerance: str, shown: str, found: str) -> None:
    assert course.differs(tolerance, shown, found) is None


@pytest.mark.parametrize(
    ("tolerance", "shown", "found"),
    [
        ("exact", "0.50", "0.51"),
        ("exact", "one", "one\ntwo"),
        ("exact", "one", ""),
        ("rounded", "loss 0.1234", "loss 0.1254"),
        ("trained", "accuracy 0.95", "accuracy 0.80"),
        ("trained", "positive 0.95", "negative 0.95"),
        ("trained", "0.95", "0.95 0.95"),
        ("magnitude", "1e-20", "1e-10"),
        ("timed", "3 ms", "3 s"),
        ("alike", "a leads", "something else came"),
    ],
)
def test_what_is_too_far_off_is_named(course: ModuleType, tolerance: str, shown: str, found: str) -> None:
    assert course.differs(tolerance, shown, found)


def test_a_wrong_output_is_named_with_its_place_and_put_right(course: ModuleType, tmp_path: Path) -> None:
    wrong = page(tmp_path, cell("print(2 + 2)", "5"))
    (line,) = course.run_chapter(wrong, write=False)
    assert line.startswith("page.md:3: ") and "5 | 4" in line
    assert course.run_chapter(wrong, write=True) == []
    assert wrong.read_text(encoding="utf-8") == cell("print(2 + 2)", "4")


def test_an_output_that_nobody_showed_is_wrong(course: ModuleType, tmp_path: Path) -> None:
    silent = page(tmp_path, "```python\nx = 3\nx\n```\n")
    assert course.run_chapter(silent, write=False)
    course.run_chapter(silent, write=True)
    assert "```text\n3\n```" in silent.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "```python\n1 / 0\n```\n",
        "```bash\nrm -rf nothing\n```\n",
        "```bash\ntenor predict nothing\n```\n",
        "```python\nimport matplotlib.pyplot as plt\n\nplt.plot([1]);\n```\n",  # no picture behind it
        "```python\nx = 1\n```\n\n![nothing](pictures/none.svg)\n",
        cell("print(1)", "1", "guessed"),
    ],
)
def test_a_page_that_cannot_be_run_says_where(course: ModuleType, tmp_path: Path, text: str) -> None:
    import matplotlib.pyplot as plt

    with pytest.raises(course.CourseError):
        course.run_chapter(page(tmp_path, text), write=False)
    plt.close("all")
