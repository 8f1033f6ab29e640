"""`tenor train`: from labelled texts to an evaluated, saved model."""

import itertools
import json as json_library
import shlex
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer
from typer.core import TyperCommand

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import TrainingView
from tenor.config.classification import ClassificationConfig
from tenor.config.load import recipes
from tenor.config.names import name_of
from tenor.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from tenor.experiments.run import Run

_RUNS = Path("runs")


class _Given(TypedDict):
    out: Path
    resume: bool
    force: bool


class TrainCommand(TyperCommand):
    """`tenor train`, whose help ends with every setting and every recipe."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the options, then the settings and recipes."""
        super().format_help(ctx, formatter)
        _show_settings(ctx.obj or Terminal())


def train(
    context: typer.Context,
    *,
    data: options.Data = None,
    config: options.Config = None,
    model_name: options.ModelName = None,
    quality: options.Quality = None,
    settings: options.Set = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="where the run goes; without it a new folder in runs/, named after data and model",
        ),
    ] = None,
    continued: Annotated[
        str | None,
        typer.Option(
            "--continue",
            metavar="MODEL",
            help="go on from this classifier, whose DATA was other data: a run folder or its model folder",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with the run in --out, with its own settings")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the run in --out")] = False,
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
    augment: options.Augment = None,
    templates: options.Templates = None,
    tokenizer: options.Tokenizer = None,
    max_length: options.MaxLength = None,
    source: options.From = None,
    extend_vocabulary: options.ExtendVocabulary = None,
    unlabelled: options.Unlabelled = None,
    drop_where: options.DropWhere = None,
    epochs: options.Epochs = None,
    seed: options.Seed = None,
    device: options.Device = None,
    track: options.Track = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a classifier on DATA, evaluate it on the test split and save it.

    Without --config, --model and settings of the network, a recipe is chosen by the data and --quality.
    --set beats DATA and the options below, these beat --config, and that beats the defaults.

    --continue goes on from a classifier with more data, and shows both models on the same test texts.

    For example: tenor train reviews.csv --model bigru-mean --epochs 5 --out runs/first or
    tenor train --continue runs/first more.csv --out runs/second
    """
    terminal: Terminal = context.obj
    if resume and out is None:
        raise OutputError("--resume needs the folder of the run to go on with: --out FOLDER")
    if resume and force:
        raise OutputError("--resume goes on with a run and --force replaces it; give one of them")
    require(*TRAINING)

    from tenor.data.load import load
    from tenor.experiments import choosing, classification, continuing

    named = "--resume" if resume else "--continue" if continued else options.names_network(context)
    if named and quality is not None:
        raise ConfigError(f"--quality chooses what is trained, and {named} says it; give one of them")
    found = options.configuration(context, base=_base(out, continued, data, source, resume=resume))
    choice, dataset = None, None
    if named is None:
        wanted = choosing.quality_of(quality or choosing.DEFAULT)
        dataset = load(found.data)
        choice = choosing.choose(dataset, wanted)
        terminal.note(f"{choice.reason}; --config and --model name others")
        found = options.configuration(context, base=choice.config)
    folder = out or new_folder(found)
    given: _Given = {"out": folder, "resume": resume, "force": force}
    sides = None
    with closing(TrainingView(terminal, expects=choice is not None)) as view:
        if found.transfer.head:
            made = continuing.continue_training(found, **given, watcher=view)
            run, sides = made.run, made.to_json()
        else:
            run = classification.train(found, **given, dataset=dataset, watcher=view)
    if json:
        chosen = choice and {**choice.to_json(), "expected_seconds": view.expected_seconds}
        beside = {} if sides is None else {continuing.CONTINUED: sides}
        terminal.json({"path": str(folder), "chosen": chosen, **_metrics(folder), **beside})
    else:
        _show(terminal, run, folder, sides)


def _base(
    out: Path | None, continued: str | None, data: str | None, source: str | None, *, resume: bool
) -> ClassificationConfig | None:
    """Return the configuration that the options change: of the run or classifier that is gone on with."""
    from tenor.experiments import continuing
    from tenor.experiments.run import stored_config

    if continued is None:
        return stored_config(out) if resume and out else None
    for given, why in (
        (resume, "--resume goes on with the run in --out, whose settings say what it went on from"),
        (source, "--from starts with its encoder alone, and --continue with the whole classifier"),
    ):
        if given:
            raise ConfigError(f"{why}; leave out one of them")
    if data is None:
        raise ConfigError("--continue needs the data that is new: tenor train --continue MODEL DATA")
    return continuing.starting(continued)


def _show(terminal: Terminal, run: "Run", folder: Path, sides: Mapping[str, Any] | None) -> None:
    from tenor.report import side_by_side, tables

    split = next((name for name in ("test", "validation") if name in run.evaluations), None)
    if split is not None:
        terminal.note()
        terminal.show(*tables.summary(run.evaluations[split], split), "")
    if sides is not None:
        terminal.show(tables.of_page(side_by_side.side_table(sides)), "")
        for sentence in side_by_side.side_sentences(sides):
            terminal.line(sentence)
    terminal.line(f"Saved in {folder}")
    terminal.line(f'Predict with: tenor predict {shlex.quote(str(folder))} "a text of yours"')


def _metrics(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json_library.loads((folder / "metrics.json").read_text("utf-8"))
    return found


def new_folder(config: ClassificationConfig, prefix: str = "") -> Path:
    """Return a folder that is not there yet, named after data and model, such as runs/movies-lstm-last-2."""
    return free_folder(f"{prefix}{source_name(config.data.source)}-{name_of(config.network)}")


def source_name(source: str) -> str:
    """Return what a source is called in the names of folders."""
    name = Path(source.removeprefix("hub:").partition(":")[0]).name or "data"
    return name.partition(".")[0] or name


def free_folder(name: str) -> Path:
    """Return a folder of that name in runs/, with a number behind it if it is there already."""
    candidates = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(path for path in map(_RUNS.joinpath, candidates) if not path.exists())


def _show_settings(terminal: Terminal) -> None:
    from tenor.report.tables import table, titled

    made = table("key", "default", "meaning", left=3)
    for setting in options.SETTINGS.values():
        made.add_row(setting.key, options.shown_default(setting), options.meaning(setting))
    shipped = table("name", "what it is", left=2)
    for name, description in recipes().items():
        shipped.add_row(name, description)
    terminal.show(titled("Settings for --set and --config", made), "")
    terminal.show(titled("Recipes for --config", shipped))
