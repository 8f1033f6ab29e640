"""`tenor forecast`: from a series to a judged forecaster, and from a saved one to the next values."""

import shlex
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenor.cli import completion, options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.forecast_view import ForecastView
from tenor.cli.train import free_folder
from tenor.config.forecast import ForecastConfig, forecast_settings, parse_forecast
from tenor.config.load import Values, assignments, merge, read, to_values
from tenor.config.names import apply_name, name_of
from tenor.errors import ConfigError, InputError, OutputError

if TYPE_CHECKING:
    from tenor.experiments.forecasting import ForecastRun

_SETTINGS = {setting.key: setting for setting in forecast_settings()}

# Parameter -> the setting it stands for.
_SHORTCUTS: Mapping[str, str] = {
    "series": "data.source",
    "time": "data.time",
    "target": "data.target",
    "inputs": "data.inputs",
    "label": "data.label",
    "series_id": "data.series_id",
    "season": "data.season",
    "until": "data.until",
    "validation_from": "data.validation_from",
    "test_from": "data.test_from",
    "encoding": "data.encoding",
    "window": "window.length",
    "horizon": "window.horizon",
    "epochs": "training.epochs",
    "seed": "training.seed",
    "device": "training.device",
    "track": "training.track",
}
_LISTS = {"target", "inputs", "track"}  # written with commas
_DATA, _WINDOW, _TRAINING, _LATER = "Data", "Window", "Training", "With a saved forecaster"


def _option(flag: str, parameter: str, panel: str, metavar: str | None = None) -> Any:
    setting = _SETTINGS[_SHORTCUTS[parameter]]
    default = f" [default: {shown}]" if (shown := options.shown_default(setting)) else ""
    commas = "; here with commas" if parameter in _LISTS else ""
    return typer.Option(
        flag,
        help=f"{options.meaning(setting)}{commas}{default}".replace("[", r"\["),
        show_default=False,
        metavar=metavar,
        rich_help_panel=panel,
        autocompletion=completion.among(completion.words(setting.type)),
    )


def forecast(
    context: typer.Context,
    *,
    series: Annotated[
        str | None,
        typer.Argument(metavar="SERIES", help=options.meaning(_SETTINGS["data.source"]), show_default=False),
    ] = None,
    time: Annotated[str | None, _option("--time", "time", _DATA, "COLUMN")] = None,
    target: Annotated[str | None, _option("--target", "target", _DATA, "COLUMN,...")] = None,
    inputs: Annotated[str | None, _option("--inputs", "inputs", _DATA, "COLUMN,...")] = None,
    label: Annotated[str | None, _option("--label", "label", _DATA, "COLUMN")] = None,
    series_id: Annotated[str | None, _option("--series-id", "series_id", _DATA, "COLUMN")] = None,
    season: Annotated[int | None, _option("--season", "season", _DATA)] = None,
    until: Annotated[str | None, _option("--until", "until", _DATA, "TIME")] = None,
    validation_from: Annotated[
        str | None, _option("--validation-from", "validation_from", _DATA, "TIME")
    ] = None,
    test_from: Annotated[str | None, _option("--test-from", "test_from", _DATA, "TIME")] = None,
    encoding: Annotated[str | None, _option("--encoding", "encoding", _DATA, "NAME")] = None,
    window: Annotated[int | None, _option("--window", "window", _WINDOW)] = None,
    horizon: Annotated[int | None, _option("--horizon", "horizon", _WINDOW)] = None,
    network: Annotated[
        str | None,
        typer.Option(
            "--network",
            metavar="NAME",
            help="the network by its name, [bi]encoder[-pooling], such as bilstm-last".replace("[", r"\["),
            autocompletion=completion.model_names,
            rich_help_panel=_TRAINING,
        ),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="YAML file with settings")
    ] = None,
    settings: options.Set = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="where the run goes; without it a new folder in runs/, named after series and network",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with the run in --out, with its own settings")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the run in --out, or --output")] = False,
    epochs: Annotated[int | None, _option("--epochs", "epochs", _TRAINING)] = None,
    seed: Annotated[int | None, _option("--seed", "seed", _TRAINING)] = None,
    device: Annotated[str | None, _option("--device", "device", _TRAINING, "NAME")] = None,
    track: Annotated[str | None, _option("--track", "track", _TRAINING, "NAME,...")] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="FOLDER",
            help="train nothing: say by the forecaster in FOLDER what comes after SERIES",
            rich_help_panel=_LATER,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="file for what comes next, such as next.csv",
            rich_help_panel=_LATER,
        ),
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a network to forecast a column of SERIES, and judge it on the last part of the series.

    It is compared on the same windows with persistence, the seasonal naive forecast and a linear
    autoregression. With --label the state at the end of a window is told instead. --set beats SERIES
    and the options below, these beat --config, and that beats the defaults.

    For example: tenor forecast temps.csv --horizon 7 --test-from 1989-01-01 --out runs/temps or
    tenor forecast temps.csv --model runs/temps --output next.csv
    """
    terminal: Terminal = context.obj
    if model is not None:
        _next(terminal, context.params, model, output, force=force, json=json)
        return
    if output is not None:
        raise InputError("--output holds what comes next, by a saved forecaster; name it with --model FOLDER")
    if resume and out is None:
        raise OutputError("--resume needs the folder of the run to go on with: --out FOLDER")
    if resume and force:
        raise OutputError("--resume goes on with a run and --force replaces it; give one of them")
    require(*TRAINING)

    from tenor.experiments import forecasting
    from tenor.experiments.run import stored_as

    found = _configuration(context.params, stored_as(ForecastConfig, out) if resume and out else None)
    folder = out or free_folder(f"{Path(found.data.source).name.partition('.')[0]}-{name_of(found.network)}")
    with closing(ForecastView(terminal)) as view:
        run = forecasting.forecast(found, out=folder, resume=resume, force=force, watcher=view)
    if json:
        terminal.json({"path": str(folder), "network": name_of(found.network), **run.judged.to_json()})
    else:
        _show(terminal, run, folder)


def _configuration(given: Mapping[str, Any], base: ForecastConfig | None) -> ForecastConfig:
    """Return what a command line says; later ones win: defaults or `base`, file, options, --set."""
    values: Values = merge(
        {} if base is None else to_values(base), read(given["config"]) if given.get("config") else {}
    )
    for parameter, key in _SHORTCUTS.items():
        if (value := given.get(parameter)) is not None:
            if parameter in _LISTS:
                value = [part.strip() for part in value.split(",") if part.strip()]
            section, name = key.split(".")
            values = merge(values, {section: {name: value}})
    if given.get("network"):
        named = apply_name(parse_forecast(values).network, given["network"])
        values = merge(
            values, {"network": {key: getattr(named, key) for key in ("encoder", "bidirectional", "pooling")}}
        )
    found = parse_forecast(merge(values, assignments(given.get("settings") or ())))
    if not found.data.source:
        raise ConfigError("no series is named; give a file: tenor forecast SERIES.csv")
    return found


def _next(
    terminal: Terminal,
    given: Mapping[str, Any],
    model: Path,
    output: Path | None,
    *,
    force: bool,
    json: bool,
) -> None:
    """Say what comes after a series."""
    if given.get("series") is None:
        raise InputError(
            "--model says what comes after a series; give its file: tenor forecast SERIES.csv --model"
        )
    beside = [name for name in (*_SHORTCUTS, "network", "config", "settings", "out") if name != "series"]
    if wrong := next((name for name in beside if given.get(name) not in (None, [], ())), None):
        raise InputError(
            f"--{wrong.replace('_', '-').replace('settings', 'set')} is for training, and --model trains "
            "nothing; leave one of them out"
        )
    require("torch")

    from tenor.forecast_model import ForecastModel
    from tenor.inference.forecasting import next_values
    from tenor.report import forecast_tables
    from tenor.report.tables import of_page

    found = next_values(ForecastModel.load(model), given["series"])
    for sentence in found.notes:
        terminal.note(sentence)
    if output is not None:
        found.save(output, force=force)
    values = found.to_json()
    if json:
        terminal.json({**({} if output is None else {"output": str(output)}), **values})
    elif output is not None:
        terminal.line(f"Saved {len(values['rows']):,} rows in {output}")
    else:
        terminal.show(of_page(forecast_tables.next_values(values)))


def _show(terminal: Terminal, run: "ForecastRun", folder: Path) -> None:
    from tenor.experiments.forecast_report import report_values
    from tenor.report import forecast_tables
    from tenor.report.tables import of_page

    values, name = report_values(run), name_of(run.config.network)
    terminal.note()
    for made in (forecast_tables.figures, forecast_tables.gaps, forecast_tables.widths):
        if (table := made(values, name)) is not None:
            terminal.show(of_page(table), "")
    terminal.line(forecast_tables.verdict(values, name))
    terminal.line(f"Saved in {folder}; the page is {folder / 'report.html'}")
    command = shlex.join(["tenor", "forecast", run.config.data.source, "--model", str(folder)])
    terminal.line(f"Say what comes next with: {command}")
