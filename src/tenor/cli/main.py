"""The command line: its commands, and the one place where errors become lines and exit statuses."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from tenor import __version__
from tenor.cli.augment import augment
from tenor.cli.check import check
from tenor.cli.compare import compare
from tenor.cli.console import INTERRUPTED, Terminal, tolerant_streams
from tenor.cli.data import data
from tenor.cli.demo import demo
from tenor.cli.embed import embed
from tenor.cli.evaluate import evaluate
from tenor.cli.explain import explain
from tenor.cli.generate import generate
from tenor.cli.info import info
from tenor.cli.inspect import inspect
from tenor.cli.options import Debug, Quiet
from tenor.cli.predict import predict
from tenor.cli.pretrain import PretrainCommand, pretrain
from tenor.cli.probe import ProbeCommand, probe
from tenor.cli.report import report
from tenor.cli.stream import stream
from tenor.cli.train import TrainCommand, train
from tenor.cli.tune import tune

app = typer.Typer(
    name="tenor",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo)
app.command()(data)
app.command()(augment)
app.command(cls=TrainCommand)(train)
app.command()(tune)
app.command()(evaluate)
app.command()(check)
app.command()(compare)
app.command()(predict)
app.command()(stream)
app.command()(explain)
app.command()(inspect)
app.command()(embed)
app.command(cls=PretrainCommand)(pretrain)
app.command()(generate)
app.command(cls=ProbeCommand)(probe)
app.command()(report)
app.command()(info)


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
