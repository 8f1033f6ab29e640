"""`tenor distil`: from a trained model to a small fast one that says the same."""

import json as json_library
import shlex
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import completion, options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import TrainingView
from tenor.cli.train import new_folder
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, to_values
from tenor.errors import InputError, OutputError

if TYPE_CHECKING:
    from tenor.experiments.run import Run

# Name of a parameter -> the setting it stands for; the files without labels are in the encoding of DATA.
_SHORTCUTS = {
    **options.SHORTCUTS,
    "teacher": "distillation.teacher",
    "unlabelled_column": "unlabelled.text_column",
    "temperature": "distillation.temperature",
    "labels": "distillation.labels",
}
_LESSON = "Lesson"


def distil(
    context: typer.Context,
    *,
    teacher: Annotated[
        str | None,
        typer.Argument(metavar="TEACHER", help=options.MODEL, show_default=False),
    ] = None,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="labelled texts, as tenor train takes them; without it those the teacher was trained on",
            show_default=False,
            autocompletion=completion.sources,
        ),
    ] = None,
    unlabelled: options.Unlabelled = None,
    drop_where: options.DropWhere = None,
    unlabelled_column: Annotated[
        str | None,
        options.shortcut(
            "--unlabelled-column", options.SETTINGS["unlabelled.text_column"], _LESSON, metavar="NAME"
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        options.shortcut("--temperature", options.SETTINGS["distillation.temperature"], _LESSON),
    ] = None,
    labels: Annotated[
        float | None,
        options.shortcut("--labels", options.SETTINGS["distillation.labels"], _LESSON, metavar="WEIGHT"),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="FILE|RECIPE",
            help="YAML file or recipe of the student; without it the recipe fast",
            show_default=False,
            autocompletion=completion.recipe_names,
        ),
    ] = None,
    model_name: options.ModelName = None,
    settings: options.Set = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="where the student's run goes; without it a new folder in runs/"
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
    encoding: options.Encoding = None,
    tokenizer: options.Tokenizer = None,
    max_length: options.MaxLength = None,
    epochs: options.Epochs = None,
    seed: options.Seed = None,
    device: options.Device = None,
    track: options.Track = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a small model, the student, on the probabilities of a trained one, the teacher.

    The student learns what the teacher says of its training texts and of texts without labels, beside the
    labels there are. At the end both read the test texts.

    For example: tenor distil runs/best --unlabelled more.txt --out runs/small
    """
    terminal: Terminal = context.obj
    if resume and out is None:
        raise OutputError("--resume needs the folder of the run to go on with: --out FOLDER")
    if resume and force:
        raise OutputError("--resume goes on with a run and --force replaces it; give one of them")
    if teacher is None and not resume:
        raise InputError("there is no TEACHER; name the run or model folder of a trained classifier")
    require(*TRAINING)

    from tenor.experiments import classification

    found = _configuration(context)
    folder = out or new_folder(found, "small-")
    with closing(TrainingView(terminal)) as view:
        run = classification.train(found, out=folder, resume=resume, force=force, watcher=view)
    if json:
        figures = json_library.loads((folder / "metrics.json").read_text("utf-8"))
        beside = None if run.beside_teacher is None else run.beside_teacher.to_json()
        terminal.json({"path": str(folder), **figures, "beside_teacher": beside})
    else:
        _show(terminal, run, folder)


def _configuration(context: typer.Context) -> ClassificationConfig:
    """Return the student's configuration: as `options.configuration`, with what the teacher decides."""
    from tenor.experiments.distilling import RECIPE, chosen, student
    from tenor.experiments.run import stored_config

    given = context.params
    keys = {name: key for name, key in _SHORTCUTS.items() if given.get(name) not in (None, [], ())}
    if given["resume"]:
        return parse(options.said(context, to_values(stored_config(given["out"])), keys=keys))
    encoded = {"unlabelled": {"encoding": given["encoding"]}} if given["encoding"] else {}
    values = options.said(context, chosen(given["config"] or RECIPE), encoded, keys=keys)
    return student(values, place=given["out"])


def _show(terminal: Terminal, run: "Run", folder: Path) -> None:
    from tenor.report import tables
    from tenor.report.distillation import beside_table, difference_sentence

    if run.beside_teacher is not None:
        values = run.beside_teacher.to_json()
        terminal.note()
        terminal.show(tables.of_page(beside_table(values)), difference_sentence(values), "")
    terminal.line(f"Saved in {folder}")
    terminal.line(f'Predict with: tenor predict {shlex.quote(str(folder))} "a text of yours"')
