"""`tenor serve`: models over HTTP."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.config.load import assignments, merge, settings
from tenor.config.service import KEY_VARIABLE, parse_service
from tenor.config.service import ServiceConfig as Config
from tenor.report.numbers import count

_SETTINGS = {setting.key: setting for setting in settings(Config)}
_LOOPBACK = ("127.", "::1", "localhost")


def _option(flag: str, key: str, metavar: str) -> Any:
    default = f" [default: {shown}]" if (shown := options.shown_default(_SETTINGS[key])) else ""
    meaning = f"{_SETTINGS[key].meaning}{default}".replace("[", r"\[")
    return typer.Option(flag, metavar=metavar, help=meaning, show_default=False)


def serve(
    context: typer.Context,
    *,
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="run folders, model folders, .onnx files, or folders with versions (1, 2, ...) in them; "
            "NAME=MODEL to name one",
            show_default=False,
        ),
    ],
    host: Annotated[str | None, _option("--host", "host", "ADDRESS")] = None,
    port: Annotated[int | None, _option("--port", "port", "N")] = None,
    key_file: Annotated[str | None, _option("--key-file", "key_file", "FILE")] = None,
    chosen: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="any setting below, such as queue_texts=1000; beats everything else, and may be given again",
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer requests for predictions over HTTP, until Ctrl-C or SIGTERM.

    The first model is the default one. New versions are served as soon as they are there.

    For example: tenor serve runs/first --port 8000
    """
    terminal: Terminal = context.obj
    given = {"host": host, "port": port, "key_file": key_file}
    config = parse_service(
        merge({key: value for key, value in given.items() if value is not None}, assignments(chosen or []))
    )
    require("fastapi", "uvicorn", "websockets", "prometheus_client", extra="serve")

    from tenor.service import logs, server
    from tenor.service.app import make_app
    from tenor.service.service import Service
    from tenor.service.sources import parse_all

    sources = parse_all(models)
    logs.install(sys.stderr)
    listening = server.listen(config)
    service = Service.open(sources, config)
    app = make_app(service)

    def ready() -> None:
        host, port = listening.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        names = service.registry.names
        if json:
            terminal.json({"address": address, "port": port, "models": names}, indent=None)
        else:
            terminal.line(f"{address} serves {', '.join(names)}")
        sys.stdout.flush()

    server.run(app, service, listening, ready)
