"""`tenor serve`: models over HTTP."""

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.config.load import assignments, merge, settings
from tenor.config.service import KEY_VARIABLE, ServiceConfig, parse_service

if TYPE_CHECKING:
    from tenor.service.service import Service

_SETTINGS = {setting.key: setting for setting in settings(ServiceConfig)}


class ServeCommand(TyperCommand):
    """`tenor serve`, whose help ends with every setting."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the options, then the settings."""
        from tenor.report.tables import table, titled

        super().format_help(ctx, formatter)
        made = table("key", "default", "meaning", left=3)
        for setting in _SETTINGS.values():
            made.add_row(setting.key, options.shown_default(setting), setting.meaning)
        (ctx.obj or Terminal()).show(titled("Settings for --set", made))


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
            help="any setting below, such as rate=20; beats everything else, may be given again",
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Answer requests for predictions over HTTP, until Ctrl-C or SIGTERM.

    The first model is the default one. New versions are served as soon as they are there.

    For example: tenor serve runs/first --port 8080
    """
    terminal: Terminal = context.obj
    given = {"host": host, "port": port, "key_file": key_file}
    config = parse_service(
        merge({key: value for key, value in given.items() if value is not None}, assignments(chosen or []))
    )
    require("fastapi", "uvicorn", "websockets", "prometheus_client", extra="serve")

    from tenor.service import logs, server
    from tenor.service.access import only_here, read_key
    from tenor.service.app import make_app
    from tenor.service.service import Service
    from tenor.service.sources import parse_all

    sources = parse_all(models)
    key = read_key(config, os.environ)
    with server.listening(config) as listener:
        address, at, *_ = listener.getsockname()
        if key is None and not only_here(address):
            terminal.warning(
                f"whoever reaches {address}:{at} may use the service: there is no key; set {KEY_VARIABLE}, "
                "or give --key-file"
            )
        logs.install(sys.stderr)
        service = Service.open(sources, config, key=key)

        def ready() -> None:
            shown = f"http://{f'[{address}]' if ':' in address else address}:{at}"
            if json:
                terminal.json({"address": shown, "port": at, **_described(service)}, indent=None)
            else:
                terminal.line(f"{shown} {_sentence(service)}")
            sys.stdout.flush()

        server.run(make_app(service), service, listener, ready)


def _described(service: "Service") -> dict[str, object]:
    found = [service.registry.get(name) for name in service.registry.names]
    models = [{"name": one.name, "version": one.version, "encoder": one.encoder} for one in found]
    return {"models": models, "key": service.key is not None, "rate": service.config.rate}


def _sentence(service: "Service") -> str:
    """Say what is served, and what protects it."""
    found = [service.registry.get(name) for name in service.registry.names]
    models = ", ".join(f"{one.name} ({one.encoder}, version {one.version})" for one in found)
    key = "with a key" if service.key is not None else "without a key"
    rate = service.config.rate
    limit = "as often as they like" if rate is None else f"{rate:g} times a second"
    return f"serves {models}; clients may ask {key}, {limit}; Ctrl-C stops it"
