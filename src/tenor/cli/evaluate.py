"""`tenor evaluate`: how good a saved model is on labelled data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import abstaining, options
from tenor.cli.console import Terminal

if TYPE_CHECKING:
    from tenor.experiments.evaluating import ModelEvaluation


def evaluate(
    context: typer.Context,
    *,
    model: options.Model,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="labelled texts, as for tenor train; without it, the data the model was trained on",
            show_default=False,
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="which split; without it test, or all rows"),
    ] = None,
    slice_by: Annotated[
        list[str] | None,
        typer.Option(
            "--slice",
            metavar="COLUMN",
            help="figures for each value of a column; may be given again; else every column of few values",
        ),
    ] = None,
    errors: Annotated[
        int, typer.Option("--errors", min=0, help="most rows in the lists of errors and of doubtful labels")
    ] = 10,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="write metrics.json, confusion.png, reliability.png and risk-coverage.png there",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace those files if they are there")] = False,
    abstain_below: options.AbstainBelow = None,
    target_accuracy: options.TargetAccuracy = None,
    per_class: options.PerClass = False,
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
    """Measure MODEL on DATA: every figure with its 95 % interval, classes, slices, errors, doubtful labels.

    Data settings that are not given are those the model was trained with.

    For example: tenor evaluate runs/first other.csv --slice brand --out figures
    """
    terminal: Terminal = context.obj

    from tenor.experiments import evaluating

    predictor = abstaining.load(context)
    found = options.evaluated(context, predictor.model.config)
    result = evaluating.evaluate_model(
        predictor, found.data, found.evaluation, split=split, columns=slice_by or (), errors=errors
    )
    for sentence in result.warnings:
        terminal.warning(sentence)
    for sentence in result.notes:
        terminal.note(sentence)
    if out is not None:
        for file in evaluating.save(result, out, force=force):
            terminal.note(f"Saved as {file}")
    if json:
        terminal.json(result.to_json())
    else:
        _show(terminal, result)


def _show(terminal: Terminal, result: "ModelEvaluation") -> None:
    from tenor.report import tables

    evaluation = result.evaluation
    classes = evaluation.classes
    terminal.show(f"{result.source}, {result.split}: {evaluation.rows:,} texts", "")
    terminal.show(tables.figures(evaluation), "", tables.per_class(evaluation), "")
    terminal.show(tables.confusion(evaluation))
    if evaluation.confidence is not None:
        terminal.show("", tables.confidence(evaluation.confidence))
    if result.abstention is not None:
        rule, by_class = result.abstention.rule, result.abstention.by_class
        terminal.show("", tables.abstention(rule, result.abstention.kept, by_class, classes))
    for column, found in evaluation.slices.items():
        terminal.show("", tables.slices(column, found))
    if result.mistakes:
        terminal.show("", tables.mistakes(result.mistakes, result.examples, classes))
    if result.suspects:
        terminal.show("", tables.suspects(result.suspects, result.examples, classes))
