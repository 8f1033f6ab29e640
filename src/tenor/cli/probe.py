"""`tenor probe`: how far each architecture remembers, on artificial texts of known distance."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import Bar
from tenor.config.load import assignments, merge, settings
from tenor.config.probe import QUICK, ProbeConfig, parse_probe
from tenor.errors import TrainingError
from tenor.report.numbers import count, duration, percent

if TYPE_CHECKING:
    from tenor.evaluation.probe_result import Cell, Failure, ProbeResult

_SETTINGS = {setting.key: setting for setting in settings(ProbeConfig)}
_OUT, _QUICK_OUT = Path("runs/probe"), Path("runs/probe-quick")


class ProbeCommand(TyperCommand):
    """`tenor probe`, whose help ends with every setting and task."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the options, then settings and tasks."""
        super().format_help(ctx, formatter)
        _show_settings(ctx.obj or Terminal())


def probe(
    context: typer.Context,
    *,
    models: Annotated[
        str | None, typer.Option("--models", metavar="NAME,...", help=_SETTINGS["models"].meaning)
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option("--tasks", metavar="NAME,...", help=f"{_SETTINGS['tasks'].meaning}; see below"),
    ] = None,
    seeds: Annotated[int | None, typer.Option("--seeds", help=_SETTINGS["seeds"].meaning)] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="small and short, in about a minute: a first look, no result")
    ] = False,
    chosen: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="any setting below, such as epochs=10; beats everything else, and may be given again",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help=f"where results go, and where an interrupted probe goes on; without it {_OUT} "
            f"({_QUICK_OUT} with --quick)",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="replace a probe of other settings in --out")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show where each architecture forgets: accuracy and gradient norm against distance.

    Each model is trained once on each task, on texts of all distances, and tested at each of them.

    What is finished is kept: the same command goes on where it was stopped.

    For example: tenor probe --models rnn,lstm,gru --tasks first-word --quick
    """
    terminal: Terminal = context.obj
    config = _configuration(models, tasks, seeds, chosen or [], quick=quick)
    require(*TRAINING)

    from tenor.compare.probe import run

    folder = out or (_QUICK_OUT if quick else _OUT)
    with closing(ProbeView(terminal)) as view:
        result = run(config, folder, force=force, watcher=view)
    if not result.cells:
        raise TrainingError(f"no model could be trained; the first one failed: {result.failures[0].reason}")
    if json:
        terminal.json({"path": str(folder), **result.to_json()})
    else:
        _show(terminal, result, folder)


class ProbeView:
    """A watcher of a probe: one bar over all cells, a line for each that is done."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar = Bar(terminal, timed=True)
        self._cells = 0
        self._finished = 0

    def close(self) -> None:
        """Take the bar away; the lines stay."""
        self._bar.close()

    def start(self, *, cells: int, finished: int) -> None:
        """Say what is there already, and show the bar."""
        self._cells, self._finished = cells, finished
        if finished:
            self._terminal.note(f"{finished} of {count(cells, 'cell')} are there already")
        if finished < cells:
            self._bar.show(cells, completed=finished, right=f"{finished}/{cells}")

    def cell(self, task: str, model: str, seed: int) -> None:
        """Name the cell under way."""
        self._bar.update(left=f"{task}, {model}, seed {seed}")

    def share(self, done: float) -> None:
        """Move the bar."""
        self._bar.update(self._finished + done)

    def done(self, cell: "Cell | Failure") -> None:
        """Print the line of a cell."""
        from tenor.evaluation.probe_result import Failure

        self._finished += 1
        self._bar.update(self._finished, right=f"{self._finished}/{self._cells}")
        name = f"{cell.task}, {cell.model}, seed {cell.seed}"
        if isinstance(cell, Failure):
            self._terminal.warning(f"{name} failed: {cell.reason}")
        else:
            learned = f"{percent(cell.train_accuracy)} of the training texts right"
            self._terminal.note(f"{name}: {learned}, {duration(cell.seconds)}")


def _configuration(
    models: str | None, tasks: str | None, seeds: int | None, chosen: list[str], *, quick: bool
) -> ProbeConfig:
    """Return what the command line says; later ones win: defaults, --quick, options, --set."""
    given = {
        **{
            name: _listed(value)
            for name, value in (("models", models), ("tasks", tasks))
            if value is not None
        },
        **({} if seeds is None else {"seeds": seeds}),
    }
    return parse_probe(merge(QUICK if quick else {}, given, assignments(chosen)))


def _listed(text: str) -> list[str]:
    return [part for part in map(str.strip, text.split(",")) if part]


def _show(terminal: Terminal, result: "ProbeResult", folder: Path) -> None:
    from tenor.report import probe_tables

    terminal.note()
    terminal.show(*probe_tables.accuracy(result.to_json()), "")
    for failure in result.failures:
        terminal.line(f"{failure.task}, {failure.model}, seed {failure.seed} failed: {failure.reason}")
    terminal.line(f"Saved in {folder}: report.html, pictures, tables as CSV, everything in probe.json")


def _show_settings(terminal: Terminal) -> None:
    from tenor.evaluation.probes import TASKS
    from tenor.report.tables import table, titled

    made = table("key", "default", "--quick", "meaning", left=4)
    for setting in _SETTINGS.values():
        quick = _shown(QUICK[setting.key]) if setting.key in QUICK else ""
        made.add_row(setting.key, _shown(setting.default), quick, options.meaning(setting))
    described = table("name", "what it asks", "distance", left=3)
    for task in TASKS.values():
        described.add_row(task.name, task.meaning, task.distance)
    terminal.show(titled("Settings for --set", made), "")
    terminal.show(titled("Tasks", described))


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
