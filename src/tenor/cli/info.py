"""`tenor info`: what a saved model or a network is, and what is installed."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenor.cli import completion, options
from tenor.cli.console import Terminal
from tenor.cli.installed_info import show_installed
from tenor.config.classification import ClassificationConfig
from tenor.config.load import to_values
from tenor.config.names import apply_name, name_of
from tenor.config.network import NetworkConfig
from tenor.errors import InputError
from tenor.evaluation.intervals import Interval
from tenor.report.distillation import learned_from
from tenor.report.network_words import parts_words
from tenor.report.numbers import change, count, percent_interval, size
from tenor.report.run_summary import beside, started_from

if TYPE_CHECKING:
    from tenor.folder import Kind
    from tenor.model import Model
    from tenor.nn.describe import Description


@dataclass(frozen=True)
class _Network:
    """A network that is to be described."""

    name: str
    config: NetworkConfig
    vocabulary: int
    classes: int

    def describe(self) -> "Description":
        from tenor.nn.build import build
        from tenor.nn.describe import describe

        return describe(build(self.config, vocabulary_size=self.vocabulary, classes=self.classes))


def info(
    context: typer.Context,
    *,
    model: Annotated[
        str | None,
        typer.Argument(metavar="MODEL", help=options.MODEL, show_default=False),
    ] = None,
    config: options.Config = None,
    model_name: options.ModelName = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="NAME",
            help="compare with the network of this name, all else being equal",
            autocompletion=completion.model_names,
        ),
    ] = None,
    settings: options.Set = None,
    vocabulary: Annotated[
        int | None,
        typer.Option("--vocabulary", min=3, help="size of the vocabulary; without it text.max_size"),
    ] = None,
    classes: Annotated[int, typer.Option("--classes", min=2, help="number of classes")] = 2,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print the network of MODEL, of --model or of --config: its layers, shapes and parameters.

    Nothing is trained for it. With nothing to describe, print what is installed and what there is to choose
    from.
    """
    terminal: Terminal = context.obj
    if model is not None and (config or model_name or settings):
        raise InputError("a saved model has its settings already; give MODEL, or --config, --model and --set")
    if model is not None:
        _saved(terminal, Path(model), against, json=json)
    elif config or model_name or against or settings:
        found = options.configuration(context)
        network = _Network(name_of(found.network), found.network, vocabulary or _vocabulary(found), classes)
        _described(terminal, network, against, json=json)
    else:
        show_installed(terminal, json=json)


def _described(terminal: Terminal, network: _Network, against: str | None, *, json: bool) -> None:
    found = network.describe()
    other = None if against is None else _other(network, against)
    compared = None if other is None else other.describe()
    if json:
        terminal.json(_to_json(network, found, other, compared))
        return
    terminal.show(
        f"{network.name}, vocabulary {network.vocabulary:,}, {count(network.classes, 'class', 'classes')}", ""
    )
    _show_network(terminal, found)
    if other is not None and compared is not None:
        _show_comparison(terminal, network, found, other, compared)


def _at_rest(path: Path) -> "Model":
    from tenor.inference import onnx_file
    from tenor.model import Model

    return onnx_file.read(path).model if path.suffix.lower() == onnx_file.SUFFIX else Model.load(path)


def _other_kind(path: Path) -> "tuple[Kind, Callable[..., None]] | None":
    """Return what a folder holds and what shows it, where that is no classifier."""
    from tenor.cli.forecaster_info import show_forecaster
    from tenor.cli.language_info import show_language_model
    from tenor.folder import FORECASTER, LANGUAGE_MODEL, kind_of
    from tenor.inference import onnx_file

    if path.suffix.lower() == onnx_file.SUFFIX:
        return None
    shown = {LANGUAGE_MODEL: show_language_model, FORECASTER: show_forecaster}
    kind = kind_of(path)
    return (kind, shown[kind]) if kind in shown else None


def _saved(terminal: Terminal, path: Path, against: str | None, *, json: bool) -> None:
    if (other_kind := _other_kind(path)) is not None:
        kind, show = other_kind
        if against is not None:
            raise InputError(f"--against compares networks that label texts, and this is {kind.name}")
        show(terminal, path, json=json)
        return
    from tenor.inference.predictor import size_of_model

    model = _at_rest(path)
    config = model.config.network
    network = _Network(name_of(config), config, len(model.pipeline.vocabulary), len(model.classes))
    bytes_ = size_of_model(path)
    # The network itself is only built where torch is there; the rest needs nothing.
    with_network = against is not None or importlib.util.find_spec("torch") is not None
    found = network.describe() if with_network else None
    other = None if against is None else _other(network, against)
    compared = None if other is None else other.describe()
    if json:
        terminal.json(
            {
                "path": str(path),
                "classes": list(model.classes),
                "bytes": bytes_,
                **_to_json(network, found, other, compared),
                "config": to_values(model.config),
                "parts": [asdict(part) for part in model.parts],
                "mixture": None if model.mixture is None else model.mixture.to_json(),
                "temperature": model.temperature,
                "data": model.data,
                "metrics": model.metrics,
            }
        )
        return
    from tenor.report.tables import facts

    terminal.show(facts(_facts_of(model, path, network.name, bytes_)), "")
    if found is None:
        terminal.note('the layers are shown where torch is installed: pip install "tenor[train]"')
        return
    _show_network(terminal, found)
    if other is not None and compared is not None:
        _show_comparison(terminal, network, found, other, compared)


def _facts_of(model: "Model", path: Path, name: str, bytes_: int) -> dict[str, str]:
    data: Mapping[str, Any] = model.data or {}
    rows: Mapping[str, int] = data.get("rows", {})
    text = model.pipeline
    parts = [asdict(part) for part in model.parts]
    read = "all" if text.max_length is None else f"at most {text.max_length:,} ({text.truncation})"
    facts = {
        "model": f"{path} ({size(bytes_)})",
        "network": name,
        **(
            {}
            if model.alone
            else {"parts": parts_words(parts, None if model.mixture is None else model.mixture.to_json())}
        ),
        "classes": ", ".join(model.classes),
        "trained on": f"{data.get('source', 'data that was not named')}"
        + (f" ({', '.join(f'{number:,} {split}' for split, number in rows.items())})" if rows else ""),
        "text": f"{text.tokenizer.name}, vocabulary {len(text.vocabulary):,}, tokens read: {read}",
    }
    if unlabelled := data.get("unlabelled"):
        facts["without labels"] = beside(unlabelled)
    if start := data.get("start"):
        facts["started from"] = started_from(start)
    if teacher := data.get("teacher"):
        facts["learned from"] = learned_from(teacher)
    for split, figures in (model.metrics or {}).items():
        accuracy = figures["metrics"]["accuracy"]
        facts[f"{split} accuracy"] = percent_interval(accuracy and Interval(**accuracy))
    if model.temperature is not None:
        facts["temperature"] = f"{model.temperature:.3f}, which logits are divided by"
    return facts


def _vocabulary(config: ClassificationConfig) -> int:
    """Return the size of the vocabulary, or the limit it has before there is data."""
    text, pretrained = config.text, config.network.pretrained
    folder = text.pretrained or (pretrained.folder if config.network.encoder == "pretrained" else None)
    if folder is not None:
        from tenor.text.pretrained import read

        return len(read(folder)[1])
    # Without a limit, the default one stands in.
    return text.max_size or ClassificationConfig().text.max_size or 0


def _other(network: _Network, name: str) -> _Network:
    config = apply_name(network.config, name)
    return _Network(name_of(config), config, network.vocabulary, network.classes)


def _to_json(
    network: _Network, found: "Description | None", other: _Network | None, compared: "Description | None"
) -> dict[str, object]:
    values: dict[str, object] = {
        "model": network.name,
        "vocabulary": network.vocabulary,
        "network": found and found.to_json(),
    }
    if other is not None and compared is not None:
        values["against"] = {"model": other.name, "network": compared.to_json()}
    return values


def _show_network(terminal: Terminal, found: "Description") -> None:
    from tenor.report.tables import table

    made = table("layer", "kind", "output", "parameters", left=3)
    for part in found.parts:
        shape = f"({', '.join(part.output)})" if part.output else ""
        made.add_row(f"{'  ' * part.level}{part.name}", part.kind, shape, f"{part.parameters:,}")
    made.add_section()
    made.add_row("total", "", "", f"{found.parameters:,}")
    terminal.show(made)
    if found.receptive_field is not None:
        terminal.show(f"the encoder sees {count(found.receptive_field, 'token')} at a time")
    if found.trainable < found.parameters:
        terminal.show(f"{found.trainable:,} of them are trained, the others stay as they start")


def _show_comparison(
    terminal: Terminal, network: _Network, found: "Description", other: _Network, compared: "Description"
) -> None:
    from tenor.report.tables import table

    made = table("parameters", network.name, other.name, "difference")
    for part, ours in found.sections.items():
        theirs = compared.sections[part]
        made.add_row(part, f"{ours:,}", f"{theirs:,}", change(theirs, ours))
    made.add_section()
    total = change(compared.parameters, found.parameters)
    made.add_row("total", f"{found.parameters:,}", f"{compared.parameters:,}", total)
    encoder = change(compared.sections["encoder"], found.sections["encoder"])
    terminal.show("", made, "")
    terminal.show(
        f"Against {network.name}, {other.name} has {encoder} parameters in the encoder, {total} in all."
    )
