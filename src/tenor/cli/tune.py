"""`tenor tune`: search the settings that fit the data at hand."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import Bar, show_report
from tenor.cli.train import new_folder
from tenor.config.budget import seconds
from tenor.config.classification import ClassificationConfig
from tenor.config.load import read
from tenor.config.load import settings as settings_of
from tenor.config.tuning import TuningConfig, default_space
from tenor.errors import OutputError
from tenor.report.numbers import count, duration, percent

if TYPE_CHECKING:
    from tenor.compare.study import Trial
    from tenor.compare.tuning_folder import Plan, Tuned
    from tenor.data.example import Dataset
    from tenor.evaluation.data_report import DataReport
    from tenor.text.vectors import Vectors
    from tenor.training.checkpoint import Progress as TrainingProgress
    from tenor.training.checkpoint import Row
    from tenor.training.runtime import Runtime

_MEANING = {one.key: one.meaning for one in settings_of(TuningConfig)}


def tune(
    context: typer.Context,
    *,
    data: options.Data = None,
    config: options.Config = None,
    model_name: options.ModelName = None,
    settings: options.Set = None,
    search: Annotated[
        Path | None,
        typer.Option(
            "--search",
            metavar="FILE",
            help="YAML file with what is searched: setting -> [low, high, log], [low, high, linear] or "
            "a list of choices; without it a space that suits the encoder".replace("[", r"\["),
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option("--trials", min=1, metavar="N", help=_MEANING["trials"])
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="TIME", help=f"{_MEANING['budget_seconds']}: 90s, 30m, 2h"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="where the search goes; without it a new folder in runs/"
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="go on with the search in --out; --trials and --budget may be given anew, as totals",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the search in --out")] = False,
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
    device: options.Device = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Search settings on DATA with Optuna, judged by the validation split; the test split is not read.

    The first trial has the settings as they are given. The best recipe is written to best.yaml.

    For example: tenor tune reviews.csv --model gru --budget 30m --out runs/tuned
    """
    terminal: Terminal = context.obj
    if resume and out is None:
        raise OutputError("--resume needs the folder of the search to go on with: --out FOLDER")
    if resume and force:
        raise OutputError("--resume goes on with a search and --force replaces it; give one of them")
    limit = None if budget is None else seconds(budget)
    require(*TRAINING)
    require("optuna", extra="tune")

    from tenor.compare.tuning import tune as run

    plan = _plan(context, out if resume else None, search, trials, limit)
    folder = out or new_folder(plan.config, "tune-")
    with closing(TuningView(terminal)) as view:
        tuned = run(plan, out=folder, resume=resume, force=force, watcher=view)
    if json:
        terminal.json(tuned.to_json())
    else:
        _show(terminal, tuned)


def _plan(
    context: typer.Context, resumed: Path | None, search: Path | None, trials: int | None, limit: float | None
) -> "Plan":
    from tenor.compare.tuning_folder import Plan

    stored = None if resumed is None else Plan.stored(resumed)
    given = options.configuration(context, base=stored.config if stored else None)
    notation: Mapping[str, Any] = {}
    if search is not None:
        notation = read(str(search))
    elif stored is None:
        notation = _default_space(context.obj, given)
    if stored is None:
        return Plan(given, notation, TuningConfig(trials=trials, budget_seconds=limit))
    longer = replace(
        stored.tuning,
        trials=stored.tuning.trials if trials is None else trials,
        budget_seconds=stored.tuning.budget_seconds if limit is None else limit,
    )
    return Plan(given, notation or stored.search, longer)


def _default_space(terminal: Terminal, config: ClassificationConfig) -> Mapping[str, Any]:
    """Return the space of the encoder, and say what of it is decided already."""
    from tenor.experiments.settling import decided_by_source

    source, decided = decided_by_source(config)
    found = default_space(config, decided)
    if left_out := [key for key in default_space(config) if key not in found]:
        terminal.note(f"Not searched, since {source} decides it: {', '.join(left_out)}.")
    return found


class TuningView:
    """A watcher of a search: the data, a bar for the trial under way, a line for each that is done."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar = Bar(terminal)
        self._name, self._part = "", ""
        self._epochs = 0
        self._texts = 0
        self._headed = False

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        self._bar.close()

    def data(self, dataset: "Dataset", report: "DataReport", vectors: "Vectors | None") -> None:
        """Print the short data report, its warnings first."""
        show_report(self._terminal, report)

    def part(self, name: str, *, number: int, parts: int) -> None:
        """Name it behind the trial."""
        self._part = f", {name}"

    def warning(self, text: str) -> None:
        """Print what went wrong beside training."""
        self._terminal.warning(text)

    def trial(self, number: int, settings: Mapping[str, Any], *, trials: int | None) -> None:
        """Name the trial under way."""
        self._part = ""
        self._name = f"trial {number}" if trials is None else f"trial {number}/{trials}"

    def start(self, *, epochs: int, texts: int, runtime: "Runtime", history: "Sequence[Row]") -> None:
        """Show the bar."""
        self._epochs, self._texts = epochs, texts
        self._bar.show(epochs * texts, left=self._name + self._part)

    def step(self, progress: "TrainingProgress") -> None:
        """Move the bar."""
        if not progress.texts:
            return
        self._bar.update(
            progress.epoch * self._texts + progress.texts,
            right=(
                f"epoch {progress.epoch + 1}/{self._epochs}  loss {progress.loss / progress.texts:.3f}  "
                f"accuracy {percent(progress.correct / progress.texts)}"
            ),
        )

    def epoch(self, row: "Row", *, best: bool) -> None:
        """Nothing: a line for every epoch of every trial would be too many."""

    def tried(self, trial: "Trial", *, best: bool) -> None:
        """Print the line of a trial."""
        from tenor.report.tuning import setting

        if not self._headed:
            self._headed = True
            self._terminal.note("trial  figure  epochs      time")
        figure = "-" if trial.figure is None else f"{trial.figure:.4f}"
        said = "  best" if best else f"  {trial.state}: {trial.reason}" if trial.reason else ""
        self._terminal.note(
            f"{trial.number:5}  {figure:>6}  {trial.epochs:6}  {duration(trial.seconds):>8}{said}"
        )
        changed = ", ".join(
            f"{name.rpartition('.')[2]} {setting(value)}" for name, value in trial.settings.items()
        )
        self._terminal.note(f"       {changed}")


def _show(terminal: Terminal, tuned: "Tuned") -> None:
    from tenor.report import tuning

    highest = tuning.is_highest(tuned.measure)
    rows = [trial.to_json() for trial in tuned.trials]
    terminal.note()
    terminal.show(tuning.best_trials(rows, measure=tuned.measure, highest=highest), "")
    if tuned.importance:
        largest = [f"{name} ({percent(share)})" for name, share in list(tuned.importance.items())[:3]]
        terminal.show(f"What mattered most: {', '.join(largest)}")
    figure = tuning.shown(tuned.best.figure or 0.0, highest)
    terminal.line(
        f"Best of {count(len(rows), 'trial')}: {tuned.measure} {figure}, which is flattering, since "
        "it was chosen by it; the test split says what the recipe is worth."
    )
    recipe = shlex.quote(str(tuned.path / "best.yaml"))
    terminal.line(f"Train it with: tenor train --config {recipe}; the page is {tuned.path / 'report.html'}")
