"""Runs the course as it stands: each chapter and then its solutions, from top to bottom, as one session.

    python docs/course/run.py                run everything, compare what comes out with what the pages show
    python docs/course/run.py 3 5            these chapters
    python docs/course/run.py 3 --write      put what comes out, and the pictures, into the pages
    python docs/course/run.py docs/limits.md     a page elsewhere that is made the same way

A page is Markdown that jupytext reads as a notebook. Cells are fenced as `python`, or as `bash` for command
lines of tenor. What a cell prints stands behind it, with how close a run has to come to it (`TOLERANCES`):

    <!-- output: trained -->
    ```text
    ...
    ```

Where a cell draws, a picture `![...](pictures/NAME.svg)` follows, which `--write` makes anew. Each session
has an empty folder to work in, and one thread.
"""

import argparse
import ast
import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

COURSE = Path(__file__).parent


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the one on the page: by this share of it, or by this much."""

    share: float
    much: float

    def accepts(self, shown: float, found: float) -> bool:
        """Return whether `found` may stand for `shown`."""
        return abs(found - shown) <= max(self.share * abs(shown), self.much)


# Words have to be those of the page under each; spaces may differ wherever numbers may.
TOLERANCES = {
    "exact": Tolerance(0, 0),
    "rounded": Tolerance(1e-3, 1e-9),  # sums in another order: other processors, other versions of NumPy
    "trained": Tolerance(0.1, 0.05),  # rounding that was carried through a training
    "magnitude": Tolerance(0.9, 0),  # figures that fall by powers of ten
    "loose": Tolerance(0.5, 2),  # a handful of texts, or what a single word does
    "timed": Tolerance(float("inf"), 0),  # whatever the machine does
}
_ALIKE = "alike"  # sentences about a trained model: by and large the same

_CELL = re.compile(
    r"^```(?P<language>python|bash)\n(?P<code>.*?)^```\n"
    r"(?:\n<!-- output: (?P<tolerance>\w+) -->\n\n?```text\n(?P<output>.*?)^```\n)?"
    r"(?:\n!\[(?P<words>[^\]]*)\]\((?P<picture>[^)]+\.svg)\)\n)?",
    re.MULTILINE | re.DOTALL,
)
_TAIL = re.compile(r"(.*)\| tail -(\d+)")
_NUMBER = re.compile(r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?")
_DRAWN = re.compile("[▁▂▃▄▅▆▇█]+")  # a line of a picture in the terminal: numbers, too
_STYLE = {
    "figure.figsize": (6.4, 3.2),
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "font.size": 10,
    "svg.hashsalt": "course",
}


class CourseError(Exception):
    """A page does not run, or shows what does not come out."""


def chapters() -> list[Path]:
    """Return the chapters in their order."""
    return sorted(COURSE.glob("[0-9]-*.md"))


def pages(page: Path) -> list[Path]:
    """Return what is run in one session: the page and its solutions, if it has any."""
    solutions = page.parent / "solutions" / page.name
    return [page, solutions] if solutions.exists() else [page]


def differs(tolerance: str, shown: str, found: str) -> str | None:
    """Return the first line that is not as shown, "shown | found", or None where all are."""
    if tolerance == _ALIKE:
        same = SequenceMatcher(None, shown.split(), found.split(), autojunk=False).ratio()
        return None if same > 0.5 else f"{shown} | {found}"
    if tolerance not in TOLERANCES:
        known = ", ".join([*TOLERANCES, _ALIKE])
        raise CourseError(f"no tolerance is called {tolerance!r}; choose one of: {known}")
    lines, others = shown.rstrip().splitlines(), found.rstrip().splitlines()
    for line, other in zip(lines, others, strict=False):
        if not _alike(TOLERANCES[tolerance], line, other):
            return f"{line} | {other}"
    return None if len(lines) == len(others) else f"{len(lines)} lines | {len(others)} lines"


def _alike(tolerance: Tolerance, shown: str, found: str) -> bool:
    if tolerance == TOLERANCES["exact"]:
        return shown == found
    texts = [" ".join(_NUMBER.sub(" 0 ", _DRAWN.sub(" ", line)).split()) for line in (shown, found)]
    numbers = [[float(one.replace(",", "")) for one in _NUMBER.findall(line)] for line in (shown, found)]
    return texts[0] == texts[1] and all(map(tolerance.accepts, *numbers))


class Session:
    """What the cells of a chapter share: their names and an empty folder."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, language: str, code: str, page: Path, line: int) -> tuple[str, Any]:
        """Run a cell as a notebook would; return what it printed, and the figure it drew or None."""
        import matplotlib.pyplot as plt

        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                if language == "bash":
                    _commands(code)
                else:
                    self._python(code, page, line)
        except Exception as error:
            what = f"{type(error).__name__}: {error}\n{printed.getvalue()}"
            raise CourseError(f"{page.name}:{line}: {what}") from error
        figure = plt.gcf() if plt.get_fignums() else None
        text = "\n".join(line.rstrip() for line in printed.getvalue().splitlines())
        return text + "\n" if text else "", figure

    def _python(self, code: str, page: Path, line: int) -> None:
        tree = ast.increment_lineno(ast.parse(code), line)
        last = tree.body[-1]
        body = tree.body[:-1] if isinstance(last, ast.Expr) else tree.body
        exec(compile(ast.Module(body, []), page, "exec"), self.names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), page, "eval"), self.names)
            if value is not None:
                print(repr(value))


def _commands(code: str) -> None:
    from tenor.cli.main import run

    for command in code.replace("\\\n", " ").splitlines():
        tail = _TAIL.fullmatch(command)
        program, *arguments = shlex.split(tail[1] if tail else command)
        if program != "tenor":
            raise CourseError(f"the course runs tenor alone, not {program!r}")
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run(arguments)
        if status:
            raise CourseError(f"exit status {status} of: {command}\n{err.getvalue()}")
        lines = out.getvalue().splitlines()
        print("\n".join(lines[-int(tail[2]) :] if tail else lines))


def run_page(page: Path, session: Session, *, write: bool) -> list[str]:
    """Run a page; return what it shows wrongly, a line each. `write` puts it right instead."""
    import matplotlib.pyplot as plt

    text, wrong = page.read_text(encoding="utf-8"), []

    def cell(found: re.Match[str]) -> str:
        line = text.count("\n", 0, found.start()) + 1
        printed, figure = session.run(found["language"], found["code"], page, line)
        shown, tolerance = found["output"] or "", found["tolerance"] or "exact"
        difference = differs(tolerance, shown, printed)
        if difference:
            wrong.append(f"{page.name}:{line}: shown | found: {difference}")
        if (figure is None) != (found["picture"] is None):
            raise CourseError(
                f"{page.name}:{line}: a picture stands behind each cell that draws, and no other"
            )
        picture = page.parent / found["picture"] if found["picture"] else None
        if picture and not write and not picture.exists():
            wrong.append(f"{page.name}:{line}: {picture.name} is not there")
        target = (picture if write else Path("drawn.svg")) if picture else None
        if figure is not None and target is not None:
            figure.savefig(target, metadata={"Date": None}, transparent=True)
            plt.close("all")
        parts = [f"```{found['language']}\n{found['code']}```\n"]
        if printed:
            kept = shown if not difference else printed  # what is near enough stays as it is
            parts.append(f"<!-- output: {tolerance} -->\n\n```text\n{kept}```\n")
        if picture:
            parts.append(f"![{found['words']}]({found['picture']})\n")
        return "\n".join(parts)

    written = _CELL.sub(cell, text)
    if write and written != text:
        page.write_text(written, encoding="utf-8")
    return [] if write else wrong


@contextlib.contextmanager
def _quiet_corner() -> Iterator[None]:
    """An empty folder to work in, one thread, pictures of one style, warnings as errors."""
    os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    os.environ |= {"COLUMNS": "90", "NO_COLOR": "1"}
    import matplotlib as mpl
    import torch
    from cycler import cycler

    from tenor.report.palette import PALETTE

    torch.set_num_threads(1)
    colours = cycler(color=[PALETTE[name].light for name in ("blue", "orange", "green", "muted", "ink")])
    style: Any = {**_STYLE, "axes.prop_cycle": colours}
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        mpl.rc_context(style),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")  # what plt.show() says here
        yield


def run_chapter(chapter: Path, *, write: bool) -> list[str]:
    """Run a chapter and its solutions; return what they show wrongly."""
    with _quiet_corner():
        session = Session()
        return [line for page in pages(chapter) for line in run_page(page, session, write=write)]


def main() -> int:
    """Run the chapters that are asked for; 0 where they show what comes out."""
    parser = argparse.ArgumentParser(description="Run the course as it stands.")
    parser.add_argument("pages", nargs="*", help="numbers of chapters, or files; none: all chapters")
    parser.add_argument("--write", action="store_true", help="put what comes out into the pages")
    arguments = parser.parse_args()
    status = 0
    by_number = {chapter.name[0]: chapter for chapter in chapters()}
    for name in arguments.pages or by_number:
        chapter = by_number.get(name) or Path(name).resolve()
        try:
            wrong = run_chapter(chapter, write=arguments.write)
        except CourseError as error:
            wrong = [str(error)]
        done = "written" if arguments.write else "as shown"
        print("\n".join(wrong) or f"{chapter.stem}: {done}", flush=True)
        status |= bool(wrong)
    return status


if __name__ == "__main__":
    sys.exit(main())
