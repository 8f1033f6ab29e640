"""`tenor augment`: contrast and negation variants of one's own training texts, to look at."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.config.augmentation import USUAL_SHARE, AugmentConfig
from tenor.errors import OutputError

if TYPE_CHECKING:
    from tenor.data.augment.augmentation import Augmentation
    from tenor.data.example import Dataset, Example


def augment(
    context: typer.Context,
    *,
    data: options.Data = None,
    config: options.Config = None,
    settings: options.Set = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="where the variants go (CSV, TSV, JSONL, Parquet); without it they are only shown",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace the file in --out")] = False,
    augment: Annotated[
        float | None,
        typer.Option(
            "--share",
            help=f"variants as a share of the training rows; without it that of the configuration, or "
            f"{USUAL_SHARE:g}",
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help="so many variants, instead of a share")
    ] = None,
    templates: options.Templates = None,
    augment_seed: options.AugmentSeed = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="variants of each kind to show")] = 2,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    label_names: options.LabelNames = None,
    positive_from: options.PositiveFrom = None,
    negative_to: options.NegativeTo = None,
    group_by: options.GroupBy = None,
    validation: options.Validation = None,
    test: options.Test = None,
    empty: options.Empty = None,
    encoding: options.Encoding = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make contrast and negation variants of the training rows of DATA, which has two opposite classes.

    DATA is split as for training, and only the training split is used.

    Training needs no file: tenor train DATA --augment 0.3 makes the same variants.

    For example: tenor augment reviews.csv --share 0.3 --out variants.csv
    """
    terminal: Terminal = context.obj
    if augment is not None and count is not None:
        raise OutputError("--share and --count both say how many variants to make; give one of them")
    if out is not None and out.exists() and not force:
        raise OutputError(f"{out} exists already; replace it (--force), or name another file")
    found = options.configuration(context).data

    from tenor.data.augment.augmentation import augment as make
    from tenor.data.load import load

    dataset = load(replace(found, augment=AugmentConfig()))
    share = found.augment.share or USUAL_SHARE
    if count is not None:
        share = count / max(1, len(dataset.split("train")))
    made = make(dataset, replace(found.augment, share=share))
    if out is not None:
        _write(out, made)
    if json:
        terminal.json({"path": None if out is None else str(out), **made.to_json()})
    else:
        _show(terminal, dataset, made, examples)
        if out is not None:
            terminal.line(f"Saved in {out}; it is for training alone")


def _write(out: Path, made: "Augmentation") -> None:
    from tenor.data.writers import row_writer

    with row_writer(out) as write:
        write(
            [
                {"text": one.text, "label": one.label, "group": one.group, **one.columns}
                for one in made.examples
            ]
        )


def _show(terminal: Terminal, dataset: "Dataset", made: "Augmentation", examples: int) -> None:
    from tenor.report.tables import table

    for note in (*dataset.notes, *made.notes):
        terminal.note(note)
    terminal.note()
    counts = table("kind", *dataset.classes)
    for kind, by_label in made.kinds.items():
        counts.add_row(kind, *(f"{by_label[label]:,}" for label in dataset.classes))
    terminal.show(counts, "")
    for label, words in made.filling.words.items():
        sentences = len(made.filling.sentences[label])
        terminal.show(f"{label}: {sentences:,} short sentences; {', '.join(words) or 'no adjectives'}")
    terminal.show("")
    for kind in made.kinds if examples else ():
        for one in _some(made.examples, kind, dataset.classes, examples):
            terminal.line(f"{kind}, {one.label}: {one.text}")


def _some(made: "tuple[Example, ...]", kind: str, classes: tuple[str, ...], count: int) -> "list[Example]":
    """Return the first variants of a kind, the labels in turn."""
    by_label = [
        [one for one in made if one.columns["kind"] == kind and one.label == label] for label in classes
    ]
    return [one for place in range(count) for some in by_label for one in some[place : place + 1]][:count]
