"""`tenor suggest`: the rows of unlabelled data that are most worth labelling next."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import completion, options
from tenor.cli.console import Terminal
from tenor.cli.progress import counting
from tenor.config.load import settings
from tenor.config.suggestion import SuggestionConfig, parse_suggestion
from tenor.report.numbers import count as counted
from tenor.report.numbers import excerpt

if TYPE_CHECKING:
    from tenor.inference.suggesting import Suggestions

_SHOWN, _EXCERPT = 10, 90
_DEFAULTS = SuggestionConfig()
_SETTINGS = {setting.key: setting for setting in settings(SuggestionConfig)}


def suggest(
    context: typer.Context,
    *,
    model: options.Model,
    data: Annotated[
        str,
        typer.Argument(
            metavar="UNLABELLED", help="texts, as for tenor train but without labels", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="file for the rows: CSV, TSV, JSONL (plain or .gz), Parquet"
        ),
    ],
    count: Annotated[int, typer.Option("--count", min=1, help=_SETTINGS["count"].meaning)] = _DEFAULTS.count,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="NAME",
            help=options.meaning(_SETTINGS["by"]),
            autocompletion=completion.among(completion.words(_SETTINGS["by"].type)),
        ),
    ] = _DEFAULTS.by,
    diverse: Annotated[
        bool,
        typer.Option("--diverse/--not-diverse", help=_SETTINGS["diverse"].meaning),
    ] = _DEFAULTS.diverse,
    known: Annotated[
        list[str] | None,
        typer.Option(
            "--known",
            metavar="DATA",
            help="texts that are labelled already, to pass over; may be given again",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help=_SETTINGS["seed"].meaning)] = _DEFAULTS.seed,
    prefix: Annotated[
        str, typer.Option("--prefix", help="put before the names of the new columns", show_default=False)
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="replace --out where it exists")] = False,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write the rows of UNLABELLED that MODEL would learn most from, to be labelled.

    They are uncertain and unlike each other, and no text comes twice. Their columns stay; rank, why and the
    probabilities are added, and an empty column for the label. Filled in, the file is what tenor train
    --continue takes.

    For example: tenor suggest runs/first new.csv --count 50 --out to-label.csv
    """
    terminal: Terminal = context.obj

    from tenor.inference.files import TextRows
    from tenor.inference.predictor import load
    from tenor.inference.suggesting import suggest_file

    choice = parse_suggestion({"count": count, "by": by, "diverse": diverse, "seed": seed})
    predictor = load(model)
    if (reason := predictor.model.scaling.reason) is not None:
        terminal.warning(
            f"the probabilities of {model} are not calibrated ({reason}); rows are chosen by them as they are"
        )

    def rows(source: str) -> TextRows:
        return TextRows.of(predictor, source, text_column=text_column, encoding=options.encoding(encoding))

    labelled = (text for source in known or () for _, texts in rows(source).chunks() for text in texts)
    with counting(terminal, "rows") as advance:
        found = suggest_file(
            predictor, rows(data), out, choice, known=labelled, prefix=prefix, force=force, advance=advance
        )  # fmt: skip
    if len(found.rows) < count:
        terminal.warning(
            f"only {counted(len(found.rows), 'row')} of {found.read:,} could be suggested: {found.empty:,} "
            f"are empty, {found.repeated:,} repeat another text, {found.known:,} are labelled already"
        )
    if json:
        terminal.json({"output": str(out), **found.to_json()})
    else:
        _show(terminal, found, out)


def _show(terminal: Terminal, found: "Suggestions", out: Path) -> None:
    from rich.text import Text

    from tenor.report.tables import table

    made = table("why", "text", "row", left=2)
    for one in found.rows[:_SHOWN]:
        made.add_row(Text(one.why), Text(excerpt(one.text, _EXCERPT)), f"{one.number:,}")
    terminal.show(made, "")
    terminal.line(f"{counted(len(found.rows), 'row')} of {found.read:,} written to {out}")
    terminal.line(f"Fill in the column {found.label_column!r}, then: tenor train --continue MODEL {out}")
