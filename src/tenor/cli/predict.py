"""`tenor predict`: labels and probabilities for texts, lines or files."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import chain, islice, tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import abstaining, options
from tenor.cli.console import Terminal
from tenor.cli.lines import lines
from tenor.cli.progress import counting
from tenor.errors import InputError
from tenor.report.numbers import count, one_line, percent

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

_LOOKED_AT = 1000  # texts that are compared with the training data
_TEXT_WIDTH = 24  # characters of the text that must fit beside the probabilities of all classes
_PERCENT_WIDTH = 8
_ALWAYS_SHOWN = 3  # so few classes have a column each, however narrow the terminal


def predict(
    context: typer.Context,
    *,
    model: options.Model,
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="texts, each in quotes; without any, lines of standard input"),
    ] = None,
    input: Annotated[
        Path | None,
        typer.Option(
            "--input", metavar="FILE", help="texts in a file: CSV, TSV, JSONL (plain or .gz), Parquet"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "--output",
            metavar="FILE",
            help="file for the rows of --input with the columns label, probability_CLASS, unknown_share",
        ),
    ] = None,
    prefix: Annotated[
        str, typer.Option("--prefix", help="put before the names of the new columns", show_default=False)
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="replace --out where it exists")] = False,
    abstain_below: options.AbstainBelow = None,
    target_accuracy: options.TargetAccuracy = None,
    per_class: options.PerClass = False,
    abstain_unfamiliar: options.AbstainUnfamiliar = False,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Print label, probabilities and share of unknown words of each text, in order.

    On a terminal as a table, else with tabs between; with --json as one object a line.

    With --abstain-below or --target-accuracy, "ambiguous" stands for labels that are too unsure, with
    --abstain-unfamiliar for those of texts with many unknown words; JSON keeps the label and says abstained,
    a file has that as one more column.

    For example: tenor predict runs/first "what a film" or
    tenor predict runs/first --input new.csv --out labelled.csv
    """
    terminal: Terminal = context.obj
    if texts and input is not None:
        raise InputError("texts were given and --input as well; give one of them")
    if output is not None and input is None:
        raise InputError("--out holds the rows of a file; name that file with --input")
    if not texts and input is None and sys.stdin.isatty():
        raise InputError('nothing to predict; give "a text", --input FILE, or lines on standard input')
    encoding = options.encoding(encoding)

    from tenor.inference.files import TextRows

    predictor = abstaining.load(context)
    if input is not None and output is not None:
        _predict_file(
            terminal,
            predictor,
            input,
            output,
            text_column=text_column,
            encoding=encoding,
            prefix=prefix,
            force=force,
            json=json,
        )
        return
    if input is not None:
        rows = TextRows.open(predictor, input, text_column=text_column, encoding=encoding)
        found: Iterable[str] = chain.from_iterable(some for _, some in rows.chunks())
    else:
        found = texts or lines(encoding)
    _predict_texts(terminal, predictor, found, json=json)


def _predict_file(
    terminal: Terminal,
    predictor: "Predictor",
    source: Path,
    target: Path,
    *,
    text_column: str | None,
    encoding: str,
    prefix: str,
    force: bool,
    json: bool,
) -> None:
    from tenor.inference.files import predict_file

    with counting(terminal, "rows") as advance:
        done = predict_file(
            predictor,
            source,
            target,
            text_column=text_column,
            encoding=encoding,
            prefix=prefix,
            force=force,
            advance=advance,
        )
    if done.warning:
        terminal.warning(done.warning)
    if done.empty:
        terminal.warning(f"{count(done.empty, 'row')} without text; what is predicted of them means nothing")
    if json:
        terminal.json({"output": str(target), **asdict(done)})
    else:
        terminal.note(f"{count(done.rows, 'row')} written to {target} (text is column {done.text_column!r})")


def _predict_texts(terminal: Terminal, predictor: "Predictor", texts: Iterable[str], *, json: bool) -> None:
    remaining = iter(texts)
    first = list(islice(remaining, _LOOKED_AT))
    write = _json_writer(terminal, predictor) if json else _line_writer(terminal, predictor)
    unread = 0  # texts of which no word is known
    read, shown = tee(chain(first, remaining))
    for text, prediction in zip(shown, predictor.predictions(read), strict=True):
        write(text, prediction)
        unread += prediction.unknown_share == 1
    if warning := predictor.doubts(first, unread):
        terminal.warning(warning)


Write = Callable[[str, "Prediction"], None]


def _json_writer(terminal: Terminal, predictor: "Predictor") -> Write:
    abstains = predictor.abstains

    def write(text: str, prediction: "Prediction") -> None:
        terminal.json({"text": text, **as_json(prediction, abstains=abstains)}, indent=None)

    return write


def as_json(prediction: "Prediction", *, abstains: bool = False) -> dict[str, object]:
    """Return what a prediction is in JSON, and whether it was held back where any may be."""
    values = prediction.to_json()
    if not abstains:
        del values["abstained"]
    return values


def tab_columns(classes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of `tab_cells`."""
    return ("label", "probability", *(f"probability_{one_line(name)}" for name in classes), "unknown_share")


def tab_cells(prediction: "Prediction") -> tuple[str, ...]:
    """Return a prediction for other programs: nothing cut."""
    shares = (prediction.probability, *prediction.probabilities.values(), prediction.unknown_share)
    return (abstaining.label(prediction), *(f"{share:.6f}" for share in shares))


def _line_writer(terminal: Terminal, predictor: "Predictor") -> Write:
    return (_aligned if terminal.out.is_terminal else _tabbed)(terminal, predictor)


def _tabbed(terminal: Terminal, predictor: "Predictor") -> Write:
    """Lines for other programs: nothing rounded away, nothing cut."""
    terminal.line("\t".join((*tab_columns(predictor.classes), "text")))

    def write(text: str, prediction: "Prediction") -> None:
        terminal.line("\t".join((*tab_cells(prediction), one_line(text))))

    return write


def _aligned(terminal: Terminal, predictor: "Predictor") -> Write:
    """Lines for a reader: as wide as the terminal, the second best class alone where there are too many."""
    from rich.cells import cell_len, set_cell_size

    classes = tuple(map(one_line, predictor.classes))
    labels = (*classes, abstaining.AMBIGUOUS) if predictor.abstains else classes
    widest = max(map(cell_len, ("label", *labels)))
    columns = [max(cell_len(name), _PERCENT_WIDTH) for name in classes]
    room = terminal.out.width - widest - 2 - len("unknown  ") - sum(column + 2 for column in columns)
    all_classes = room >= _TEXT_WIDTH or len(classes) <= _ALWAYS_SHOWN
    if not all_classes:
        columns = [len("probability"), widest + _PERCENT_WIDTH + 1]
        room = terminal.out.width - widest - 2 - len("unknown  ") - sum(column + 2 for column in columns)
    headings = classes if all_classes else ("probability", "second")

    def line(label: str, cells: Iterable[str], unknown: str, text: str) -> None:
        shown = (" " * (wide - cell_len(cell)) + cell for cell, wide in zip(cells, columns, strict=True))
        start = "  ".join((set_cell_size(label, widest), *shown, f"{unknown:>7}"))
        terminal.line(f"{start}  {set_cell_size(text, max(room, 1)).rstrip()}")

    line("label", headings, "unknown", "text")

    def write(text: str, prediction: "Prediction") -> None:
        if all_classes:
            cells = [percent(share) for share in prediction.probabilities.values()]
        else:
            ranked = sorted(prediction.probabilities.items(), key=lambda one: -one[1])
            cells = [percent(ranked[0][1]), f"{one_line(ranked[1][0])} {percent(ranked[1][1])}"]
        label, unknown = one_line(abstaining.label(prediction)), f"{100 * prediction.unknown_share:.0f} %"
        line(label, cells, unknown, one_line(text))

    return write
