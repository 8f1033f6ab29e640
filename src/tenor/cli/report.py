"""`tenor report`: the page of a finished run, or of a comparison, once more."""

import json as json_library
from pathlib import Path
from typing import Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.errors import ModelError, OutputError
from tenor.files import atomic_file

_COMPARISON, _PAGE = "comparison.json", "report.html"
# A file that tells a folder without a page of this kind -> what is in it, and what to do.
_OTHERS = {
    "comparison.yaml": "a comparison that is not finished; go on with the same tenor compare and --resume",
    "probe.json": "a memory probe; its tables and pictures lie there as files",
    "tuning.json": "a search for settings; its tables and pictures lie there as files",
}


def report(
    context: typer.Context,
    *,
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="a run folder or the folder of a comparison", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="where the page goes; without it RUN/report.html, made anew"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace the file given by --out")] = False,
    no_texts: Annotated[
        bool, typer.Option("--no-texts", help="quote none of the data, for a page that others may see")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the page of RUN again: one HTML file that holds all it shows and opens without a network.

    Neither the data nor the model is needed for it.

    For example: tenor report runs/first --out first.html --no-texts
    """
    terminal: Terminal = context.obj
    if not run.is_dir():
        raise ModelError(f"{run} is no folder; give the folder of a run or of a comparison")
    if out is not None and out.exists() and not force:
        raise OutputError(f"{out} exists already; replace it (--force), or name another file")
    require("jinja2", "matplotlib")
    page = _page(run, texts=not no_texts)
    path = out or run / _PAGE
    with atomic_file(path) as temporary:
        temporary.write_text(page, "utf-8")
    if json:
        terminal.json({"path": str(path)})
    else:
        terminal.line(f"Saved as {path}")


def _page(folder: Path, *, texts: bool) -> str:
    if (folder / _COMPARISON).is_file():
        from tenor.report.comparison_page import comparison_page

        try:
            values = json_library.loads((folder / _COMPARISON).read_text("utf-8"))
            return comparison_page(values, texts=texts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{folder / _COMPARISON} is damaged: {error!r}") from error

    for name, what in _OTHERS.items():
        if (folder / name).is_file():
            raise ModelError(f"{folder} holds {what}")

    from tenor.experiments.run_files import page_of_run

    return page_of_run(folder, texts=texts)
