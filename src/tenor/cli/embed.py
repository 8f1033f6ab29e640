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
    from tenor.inference.vectors import Query, Similar, TextVectors

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
    nearest_row: Annotated[
        list[int] | None,
        typer.Option(
            "--nearest-row",
            metavar="N",
            min=1,
            help="the same for the text in row N of DATA, from 1, which is left out; may be given again",
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--top", "-k", min=1, help="so many texts for each --nearest and --nearest-row")
    ] = 5,
    force: Annotated[bool, typer.Option("--force", help="replace --out where it exists")] = False,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write what the encoder of MODEL makes of each text, as a vector, or search these vectors.

    For example: tenor embed runs/first movies --out vectors.parquet and then
    tenor embed runs/first vectors.parquet --nearest "a waste of time" --nearest-row 12
    """
    terminal: Terminal = context.obj
    if (out is None) == (not nearest and not nearest_row):
        raise InputError(
            'give either --out FILE for the vectors, or --nearest "a text" or --nearest-row N to search them'
        )

    from tenor.inference.files import TextRows
    from tenor.inference.predictor import load
    from tenor.inference.vectors import Query, holds_vectors, read_vectors, rows_queried
    from tenor.inference.vectors import embed as embedded

    predictor = load(model)

    def rows() -> TextRows:
        return TextRows.of(predictor, data, text_column=text_column, encoding=options.encoding(encoding))

    made = holds_vectors(data)
    if out is not None:
        if made:
            raise InputError(f"{data} holds vectors already; search them with --nearest, or give texts")
        _write(terminal, predictor, rows(), out, force=force, json=json)
        return

    def chunks() -> "Iterable[TextVectors]":
        return read_vectors(predictor, Path(data)) if made else embedded(predictor, rows())

    queries = [Query(text) for text in nearest or ()]
    if nearest_row:
        texts = (chunk.texts for chunk in chunks()) if made else (some for _, some in rows().chunks())
        queries += rows_queried(texts, nearest_row, data)
    _search(terminal, predictor, chunks(), queries, most, json=json)


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
    queries: "Sequence[Query]",
    most: int,
    *,
    json: bool,
) -> None:
    from tenor.inference.vectors import nearest

    with counting(terminal, "texts") as advance:
        found = nearest(predictor, queries, chunks, most, advance=advance)
    for query, similar in zip(queries, found, strict=True):
        if json:
            terminal.json({**asdict(query), "nearest": [asdict(one) for one in similar]}, indent=None)
        else:
            _show(terminal, query, similar)


def _show(terminal: Terminal, query: "Query", similar: "Sequence[Similar]") -> None:
    from rich.text import Text

    from tenor.report.tables import table, titled

    made = table("cosine", "label", "row", "id", "text", left=5)
    for one in similar:
        made.add_row(
            f"{one.similarity:.3f}",
            Text(one.label),
            str(one.row),
            Text(one.id),
            Text(excerpt(one.text, _EXCERPT)),
        )
    which = "" if query.row is None else f"row {query.row:,}, "
    terminal.show(titled(f"Most similar to: {which}{excerpt(query.text, _EXCERPT)}", made), "")
