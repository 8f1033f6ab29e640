"""`tenor card`: a README for a model, in the format of the Hugging Face hub."""

from pathlib import Path
from typing import Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.errors import ModelError, OutputError
from tenor.files import atomic_file

_README = "README.md"
_STDOUT = "-"


def card(
    context: typer.Context,
    *,
    model: options.ModelFolder,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE|FOLDER",
            help="where the card goes, - for standard output; without it README.md in the model folder",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="what the model is called, else as its folder"),
    ] = None,
    license: Annotated[
        str | None,
        typer.Option("--license", metavar="ID", help="as the hub calls it, such as apache-2.0; else unknown"),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", metavar="CODE", help="of the training texts, such as en; may be given again"
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="run the behaviour tests for sentiment now, for the card")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="replace a card that was changed since it was written")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the card of MODEL: what it is, its data, figures with intervals, limits, licence, how to use it.

    A README.md with the metadata of the Hugging Face hub. No text of the data and no path of this machine is
    in it. With --json, print its values; then a file is written only where --out names one.

    For example: tenor card runs/first --license mit --language en
    """
    terminal: Terminal = context.obj

    from tenor.experiments.model_card import card_of_folder
    from tenor.folder import find
    from tenor.report.card import card_text

    folder = find(Path(model))
    path = None if out == _STDOUT or (json and out is None) else Path(out or folder)
    if path is not None and path.is_dir():
        path /= _README
    if path is not None:
        _refuse_to_replace(path, force=force)
    try:
        values = card_of_folder(
            folder, name=name, license=license, languages=language or (), check=check
        ).to_json()
        text = card_text(values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder} or the run around it is damaged: {error!r}") from error
    if path is not None:
        with atomic_file(path) as temporary:
            temporary.write_text(text, "utf-8")
    if json:
        terminal.json(values)
    elif path is None:
        terminal.line(text.rstrip("\n"))
    else:
        terminal.line(f"Saved as {path}")


def _refuse_to_replace(path: Path, *, force: bool) -> None:
    """What this command wrote, and nobody changed, is replaced without asking."""
    if force or not path.exists():
        return
    from tenor.report.card_seal import intact

    if not path.is_file() or not intact(path.read_text("utf-8", errors="replace")):
        raise OutputError(
            f"{path} is there and was changed, or not written by this command; replace it (--force), or name "
            "another file (--out)"
        )
