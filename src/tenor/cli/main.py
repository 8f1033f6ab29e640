"""The command line: its commands, and the one place where errors become lines and exit statuses."""

import inspect as inspection
import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from tenor import __version__
from tenor.cli.augment import augment
from tenor.cli.card import card
from tenor.cli.check import check
from tenor.cli.compare import compare
from tenor.cli.console import INTERRUPTED, Terminal, tolerant_streams
from tenor.cli.curve import curve
from tenor.cli.data import data
from tenor.cli.demo import demo
from tenor.cli.distil import distil
from tenor.cli.embed import embed
from tenor.cli.evaluate import evaluate
from tenor.cli.explain import explain
from tenor.cli.export import export
from tenor.cli.forecast import forecast
from tenor.cli.generate import generate
from tenor.cli.info import info
from tenor.cli.inspect import inspect
from tenor.cli.options import Debug, Quiet
from tenor.cli.predict import predict
from tenor.cli.pretrain import PretrainCommand, pretrain
from tenor.cli.probe import ProbeCommand, probe
from tenor.cli.report import report
from tenor.cli.serve import ServeCommand, serve
from tenor.cli.stream import stream
from tenor.cli.suggest import suggest
from tenor.cli.train import TrainCommand, train
from tenor.cli.tune import tune

app = typer.Typer(
    name="tenor",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _add(command: Callable[..., None], cls: type[TyperCommand] = TyperCommand) -> None:
    app.command(cls=cls, help=_paragraphs(command))(command)


def _paragraphs(command: Callable[..., Any]) -> str:
    """Return a docstring with a line for each paragraph, which the help breaks where the terminal ends."""
    paragraphs = (inspection.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


_add(demo)
_add(data)
_add(augment)
_add(train, TrainCommand)
_add(distil)
_add(tune)
_add(curve)
_add(evaluate)
_add(check)
_add(compare)
_add(predict)
_add(stream)
_add(suggest)
_add(explain)
_add(inspect)
_add(embed)
_add(pretrain, PretrainCommand)
_add(generate)
_add(forecast)
_add(serve, ServeCommand)
_add(probe, ProbeCommand)
_add(export)
_add(report)
_add(card)
_add(info)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"tenor {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def tenor(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="print the version", callback=_version, is_eager=True)
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train, evaluate and use recurrent text classifiers on an ordinary computer.

    Begin with: tenor demo
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line and end the process."""
    # Threads shall sleep while they wait: spinning, predicting 40,000 rows beside two busy loops on two cores
    # took 57 s instead of 4.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit status."""
    tolerant_streams()
    terminal = Terminal()
    try:
        status = app(list(arguments), prog_name="tenor", standalone_mode=False, obj=terminal)
        sys.stdout.flush()
    except typer.TyperException as error:
        # A usage error: the command line could not be understood.
        command = getattr(getattr(error, "ctx", None), "command_path", "tenor")
        terminal.error(f"{error.format_message().rstrip('.')}; see {command} --help")
        return error.exit_code
    except BrokenPipeError:
        return _stop_writing()
    except (Exception, KeyboardInterrupt) as error:
        return terminal.failure(error)
    if status == INTERRUPTED:
        return terminal.failure(KeyboardInterrupt())
    return status if isinstance(status, int) else 0


def _stop_writing() -> int:
    """Whoever read our output has gone (head, less): end quietly, and flush into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
