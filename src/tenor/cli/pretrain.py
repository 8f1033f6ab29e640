"""`tenor pretrain`: from texts without labels to an evaluated, saved language model."""

import json as json_library
import shlex
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from tenor.cli import completion, options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.pretraining_view import PretrainingView, summary
from tenor.cli.train import free_folder, source_name
from tenor.config.language_model import LanguageModelConfig
from tenor.config.load import Values, assignments, merge, parse_as, read, settings_in, to_values
from tenor.config.names import apply_name, reader_name
from tenor.errors import OutputError

# Name of a parameter -> the setting it stands for.
_SHORTCUTS = {
    "sources": "data.sources",
    "stream": "data.stream",
    "text_column": "data.text_column",
    "drop_where": "data.drop_where",
    "group_by": "data.group_by",
    "validation": "data.validation_fraction",
    "test": "data.test_fraction",
    "encoding": "data.encoding",
    "tokenizer": "text.tokenizer",
    "max_size": "text.max_size",
    "epochs": "training.epochs",
    "minutes": "training.minutes",
    "seed": "training.seed",
    "device": "training.device",
}


_SETTINGS = {setting.key: setting for setting in settings_in(LanguageModelConfig())}


class PretrainCommand(TyperCommand):
    """`tenor pretrain`, whose help ends with every setting."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the options, then the settings."""
        from tenor.report.tables import table, titled

        super().format_help(ctx, formatter)
        made = table("key", "default", "meaning", left=3)
        for setting in _SETTINGS.values():
            made.add_row(setting.key, options.shown_default(setting), options.meaning(setting))
        (ctx.obj or Terminal()).show(titled("Settings for --set and --config", made))


def _option(flag: str, key: str, panel: str, metavar: str | None = None) -> Any:
    return options.shortcut(flag, _SETTINGS[key], panel, metavar=metavar)


def pretrain(
    context: typer.Context,
    *,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DATA...",
            help=options.help_of(_SETTINGS["data.sources"]),
            show_default=False,
            autocompletion=completion.sources,
        ),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="YAML file with settings")
    ] = None,
    model_name: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="the network by its name, such as lstm, gru, mingru, bag or cnn"
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="any setting, such as training.epochs=5; beats everything else, and may be given again",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="where the run goes; without it a new folder in runs/"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with the run in --out, with its own settings")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace the run in --out")] = False,
    stream: Annotated[bool | None, _option("--stream", "data.stream", "Data")] = None,
    text_column: Annotated[str | None, _option("--text-column", "data.text_column", "Data", "NAME")] = None,
    drop_where: Annotated[
        list[str] | None, _option("--drop-where", "data.drop_where", "Data", "COLUMN")
    ] = None,
    group_by: Annotated[str | None, _option("--group-by", "data.group_by", "Data", "COLUMN")] = None,
    validation: Annotated[
        float | None, _option("--validation", "data.validation_fraction", "Data", "SHARE")
    ] = None,
    test: Annotated[float | None, _option("--test", "data.test_fraction", "Data", "SHARE")] = None,
    encoding: Annotated[str | None, _option("--encoding", "data.encoding", "Data", "NAME")] = None,
    tokenizer: Annotated[str | None, _option("--tokenizer", "text.tokenizer", "Text", "NAME")] = None,
    max_size: Annotated[int | None, _option("--vocabulary", "text.max_size", "Text")] = None,
    epochs: Annotated[int | None, _option("--epochs", "training.epochs", "Training")] = None,
    minutes: Annotated[float | None, _option("--minutes", "training.minutes", "Training")] = None,
    seed: Annotated[int | None, _option("--seed", "training.seed", "Training")] = None,
    device: Annotated[str | None, _option("--device", "training.device", "Training", "NAME")] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a language model on the texts of DATA, whose labels are not looked at, and save it.

    A word, a piece of one or a character is foretold from those before it, as --tokenizer says. Held-out
    texts tell how well, beside models that only count.

    For example: tenor pretrain reviews.csv --minutes 10 --out runs/language
    """
    terminal: Terminal = context.obj
    if resume and out is None:
        raise OutputError("--resume needs the folder of the run to go on with: --out FOLDER")
    if resume and force:
        raise OutputError("--resume goes on with a run and --force replaces it; give one of them")
    require(*TRAINING)

    from tenor.experiments import language_modelling
    from tenor.experiments.run import stored_as

    base = stored_as(LanguageModelConfig, out) if resume and out else LanguageModelConfig()
    found = _configuration(context, to_values(base))
    folder = out or free_folder(f"{source_name(found.data.sources[0])}-{reader_name(found.network)}-language")
    with closing(PretrainingView(terminal)) as view:
        run = language_modelling.pretrain(found, out=folder, resume=resume, force=force, watcher=view)
    if json:
        terminal.json(
            {"path": str(folder), **json_library.loads((folder / "metrics.json").read_text("utf-8"))}
        )
        return
    split = next((name for name in ("test", "validation") if name in run.figures), None)
    if split is not None:
        terminal.note()
        terminal.show(
            *summary(run.figures[split], run.baselines[split], reader_name(found.network), split), ""
        )
    terminal.line(f"Saved in {folder}; the page is {folder / 'report.html'}")
    terminal.line(f"Write with: tenor generate {shlex.quote(str(folder))}")


def _configuration(context: typer.Context, base: Values) -> LanguageModelConfig:
    """Return the configuration of the command line; later ones win as in `options.configuration`."""
    given = {name: value for name, value in context.params.items() if value not in ([], ())}  # no DATA
    values = merge(
        base, read(given["config"]) if given.get("config") else {}, options.shortcuts(given, _SHORTCUTS)
    )
    if given.get("model_name"):
        network = apply_name(parse_as(LanguageModelConfig, values).network, given["model_name"])
        named = {"encoder": network.encoder, "bidirectional": network.bidirectional}
        values = merge(values, {"network": named})
    return parse_as(LanguageModelConfig, merge(values, assignments(given.get("settings") or ())))
