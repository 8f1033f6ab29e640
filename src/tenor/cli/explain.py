"""`tenor explain`: how the prediction for a text came about."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import attributing, completion, options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.cli.lines import lines
from tenor.errors import InputError, OutputError
from tenor.files import atomic_file

if TYPE_CHECKING:
    from tenor.explain.trajectory import Trajectory

_MOST_ON_A_PAGE = 50  # texts
_PLAIN_WIDTH = 80  # columns where there is no terminal


def explain(
    context: typer.Context,
    *,
    model: options.Model,
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="texts, each in quotes; without any, lines of standard input"),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="write a page that holds all it shows, too")
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="write a picture, too; of one text")
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help=f"show what each word adds, by one of {', '.join(attributing.CHOICES)}; "
            f"{attributing.AUTO}: the one that won on validation reviews for models of this kind",
            autocompletion=completion.among(list(attributing.CHOICES)),
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            "--class", metavar="NAME", help="with --method: ask about this class, not the predicted"
        ),
    ] = None,
    faithfulness: Annotated[
        Path | None,
        typer.Option(
            "--faithfulness",
            metavar="FILE",
            help="measure on the texts of a file which method the model bears out",
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--texts", min=1, help="with --faithfulness: most texts, drawn from all over it")
    ] = 100,
    force: Annotated[bool, typer.Option("--force", help="replace files that exist")] = False,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what the model thinks of a text after each word, and which words turned its mind.

    With --method: what each word adds to the whole prediction. Words in blue speak for the predicted class,
    words in orange against it.

    For example: tenor explain runs/first "slow at first, but what an ending" --html why.html
    """
    terminal: Terminal = context.obj
    for path in (html, png):
        if path is not None and path.exists() and not force:
            raise OutputError(f"{path} exists already; replace it (--force), or name another file")
    encoding = options.encoding(encoding)
    if faithfulness is not None:
        if texts or method or label or html or png:
            raise InputError(
                "--faithfulness measures the texts of a file by every method; leave out TEXT, --method, "
                "--class, --html and --png"
            )
        attributing.show_faithfulness(terminal, model, faithfulness, most=most, encoding=encoding, json=json)
        return
    attributing.check(method, label, png)
    if not texts and sys.stdin.isatty():
        raise InputError('nothing to explain; give "a text", or lines on standard input')
    require(*(["matplotlib"] if html or png else []), *(["jinja2"] if html else []))
    found = texts or lines(encoding)
    if html is not None or png is not None:
        found = _few(found, 1 if png is not None else _MOST_ON_A_PAGE)
    if method is not None:
        attributing.show_attributions(
            terminal, model, found, method=method, label=label, html=html, json=json
        )
    else:
        _show_trajectories(terminal, model, found, html=html, png=png, json=json)


def _show_trajectories(
    terminal: Terminal, model: str, texts: Iterable[str], *, html: Path | None, png: Path | None, json: bool
) -> None:
    kept = []
    for place, one in enumerate(_trajectories(model, texts)):
        if html is not None or png is not None:
            kept.append(one)
        if json:
            terminal.json(one.to_json(), indent=None)
        else:
            if place:
                terminal.show("")
            _show(terminal, one)
    if png is not None and kept:
        from tenor.report.trajectory_pictures import write_png

        write_png(kept[0], png)
        terminal.note(f"Saved as {png}")
    if html is not None and kept:
        from tenor.report.trajectory_page import trajectory_page

        with atomic_file(html) as temporary:
            temporary.write_text(trajectory_page(kept, Path(model).resolve().name), "utf-8")
        terminal.note(f"Saved as {html}")


def _few(texts: Iterable[str], most: int) -> list[str]:
    """Return the texts, of which there may be so many."""
    found = list(islice(texts, most + 1))
    if len(found) > most:
        what = "a picture is of one text" if most == 1 else f"a page holds {most} texts at most"
        raise InputError(f"{what}, and more were given; explain fewer at a time")
    return found


def _trajectories(model: str, texts: Iterable[str]) -> "Iterator[Trajectory]":
    from tenor.explain.trajectory import trajectory
    from tenor.inference.predictor import load

    predictor = load(model)
    for text in texts:
        yield trajectory(predictor, text)


def _show(terminal: Terminal, found: "Trajectory") -> None:
    from tenor.report.trajectory_terminal import trajectory_parts

    out = terminal.out
    width = out.width if out.is_terminal else _PLAIN_WIDTH
    parts = trajectory_parts(found, width=width, ascii_only=out.options.ascii_only)
    terminal.show(*(part if out.is_terminal else part.plain for part in parts))
