"""`tenor curve`: would more labels help?"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.compare import ComparisonView
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.config.curve import CurveConfig, parse_curve
from tenor.config.load import settings as settings_of
from tenor.errors import ConfigError

if TYPE_CHECKING:
    from tenor.compare.curve import Curves

_DEFAULTS = CurveConfig()
_SETTINGS = {setting.key: setting for setting in settings_of(CurveConfig)}


def curve(
    context: typer.Context,
    *,
    data: options.Data = None,
    config: options.Config = None,
    model_name: options.ModelName = None,
    settings: options.Set = None,
    sizes: Annotated[
        str | None,
        typer.Option("--sizes", metavar="N,...", help=_SETTINGS["sizes"].meaning, show_default=False),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help=_SETTINGS["seeds"].meaning)] = _DEFAULTS.seeds,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help=_SETTINGS["jobs"].meaning)] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="where the curve goes")] = Path(
        "runs/curve"
    ),
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with the curve in --out; sizes and seeds may be added")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the curve in --out")] = False,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    label_names: options.LabelNames = None,
    positive_from: options.PositiveFrom = None,
    negative_to: options.NegativeTo = None,
    group_by: options.GroupBy = None,
    validation: options.Validation = None,
    test: options.Test = None,
    empty: options.Empty = None,
    encoding: options.Encoding = None,
    tokenizer: options.Tokenizer = None,
    max_length: options.MaxLength = None,
    source: options.From = None,
    extend_vocabulary: options.ExtendVocabulary = None,
    epochs: options.Epochs = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train on growing parts of DATA, and say whether more labels would help.

    Each part lies within the next and has every class by its share; all are judged on the same validation
    texts. A power law is fitted to the errors, TF-IDF stands beside. What is finished is kept.

    For example: tenor curve reviews.csv --config fast --out runs/curve
    """
    terminal: Terminal = context.obj
    if resume and force:
        raise ConfigError("--resume goes on with a curve and --force replaces it; give one of them")
    chosen = parse_curve({"sizes": _sizes(sizes), "seeds": seeds, "jobs": jobs})
    base = options.configuration(context)
    require(*TRAINING)

    from tenor.compare.curve import curve as run

    with closing(ComparisonView(terminal)) as view:
        result = run(base, chosen, out, resume=resume, force=force, watcher=view)
    if json:
        from tenor.report.curve_page import outlook_sentence

        values = result.to_json()
        terminal.json({"path": str(out), "sentence": outlook_sentence(values), **values})
    else:
        _show(terminal, result, out)


def _sizes(text: str | None) -> list[int]:
    try:
        found = [int(part) for part in (text or "").split(",") if part.strip()]
    except ValueError:
        found = []
    if text is not None and not found:
        raise ConfigError(f"--sizes {text!r} are no numbers of rows; give some, such as 100,200,400")
    return found


def _show(terminal: Terminal, result: "Curves", out: Path) -> None:
    from tenor.report import curve_page, tables

    values = result.to_json()
    terminal.show(tables.of_page(curve_page.curve_table(values)), "")
    terminal.line(curve_page.outlook_sentence(values))
    terminal.line(f"Saved in {out}; the page is {out / curve_page.PAGE}")
