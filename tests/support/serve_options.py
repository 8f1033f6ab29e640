"""What a command line of `tenor serve` means, without serving anything."""

from typing import Any

import typer

from tenor.cli.main import app


def options_of(*arguments: str) -> dict[str, Any]:
    """Return the options of `tenor serve` that arguments set; unknown ones are refused."""
    command: Any = typer.main.get_command(app)
    context = command.commands["serve"].make_context("serve", list(arguments))
    return dict(context.params)
