"""`tenor inspect`: what a model learned of words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.cli.progress import parts
from tenor.errors import InputError, OutputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tenor.inference.predictor import Predictor
    from tenor.report.page import Table


def inspect(
    context: typer.Context,
    *,
    model: options.ModelFolder,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--word",
            metavar="WORD",
            help="show the neighbours of this word; may be given again; else of those that speak for a class",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="DATA", help="texts in which words are left out in turn, and gates observed"
        ),
    ] = None,
    texts: Annotated[
        int, typer.Option("--texts", min=1, help="most texts of --data, drawn from all over it")
    ] = 200,
    most: Annotated[int, typer.Option("--top", min=1, help="entries of each list")] = 10,
    read: Annotated[
        int, typer.Option("--words", min=1, help="words of the vocabulary that are read, the most frequent")
    ] = 5000,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="write it as a page, with the map of words")
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="write the map of words as a picture")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace these files where they exist")] = False,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print what MODEL learned: words and pairs that speak for a class, similar words, what gates let in.

    Words are read alone; with --data also left out of real texts, one by one.

    For example: tenor inspect runs/first --word good --data movies --html learned.html
    """
    terminal: Terminal = context.obj
    for file in (html, png):
        if file is not None and file.exists() and not force:
            raise OutputError(f"{file} exists already; replace it (--force), or name another file")
    if html is not None or png is not None:
        require("matplotlib", *(["jinja2"] if html is not None else []))

    from tenor.explain.inspection import inspect as inspected
    from tenor.inference.predictor import load

    predictor = load(model)
    chosen = _texts(predictor, data, texts, text_column, options.encoding(encoding))
    with parts(terminal) as watch:
        found = inspected(predictor, words=words or (), read=read, most=most, texts=chosen, watch=watch)
    values = found.to_json()
    if data is not None and not values["in_texts"]["texts"]:
        raise InputError(f"{data}: all of its texts are too long to be read without each of their words")
    _write(terminal, values, model, html, png)
    if json:
        terminal.json(values)
    else:
        _show(terminal, values)


def _texts(
    predictor: "Predictor", data: str | None, most: int, text_column: str | None, encoding: str
) -> list[str]:
    """Return so many texts of the data, each as likely as any other; one pass, constant memory."""
    if data is None:
        return []
    from tenor.inference.files import TextRows

    rows = TextRows.of(predictor, data, text_column=text_column, encoding=encoding)
    return rows.drawn(most)


def _write(
    terminal: Terminal, values: dict[str, Any], model: str, html: Path | None, png: Path | None
) -> None:
    if html is not None:
        from tenor.files import atomic_file
        from tenor.report.inspection_page import inspection_page

        page = inspection_page(values, Path(model).resolve().name)
        with atomic_file(html) as temporary:
            temporary.write_text(page, "utf-8")
        terminal.note(f"Saved as {html}")
    if png is not None:
        from tenor.report.inspection_pictures import save_word_map

        save_word_map(values["map"], png)
        terminal.note(f"Saved as {png}")


def _show(terminal: Terminal, values: dict[str, Any]) -> None:
    from tenor.report import inspection_page, inspection_tables

    unit, classes = values["unit"], values["classes"]
    terminal.show(f"{values['model']}, classes {', '.join(one['label'] for one in classes)}", "")
    terminal.show(inspection_page.alone(values), "")
    terminal.show(_beside(terminal, inspection_tables.words(classes, unit)), "")
    terminal.show(_beside(terminal, inspection_tables.pairs(classes, unit)), "")
    if (seen := values["in_texts"]) is not None:
        terminal.show(inspection_page.in_texts(values), "")
        terminal.show(_beside(terminal, inspection_tables.words(seen["classes"], unit)), "")
        terminal.show(_beside(terminal, inspection_tables.pairs(seen["classes"], unit)), "")
    terminal.show(_beside(terminal, inspection_tables.neighbours(values["neighbours"], unit)), "")
    if values["gates"] is None:
        terminal.show(values["without_gates"])
        return
    terminal.show(values["gates"]["basis"], "")
    terminal.show(_beside(terminal, inspection_tables.gates(values["gates"], unit)))


def _beside(terminal: Terminal, made: "list[Table]") -> "RenderableType":
    """Put tables side by side where the terminal is wide enough."""
    from rich.columns import Columns

    from tenor.report.tables import of_page

    return Columns([of_page(one) for one in made], padding=(0, 4, 1, 0))
