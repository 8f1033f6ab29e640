"""`Prepared`: a dataset as a text configuration reads it, for one training run or many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tenor.config.classification import ClassificationConfig
from tenor.config.distillation import DistillationConfig
from tenor.config.text import TextConfig
from tenor.config.transfer import TransferConfig
from tenor.config.unlabelled import UnlabelledConfig
from tenor.data.example import Dataset
from tenor.data.unlabelled_texts import load_unlabelled
from tenor.errors import DataError
from tenor.evaluation.data_report import DataReport, Encoded, data_report, encode_splits
from tenor.experiments import scoring
from tenor.experiments.teaching import Answers, Lesson, Teaching
from tenor.report.numbers import count, percent
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.training.loop import Labelled
from tenor.training.source import Source

Sections = tuple[TextConfig, TransferConfig, UnlabelledConfig, DistillationConfig]


@dataclass(frozen=True)
class Prepared:
    """Vocabulary of the training split, or of what training starts from, and the ids of all splits."""

    dataset: Dataset  # what was taken from a source, or read beside it, is in its notes and its provenance
    pipeline: TextPipeline
    encoded: Encoded
    source: Source | None = None  # what training starts from
    unlabelled: Tokens | None = None  # texts that are learned from without labels
    teaching: Teaching | None = None  # what a teacher says is learned from
    answers: Answers | None = None  # what it says, where it was asked already

    def lesson(self, kept: Path | None = None) -> Lesson | None:
        """Return what a student learns, where there is a teacher; `kept` may hold its answers."""
        if self.teaching is None:
            return None
        answers = self.answers or self.teaching.asked(kept)
        return Lesson.of(self.teaching, self.labelled["train"], self.unlabelled or Tokens.of([]), answers)

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


def sections_of(config: ClassificationConfig) -> Sections:
    """Return what `prepare` takes of a configuration."""
    return config.text, config.transfer, config.unlabelled, config.distillation


def prepare(
    dataset: Dataset,
    config: TextConfig,
    transfer: TransferConfig | None = None,
    unlabelled: UnlabelledConfig | None = None,
    distillation: DistillationConfig | None = None,
) -> Prepared:
    """Make the text pipeline from the training split, or take that of a source; read all splits with it.

    Unlabelled texts are read with it as well. It is made from both where their configuration says so, and
    where a teacher answers them: then they are training texts.
    """
    examples = dataset.split("train")
    if not examples:
        raise DataError(f"{dataset.name} has no training examples; give a file or split that holds some")
    texts = [example.text for example in examples]
    taught = distillation is not None and distillation.teacher is not None
    more = None if unlabelled is None else load_unlabelled(unlabelled, dataset, train_too=not taught)
    if more is not None:
        dataset = replace(
            dataset,
            notes=(*dataset.notes, *more.notes),
            provenance={**dataset.provenance, "unlabelled": more.provenance},
        )
    beside = () if more is None else more.texts
    teaching = None if distillation is None else Teaching.of(dataset, distillation, beside)
    if teaching is not None:
        dataset = teaching.dataset
    if taught or (unlabelled is not None and unlabelled.vocabulary):
        texts += beside
    prepared = replace(_prepared(dataset, texts, config, transfer), teaching=teaching)
    return prepared if more is None else replace(prepared, unlabelled=prepared.pipeline.encode(beside))


def _prepared(
    dataset: Dataset, texts: Sequence[str], config: TextConfig, transfer: TransferConfig | None
) -> Prepared:
    """Prepare with a pipeline made from these texts, or taken from a source."""
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
