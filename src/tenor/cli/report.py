"""`tenor report`: the page of a run of any kind, a comparison, a probe or a search, once more."""

import json as json_library
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.errors import ModelError, OutputError
from tenor.files import atomic_file

_PAGE = "report.html"


def report(
    context: typer.Context,
    *,
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="folder of a run, comparison, probe or search", show_default=False
        ),
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
        raise ModelError(f"{run} is no folder; give the folder of a run, comparison, probe or search")
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
    for name, make in _PAGES.items():
        if (folder / name).is_file():
            try:
                return make(folder, json_library.loads((folder / name).read_text("utf-8")), texts)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ModelError(f"{folder / name} is damaged: {error!r}") from error
    for name, command in _UNFINISHED.items():
        if (folder / name).is_file():
            raise ModelError(f"{folder} holds work that is not finished; go on with it: {command}")

    from tenor.experiments.run_files import page_of_run

    return page_of_run(folder, texts=texts)


def _comparison(folder: Path, values: Any, texts: bool) -> str:
    from tenor.report.comparison_page import comparison_page

    return comparison_page(values, texts=texts)


def _probe(folder: Path, values: Any, texts: bool) -> str:
    from tenor.report.probe_page import probe_page

    return probe_page(values)


def _search(folder: Path, values: Any, texts: bool) -> str:
    from tenor.report.tuning_page import tuning_page

    return tuning_page(values, recipe=str(folder / "best.yaml"))


def _forecast(folder: Path, values: Any, texts: bool) -> str:
    from tenor.report.forecast_page import forecast_page

    return forecast_page(values)


# The file that holds the whole result -> what makes the page of it; a run has several files.
_PAGES: dict[str, Callable[[Path, Any, bool], str]] = {
    "comparison.json": _comparison,
    "probe.json": _probe,
    "trials.json": _search,
    "forecast.json": _forecast,
}
# A file that is there before the result is -> the command that goes on.
_UNFINISHED = {
    "comparison.yaml": "the same tenor compare with --resume",
    "tuning.json": "tenor tune --resume --out FOLDER",
    "settings.json": "the same tenor probe again",
}
