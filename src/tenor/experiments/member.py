"""Training one network: the whole of a model, or a member of an ensemble."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.errors import DataError
from tenor.experiments import training_run
from tenor.experiments.learning import Texts, arrays_of, batches_of, objective_of, reading_of
from tenor.experiments.named_files import files_of
from tenor.experiments.preparing import Prepared
from tenor.experiments.teaching import Lesson
from tenor.experiments.training_run import Keeping
from tenor.experiments.watching import Warned
from tenor.nn import pretrained
from tenor.nn.build import build, round_vectors
from tenor.nn.classifier import Classifier
from tenor.report.numbers import count
from tenor.text.ratios import Counts, LogCountRatios
from tenor.text.vectors import Vectors, read
from tenor.training.expecting import expected_seconds
from tenor.training.loop import History, Labelled
from tenor.training.objectives.objective import Objective
from tenor.training.objectives.supervised import class_weights
from tenor.training.reading import Reading
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, Step
from tenor.training.transfer import transfer
from tenor.training.unfreezing import Unfreezing

# Tokens of each text in the start-up check of the precision: enough for the products to weigh.
_CHECK_TOKENS = 32
# Tokens of a padded batch: a few gigabytes with the states of a large network, thousands of pages of text.
_MOST_PADDED = 4_000_000


@dataclass(frozen=True)
class Given:
    """What the training of a network starts from; the same for all members of an ensemble."""

    prepared: Prepared
    vectors: Vectors | None  # of words, pretrained
    lesson: Lesson | None  # what a teacher says
    train: Labelled  # training texts with their classes, a teacher's likeliest where there is no label
    counts: Counts | None  # what log-count ratios are made from
    ratios: LogCountRatios | None  # those, or what a source has

    @classmethod
    def of(
        cls,
        prepared: Prepared,
        config: ClassificationConfig,
        vectors: Vectors | None = None,
        kept: Path | None = None,
    ) -> "Given":
        """Ask the teacher, count words and bigrams, where the configuration asks for it.

        `kept` is the file that may hold the answers of the teacher.
        """
        counts = None
        lesson = prepared.lesson(kept)
        train = prepared.labelled["train"] if lesson is None else lesson.texts
        ratios = None
        if _keeps_ratios(config) and prepared.source is not None and prepared.source.ratios is not None:
            ratios = prepared.source.ratios.extended(len(prepared.pipeline.vocabulary))
        elif config.network.ratios.use:
            counts = Counts.of(
                train.tokens,
                train.targets,
                vocabulary_size=len(prepared.pipeline.vocabulary),
                classes=len(prepared.dataset.classes),
                config=config.network.ratios,
            )
            ratios = counts.ratios()
        return cls(prepared, vectors, lesson, train, counts, ratios)

    @property
    def provenance(self) -> dict[str, Any]:
        """What the model stores of its data."""
        data = self.prepared.dataset.provenance
        return dict(data) if self.lesson is None else self.lesson.described(data)


@dataclass(frozen=True)
class Member:
    """A trained network with how it came about."""

    module: Classifier
    history: History
    runtime: Runtime


def _keeps_ratios(config: ClassificationConfig) -> bool:
    """Whether a classifier goes on without its old texts: counts of the new ones alone would forget these."""
    return config.transfer.head and not config.transfer.replay


def vectors_of(prepared: Prepared, config: ClassificationConfig) -> Vectors | None:
    """Read the pretrained word vectors of the vocabulary, where the configuration names some."""
    if config.text.vectors is None:
        return None
    return read(Path(config.text.vectors), prepared.pipeline.vocabulary, config.network.embedding_size)


def fit_member(
    given: Given,
    config: ClassificationConfig,
    *,
    observer: Warned,
    expecting: Callable[[Callable[[], float]], None] | None = None,
    keeping: Keeping | None = None,
    runtime: Runtime | None = None,
) -> Member:
    """Train a network, choose its epoch by validation, and round its word vectors.

    Args:
        given: what training starts from.
        config: its seed is `config.training.seed`.
        observer: is told of every step and epoch.
        expecting: is told, before training begins anew, what finds out how many seconds it will take.
        keeping: None: no checkpoint is written.
        runtime: where to train; None: resolved, or that of the checkpoint.
    """
    prepared = given.prepared
    labelled, classes = prepared.labelled, prepared.dataset.classes
    vocabulary = prepared.pipeline.vocabulary
    validation = labelled.get("validation")
    reading = reading_of(labelled["train"], prepared.unlabelled, config, given.lesson)
    for batches in batches_of(reading):
        _refuse_endless(batches)
    # The caller's generators are left as they were.
    with torch.random.fork_rng():
        torch.manual_seed(config.training.seed)
        module = build(
            config.network,
            vocabulary_size=len(vocabulary),
            classes=len(classes),
            vectors=given.vectors,
            ratios=given.ratios,
            weights=pretrained.read(config.network),
            pad=vocabulary.pad,
            unknown=vocabulary.unknown,
        )
        if prepared.source is not None:
            transfer(module, prepared.source, head=config.transfer.head)
        module.counts = given.counts
        weights = class_weights(config.training, labelled["train"].targets, classes)
        objective = objective_of(module, reading, config, weights, given.lesson)
        rows: Reading[Any] = reading

        def starting(runtime: Runtime) -> None:
            if expecting is not None:
                expecting(
                    lambda: expected_seconds(
                        module, objective, config.training, runtime, batches=reading, validation=validation
                    )
                )

        history, runtime = training_run.train(
            module,
            objective,
            config.training,
            rows,
            validation,
            keeping=keeping,
            observer=observer,
            fingerprint=lambda: _fingerprint(config, reading, validation),
            check=lambda: _rehearsal(module, objective, reading),
            starting=starting,
            runtime=runtime,
            unfreezing=_unfreezing(module, config, observer),
        )
    module.counts = None
    round_vectors(module)
    return Member(module, history, runtime)


def _unfreezing(module: Classifier, config: ClassificationConfig, observer: Warned) -> Unfreezing | None:
    """Return when which layers are trained, and warn of those that never are."""
    if config.transfer.source is None:
        return None
    unfreezing = Unfreezing.of(module, config.transfer)
    if untouched := unfreezing.untouched(config.training.epochs):
        observer.warning(
            f"{count(config.training.epochs, 'epoch')} with a layer group more every "
            f"{config.transfer.unfreeze:g} never train {', '.join(untouched)}; give more epochs, or a lower "
            "transfer.unfreeze (0: all at once)"
        )
    return unfreezing


def _refuse_endless(batches: Batches) -> None:
    """One text without end would fill the memory with the padding of those beside it."""
    longest, size = int(batches.tokens.lengths.max()), batches.size
    if longest * min(size, batches.total) > _MOST_PADDED:
        raise DataError(
            f"the longest training text has {longest:,} tokens, and a batch of {size} as long does not fit "
            "into memory; cut texts (text.max_length=1000) or leave that text out"
        )


def _rehearsal(module: Classifier, objective: Objective[Classifier, Any], reading: Texts) -> Step:
    """Return a step on the beginnings of the longest texts."""
    batch = reading.beginnings(_CHECK_TOKENS)
    return rehearsal(module, lambda network: objective(network, batch).loss)


def _fingerprint(config: ClassificationConfig, reading: Texts, validation: Labelled | None) -> str:
    """SHA-256 of configuration, files it names, and ids: what a checkpoint must agree with to be resumed."""
    arrays = [*arrays_of(reading)]
    if validation is not None:
        arrays += [validation.tokens.ids, validation.tokens.offsets, validation.targets]
    files = files_of(config.text, config.network, config.unlabelled)
    return training_run.fingerprint(config, arrays, files)
