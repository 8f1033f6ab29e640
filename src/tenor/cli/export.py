"""`tenor export`: a saved model as a file for other runtimes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import require
from tenor.errors import InputError

if TYPE_CHECKING:
    from tenor.experiments.exported import Cost
    from tenor.export.onnx import Exported
    from tenor.inference.predictor import Predictor


def export(
    context: typer.Context,
    *,
    model: options.ModelFolder,
    onnx: Annotated[
        bool, typer.Option("--onnx", help="write ONNX, which onnxruntime and others read")
    ] = False,
    int8: Annotated[
        bool, typer.Option("--int8", help="in whole numbers of 8 bits: smaller, and a little less exact")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE|FOLDER",
            help="NAME.onnx, with NAME.json beside it, or a folder; without it called as MODEL is, here",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace files that are there")] = False,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="DATA",
            help="labelled texts, as for tenor evaluate: measure what the export costs on them",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="which split of them; without it test, or all rows"),
    ] = None,
    settings: options.Set = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    label_names: options.LabelNames = None,
    positive_from: options.PositiveFrom = None,
    negative_to: options.NegativeTo = None,
    empty: options.Empty = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write MODEL as an ONNX file and a JSON file with tokenizer and classes, for onnxruntime.

    The graph is compared with the network before it is kept. The file is a MODEL for tenor predict,
    evaluate, check, explain, embed and serve.

    For example: tenor export runs/first --onnx --out first.onnx and then tenor predict first.onnx "a delight"
    """
    terminal: Terminal = context.obj
    if not onnx:
        raise InputError("name the format to export to: --onnx")
    if split is not None and data is None:
        raise InputError(f"--split {split} is of no data; give --data as well")
    require("onnx", "onnxruntime", extra="onnx")
    require("torch")

    from tenor.export.onnx import export as write
    from tenor.export.onnx import target_of
    from tenor.inference.predictor import load

    target = target_of(out or Path(f"{Path(model).resolve().name}{'-int8' if int8 else ''}.onnx"))
    predictor = load(model)
    done = write(predictor.model, target, int8=int8, force=force)
    cost = None if data is None else _cost(context, predictor, load(target), split)
    if json:
        terminal.json({**done.to_json(), "cost": None if cost is None else cost.to_json()})
    else:
        _show(terminal, done, cost)


def _cost(context: typer.Context, predictor: "Predictor", exported: "Predictor", split: str | None) -> "Cost":
    from tenor.experiments.exported import cost

    found = options.evaluated(context, predictor.model.config)
    return cost(predictor, exported, found.data, found.evaluation, split=split)


def _show(terminal: Terminal, done: "Exported", cost: "Cost | None") -> None:
    from tenor.inference.onnx_file import companion
    from tenor.report.numbers import count, percent, points, size
    from tenor.report.tables import table

    made = table("", "differs from the network by at most", left=1)
    shown = done.parity if done.int8 is None else done.int8
    for output, apart in shown.differences.items():
        made.add_row(output, f"{apart:.1e}")
    terminal.show(made)
    of = "" if done.int8 is None else f" ({size(done.float32_bytes)} in float32)"
    terminal.line(f"compared on {count(done.parity.texts, 'made-up text')}")
    if cost is not None:
        difference = cost.difference
        terminal.line(
            f"on {count(cost.rows, 'text')} of {cost.source} ({cost.split}): "
            f"accuracy {percent(cost.exported)}, of the network {percent(cost.network)}"
        )
        terminal.line(
            f"difference {points(difference.value)} "
            f"({100 * difference.low:+.1f} to {100 * difference.high:+.1f}), "
            f"{count(cost.changed, 'text')} with another label"
        )
    terminal.note(f"Saved as {done.path}, {size(done.bytes)}{of}, and {companion(done.path)}")
