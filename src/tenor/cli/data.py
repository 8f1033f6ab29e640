"""`tenor data`: what a source holds, and how the network will see it."""

from typing import TYPE_CHECKING

import typer

from tenor.cli import options
from tenor.cli.console import Terminal

if TYPE_CHECKING:
    from tenor.evaluation.data_report import DataReport
    from tenor.evaluation.sample import Sample

_SAMPLE = 3  # texts shown as tokens and ids


def data(
    context: typer.Context,
    *,
    data: options.Data = None,
    config: options.Config = None,
    settings: options.Set = None,
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
    tokenizer: options.Tokenizer = None,
    max_length: options.MaxLength = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what DATA holds: classes, splits, lengths, duplicates, and a sample as tokens and ids."""
    terminal: Terminal = context.obj
    found = options.configuration(context)

    from tenor.data.load import load
    from tenor.evaluation.data_report import data_report, encode_splits
    from tenor.evaluation.sample import sample
    from tenor.text.pipeline import TextPipeline

    dataset = load(found.data)
    texts = [example.text for example in dataset.split("train")]
    pipeline = TextPipeline.build(texts, found.text)
    report = data_report(dataset, pipeline, encode_splits(dataset, pipeline))
    shown = sample(texts[:_SAMPLE], pipeline)
    if json:
        terminal.json({**report.to_json(), "sample": shown.to_json()})
    else:
        _show(terminal, report, shown)


def _show(terminal: Terminal, report: "DataReport", sample: "Sample") -> None:
    from tenor.report import data_tables

    width = terminal.out.width
    terminal.show(data_tables.headline(report), "", data_tables.splits(report), "")
    if len(report.classes) > data_tables.MOST_COLUMNS:
        terminal.show(data_tables.classes(report), "")
    terminal.show(data_tables.lengths(report), "", data_tables.duplicates(report), "")
    terminal.show("First training texts: tokens, ids (1: not in the vocabulary)")
    for line in data_tables.sample_texts(sample, width):
        terminal.line(line)
    for line in data_tables.sample_batch(sample, width):
        terminal.line(line)
    for kind, sentences in (("note", report.notes), ("warning", report.warnings())):
        if sentences:
            terminal.show("")
        for sentence in sentences:
            terminal.show(f"{kind}: {sentence}")
