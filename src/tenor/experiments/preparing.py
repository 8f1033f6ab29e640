"""`Prepared`: a dataset as a text configuration reads it, for one training run or many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tenor.config.distillation import DistillationConfig
from tenor.config.text import TextConfig
from tenor.config.transfer import TransferConfig
from tenor.data.example import Dataset
from tenor.errors import DataError
from tenor.evaluation.data_report import DataReport, Encoded, data_report, encode_splits
from tenor.experiments import scoring
from tenor.experiments.teaching import Answers, Lesson, Teaching
from tenor.report.numbers import count, percent
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.training.loop import Labelled
from tenor.training.source import Source


@dataclass(frozen=True)
class Prepared:
    """Vocabulary of the training split, or of what training starts from, and the ids of all splits."""

    dataset: Dataset  # what was taken from a source is among its notes and in its provenance
    pipeline: TextPipeline
    encoded: Encoded
    source: Source | None = None  # what training starts from
    teaching: Teaching | None = None  # what a teacher says is learned from
    answers: Answers | None = None  # what it says, where it was asked already

    @cached_property
    def unlabelled(self) -> Tokens:
        """Ids of the texts without labels."""
        examples = () if self.teaching is None else self.teaching.unlabelled
        return self.pipeline.encode([example.text for example in examples])

    def lesson(self, kept: Path | None = None) -> Lesson | None:
        """Return what a student learns, where there is a teacher; `kept` may hold its answers."""
        if self.teaching is None:
            return None
        answers = self.answers or self.teaching.asked(kept)
        return Lesson.of(self.teaching, self.labelled["train"], self.unlabelled, answers)

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


def prepare(
    dataset: Dataset,
    config: TextConfig,
    transfer: TransferConfig | None = None,
    distillation: DistillationConfig | None = None,
) -> Prepared:
    """Make the text pipeline from the training split, or take that of a source; read all splits with it.

    Texts without labels that a teacher answers are training texts as well.
    """
    examples = dataset.split("train")
    if not examples:
        raise DataError(f"{dataset.name} has no training examples; give a file or split that holds some")
    teaching = None if distillation is None else Teaching.of(dataset, distillation)
    if teaching is not None:
        dataset, examples = teaching.dataset, (*examples, *teaching.unlabelled)
    texts = [example.text for example in examples]
    if transfer is None or transfer.source is None:
        pipeline = TextPipeline.build(texts, config)
        return Prepared(dataset, pipeline, encode_splits(dataset, pipeline), teaching=teaching)
    source = Source.read(transfer.source)
    pipeline = _taken_over(source, texts, config, extend=transfer.extend_vocabulary)
    encoded = encode_splits(dataset, pipeline)
    tokens = encoded["train"][0]
    unknown = float((tokens.ids == pipeline.vocabulary.unknown).mean())
    dataset = replace(
        dataset,
        notes=(*dataset.notes, _note(source, pipeline, unknown)),
        provenance={**dataset.provenance, "start": source.provenance()},
    )
    return Prepared(dataset, pipeline, encoded, source, teaching)


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
