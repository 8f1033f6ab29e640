"""`tenor embed`: sentence vectors of texts, and the texts most similar to one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.progress import counting
from tenor.errors import InputError
from tenor.report.numbers import count, excerpt

if TYPE_CHECKING:
    from tenor.inference.files import TextRows
    from tenor.inference.predictor import Predictor
    from tenor.inference.vectors import Similar, TextVectors

_EXCERPT = 160  # characters of a similar text


def embed(
    context: typer.Context,
    *,
    model: options.Model,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="texts, as for tenor train but without labels; or vectors that this command wrote",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Parquet file for id, text, predicted label and vector"),
    ] = None,
    nearest: Annotated[
        list[str] | None,
        typer.Option(
            "--nearest", metavar="TEXT", help="print the texts most similar to this; may be given again"
        ),
    ] = None,
    most: Annotated[int, typer.Option("--most", "-k", min=1, help="so many for each --nearest")] = 5,
    force: Annotated[bool, typer.Option("--force", help="replace --out where it exists")] = False,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write what the encoder of MODEL makes of each text, as a vector, or search these vectors.

    For example: tenor embed runs/first movies --out vectors.parquet and then
    tenor embed runs/first vectors.parquet --nearest "a waste of time"
    """
    terminal: Terminal = context.obj
    if (out is None) == (not nearest):
        raise InputError('give either --out FILE for the vectors, or --nearest "a text" to search them')

    from tenor.inference.files import TextRows
    from tenor.inference.predictor import load
    from tenor.inference.vectors import embed as embedded
    from tenor.inference.vectors import holds_vectors, read_vectors

    predictor = load(model)
    if holds_vectors(data):
        if not nearest:
            raise InputError(f"{data} holds vectors already; search them with --nearest, or give texts")
        _search(terminal, predictor, read_vectors(predictor, Path(data)), nearest, most, json=json)
        return
    rows = TextRows.of(predictor, data, text_column=text_column, encoding=options.encoding(encoding))
    if nearest:
        _search(terminal, predictor, embedded(predictor, rows), nearest, most, json=json)
    elif out is not None:
        _write(terminal, predictor, rows, out, force=force, json=json)


def _write(
    terminal: Terminal, predictor: "Predictor", rows: "TextRows", out: Path, *, force: bool, json: bool
) -> None:
    from tenor.inference.vectors import write_vectors

    with counting(terminal, "texts") as advance:
        done = write_vectors(predictor, rows, out, force=force, advance=advance)
    if done.empty:
        terminal.warning(f"{count(done.empty, 'row')} without text; their vectors mean nothing")
    if json:
        terminal.json({"output": str(out), "text_column": rows.column, **asdict(done)})
    else:
        terminal.note(f"{count(done.rows, 'vector')} of {done.size:,} numbers written to {out}")


def _search(
    terminal: Terminal,
    predictor: "Predictor",
    chunks: "Iterable[TextVectors]",
    queries: Sequence[str],
    most: int,
    *,
    json: bool,
) -> None:
    from tenor.inference.vectors import nearest

    with counting(terminal, "texts") as advance:
        found = nearest(predictor, queries, chunks, most, advance=advance)
    for query, similar in zip(queries, found, strict=True):
        if json:
            terminal.json({"text": query, "nearest": [asdict(one) for one in similar]}, indent=None)
        else:
            _show(terminal, query, similar)


def _show(terminal: Terminal, query: str, similar: "Sequence[Similar]") -> None:
    from rich.text import Text

    from tenor.report.tables import table, titled

    made = table("cosine", "label", "id", "text", left=4)
    for one in similar:
        made.add_row(
            f"{one.similarity:.3f}", Text(one.label), Text(one.id), Text(excerpt(one.text, _EXCERPT))
        )
    terminal.show(titled(f"Most similar to: {excerpt(query, _EXCERPT)}", made), "")
