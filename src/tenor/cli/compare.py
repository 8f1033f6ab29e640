"""`tenor compare`: which architecture, on the user's own data, on equal terms, with intervals."""

import math
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import Bar
from tenor.config import budget as budgets
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import settings as settings_of
from tenor.errors import ConfigError, TrainingError
from tenor.report.numbers import count, duration, percent

if TYPE_CHECKING:
    from tenor.compare.cell_result import CellResult
    from tenor.compare.cells import Cell
    from tenor.compare.comparison import Comparison

_SETTINGS = {setting.key: setting for setting in settings_of(ComparisonConfig)}
_TRAINING = ("train", "baseline")  # of the work there is, see `tenor.compare.work`


def compare(
    context: typer.Context,
    *,
    data: options.Data = None,
    models: Annotated[
        str | None,
        typer.Option(
            "--models",
            metavar="NAME,...",
            help=f"{_SETTINGS['models'].meaning}; without it {', '.join(ComparisonConfig().models)}".replace(
                "[", r"\["
            ),
        ),
    ] = None,
    baselines: Annotated[
        str | None,
        typer.Option(
            "--baselines",
            metavar="NAME,...",
            help=f"{_SETTINGS['baselines'].meaning}, or none; all if left out",
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help=_SETTINGS["seeds"].meaning)] = (
        ComparisonConfig().seeds
    ),
    rates: Annotated[
        str | None, typer.Option("--rates", metavar="RATE,...", help=_SETTINGS["rates"].meaning)
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="TIME", help=f"{_SETTINGS['budget_seconds'].meaning}: 90s, 10m, 1h"),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="KEY=A,B,...",
            help="train every model with each value of a setting, such as hidden_size=32,64,128",
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help=_SETTINGS["jobs"].meaning)] = None,
    costs: Annotated[bool, typer.Option("--costs/--no-costs", help=_SETTINGS["costs"].meaning)] = True,
    config: options.Config = None,
    settings: options.Set = None,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="where the comparison goes")] = Path(
        "runs/comparison"
    ),
    resume: Annotated[
        bool,
        typer.Option("--resume", help="go on with the comparison in --out; models and seeds may be added"),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the comparison in --out")] = False,
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
    """Train several architectures on DATA on equal terms, and say which differences hold.

    All share splits, vocabulary, tokens and budget; each is trained with several seeds, chooses its epoch by
    the same validation data and reads the test split once. What is finished is kept, also if a model fails.

    For example: tenor compare movies --models lstm,gru,cnn-max --epochs 3 --out runs/which
    """
    terminal: Terminal = context.obj
    found = _comparison(models, baselines, budget, sweep)
    found = replace(found, seeds=seeds, jobs=jobs, costs=costs, rates=_rates(rates))
    base = options.configuration(context)
    require(*TRAINING)

    from tenor.compare.cells import NO_LIMIT
    from tenor.compare.running import compare as run

    if found.budget_seconds and epochs is None:
        base = replace(base, training=replace(base.training, epochs=NO_LIMIT))
    with closing(ComparisonView(terminal)) as view:
        result = run(base, found, out, resume=resume, force=force, watcher=view)
    if all(model.accuracy is None for model in result.models):
        raise TrainingError(f"no model could be trained; the first one failed: {result.models[0].failed}")
    if json:
        terminal.json({"path": str(out), **result.to_json()})
    else:
        _show(terminal, result, out)


def _comparison(
    models: str | None, baselines: str | None, budget: str | None, sweep: str | None
) -> ComparisonConfig:
    found = ComparisonConfig()
    if models is not None:
        found = replace(found, models=_names(models))
    if baselines is not None:
        found = replace(found, baselines=() if baselines == "none" else _names(baselines))
    if budget is not None:
        found = replace(found, budget_seconds=budgets.seconds(budget))
    if sweep is not None:
        key, equals, values = sweep.partition("=")
        if not equals or not _names(values):
            raise ConfigError(f"--sweep {sweep!r} is not of the form key=a,b,c, such as hidden_size=32,64")
        found = replace(found, sweep=key.strip(), values=_values(values))
    return found


def _rates(text: str | None) -> tuple[float, ...]:
    try:
        found = tuple(float(rate) for rate in _names(text or ""))
    except ValueError:
        found = (0.0,)
    if not all(0 < rate < math.inf for rate in found) or (text is not None and not found):
        raise ConfigError(f"--rates {text!r} are no learning rates; give some above 0, such as 1e-3,4e-3")
    return found


def _values(text: str) -> tuple[str, ...]:
    """Return what stands between commas, but for those within brackets."""
    return tuple(value for part in re.split(r",(?![^\[]*\])", text) if (value := part.strip()))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


class ComparisonView:
    """A watcher of a comparison: one bar over all cells, a line for each that is done."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar = Bar(terminal, timed=True)
        self._cells = 0
        self._finished = 0
        self._shares: dict[str, float] = {}

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        self._bar.close()

    def start(self, *, cells: int, finished: int) -> None:
        """Say what is there already, and show the bar."""
        self._cells, self._finished = cells, finished
        if finished:
            self._terminal.note(f"{finished} of {count(cells, 'piece')} of work are done already")
        self._bar.show(cells, completed=finished, left=f"{finished}/{cells}")

    def share(self, cell: "Cell", done: float) -> None:
        """Move the bar."""
        self._shares[cell.name] = done
        self._update()

    def finish(self, cell: "Cell", work: str, result: "CellResult | None", failure: str | None) -> None:
        """Print a line for each training, and for whatever fails; all else is done in silence."""
        self._shares.pop(cell.name, None)
        self._finished += 1
        self._update()
        if failure is not None:
            self._terminal.warning(f"{cell.model}, seed {cell.seed}, {work} failed: {failure}")
        elif result is not None and work in _TRAINING:
            validation = result.validation_accuracy
            shown = "" if validation is None else f", validation accuracy {percent(validation)}"
            self._terminal.note(f"{cell.model}, seed {cell.seed}: {duration(result.seconds)}{shown}")

    def _update(self) -> None:
        self._bar.update(
            self._finished + sum(self._shares.values()),
            left=f"{self._finished}/{self._cells}",
            right=", ".join(self._shares),
        )


def _show(terminal: Terminal, result: "Comparison", out: Path) -> None:
    from tenor.report import comparison_tables

    values = result.to_json()
    terminal.show(*comparison_tables.summary(values), "")
    terminal.line(f"Saved in {out}; the page is {out / 'report.html'}")
