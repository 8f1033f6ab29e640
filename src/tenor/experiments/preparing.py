"""`Prepared`: a dataset as a text configuration reads it, for one training run or many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tenor.config.text import TextConfig
from tenor.config.transfer import TransferConfig
from tenor.data.example import Dataset
from tenor.errors import DataError
from tenor.evaluation.data_report import DataReport, Encoded, data_report, encode_splits
from tenor.experiments import scoring
from tenor.report.numbers import count, percent
from tenor.text.pipeline import TextPipeline
from tenor.training.loop import Labelled
from tenor.training.source import Source


@dataclass(frozen=True)
class Prepared:
    """Vocabulary of the training split, or of what training starts from, and the ids of all splits."""

    dataset: Dataset  # what was taken from a source is among its notes and in its provenance
    pipeline: TextPipeline
    encoded: Encoded
    source: Source | None = None  # what training starts from

    @cached_property
    def report(self) -> DataReport:
        """What the data looks like to the pipeline."""
        return data_report(self.dataset, self.pipeline, self.encoded)

    @cached_property
    def labelled(self) -> dict[str, Labelled]:
        """Ids and classes of the training split and, where there is one, of the validation split."""
        return {
            split: Labelled(
                self.encoded[split][0], scoring.class_indices(self.dataset.split(split), self.dataset.classes)
            )
            for split in ("train", "validation")
            if self.dataset.split(split)
        }


def prepare(dataset: Dataset, config: TextConfig, transfer: TransferConfig | None = None) -> Prepared:
    """Make the text pipeline from the training split, or take that of a source; read all splits with it."""
    examples = dataset.split("train")
    if not examples:
        raise DataError(f"{dataset.name} has no training examples; give a file or split that holds some")
    texts = [example.text for example in examples]
    if transfer is None or transfer.source is None:
        pipeline = TextPipeline.build(texts, config)
        return Prepared(dataset, pipeline, encode_splits(dataset, pipeline))
    source = Source.read(transfer.source)
    if transfer.head and dataset.classes != source.classes:
        raise DataError(
            f"{dataset.name} has the classes {', '.join(dataset.classes)}, and those of {source.name} are "
            f"{', '.join(source.classes)}; a model goes on with its own classes, train another for new ones"
        )
    pipeline = _taken_over(source, texts, config, extend=transfer.extend_vocabulary)
    encoded = encode_splits(dataset, pipeline)
    tokens = encoded["train"][0]
    unknown = float((tokens.ids == pipeline.vocabulary.unknown).mean())
    dataset = replace(
        dataset,
        notes=(*dataset.notes, _note(source, pipeline, unknown)),
        provenance={**dataset.provenance, "start": source.provenance()},
    )
    return Prepared(dataset, pipeline, encoded, source)


def _taken_over(source: Source, texts: Sequence[str], config: TextConfig, *, extend: bool) -> TextPipeline:
    """Return tokenizer and vocabulary of the source; how much of a text is read is the classifier's own."""
    theirs = source.pipeline
    pipeline = TextPipeline(theirs.tokenizer, theirs.vocabulary, config.max_length, config.truncation)
    return pipeline.extended(texts, config) if extend else pipeline


def _note(source: Source, pipeline: TextPipeline, unknown: float) -> str:
    """Say whose tokenizer and vocabulary are read with, and how well they fit."""
    size = len(source.pipeline.vocabulary)
    taken = f"Tokenizer ({pipeline.tokenizer.name}) and vocabulary ({size:,}) are those of {source.name}"
    added = len(pipeline.vocabulary) - size
    if added:
        words = count(added, "word")
        return f"{taken}, with {words} of the training texts added; {percent(unknown)} stay unknown."
    hint = "; transfer.extend_vocabulary adds words" if unknown else ""
    return f"{taken}; {percent(unknown)} of the tokens of the training texts are unknown to it{hint}."
