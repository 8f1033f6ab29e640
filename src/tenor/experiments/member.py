"""Training one network: the whole of a model, or a member of an ensemble."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tenor.batching import Batch, Batches, collate
from tenor.config.classification import ClassificationConfig
from tenor.errors import DataError
from tenor.experiments.named_files import files_of
from tenor.experiments.preparing import Prepared
from tenor.experiments.run import decisive
from tenor.experiments.watching import Warned
from tenor.nn import pretrained
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.report.numbers import count
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens
from tenor.text.vectors import Vectors, read
from tenor.training.checkpoint import Checkpoint
from tenor.training.loop import History, Labelled, Saving, Trainer
from tenor.training.objectives import Objective, Supervised, class_weights
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, Step, resolve
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
    counts: Counts | None  # what log-count ratios are made from

    @classmethod
    def of(cls, prepared: Prepared, config: ClassificationConfig) -> "Given":
        """Read word vectors and count words and bigrams, where the configuration asks for them."""
        pipeline, train = prepared.pipeline, prepared.labelled["train"]
        vectors, counts = None, None
        if config.text.vectors is not None:
            vectors = read(Path(config.text.vectors), pipeline.vocabulary, config.network.embedding_size)
        if config.network.ratios.use:
            counts = Counts.of(
                train.tokens,
                train.targets,
                vocabulary_size=len(pipeline.vocabulary),
                classes=len(prepared.dataset.classes),
                config=config.network.ratios,
            )
        return cls(prepared, vectors, counts)


@dataclass(frozen=True)
class Keeping:
    """Where the training of a network keeps its checkpoint, and whether it goes on from the one there."""

    checkpoint: Path
    resumes: bool
    begin: Callable[[], None]  # is called once nothing stands in the way of training


@dataclass(frozen=True)
class Member:
    """A trained network with how it came about."""

    module: Classifier
    history: History
    runtime: Runtime


def fit_member(
    given: Given,
    config: ClassificationConfig,
    *,
    observer: Warned,
    keeping: Keeping | None = None,
    runtime: Runtime | None = None,
) -> Member:
    """Train a network and choose its epoch by validation.

    Args:
        given: what training starts from.
        config: its seed is `config.training.seed`.
        observer: is told of every step and epoch.
        keeping: None: no checkpoint is written.
        runtime: where to train; None: resolved, or that of the checkpoint.
    """
    prepared = given.prepared
    labelled, classes = prepared.labelled, prepared.dataset.classes
    vocabulary = prepared.pipeline.vocabulary
    _refuse_endless(labelled["train"].tokens, config)
    # The caller's generators are left as they were.
    with torch.random.fork_rng():
        torch.manual_seed(config.training.seed)
        module = build(
            config.network,
            vocabulary_size=len(vocabulary),
            classes=len(classes),
            vectors=given.vectors,
            ratios=None if given.counts is None else given.counts.ratios(),
            weights=pretrained.read(config.network),
            pad=vocabulary.pad,
            unknown=vocabulary.unknown,
        )
        if prepared.source is not None:
            transfer(module, prepared.source)
        module.counts = given.counts
        objective = Supervised(class_weights(config.training, labelled["train"].targets, classes))
        history, runtime = _train(
            module, objective, labelled, config, observer=observer, keeping=keeping, runtime=runtime
        )
    module.counts = None
    return Member(module, history, runtime)


def _train(
    module: Classifier,
    objective: Objective[Classifier, Batch],
    labelled: dict[str, Labelled],
    config: ClassificationConfig,
    *,
    observer: Warned,
    keeping: Keeping | None,
    runtime: Runtime | None,
) -> tuple[History, Runtime]:
    train = labelled["train"]
    batches = Batches(train.tokens, train.targets, config.training.batch_size, config.training.seed)
    saving, checkpoint = None, None
    if keeping is not None:
        saving = Saving(keeping.checkpoint, _fingerprint(config, labelled))
        if keeping.resumes and saving.path.is_file():
            checkpoint = Checkpoint.load(saving.path, saving.fingerprint)
    if checkpoint is not None:
        runtime = checkpoint.runtime
    else:
        runtime = runtime or resolve(config.training, _rehearsal(module, objective, batches))
        torch.manual_seed(config.training.seed)
    if keeping is not None:
        keeping.begin()
    trainer = Trainer(
        module,
        objective,
        config.training,
        runtime,
        observer=observer,
        saving=saving,
        unfreezing=_unfreezing(module, config, observer),
    )
    if checkpoint is not None:
        trainer.restore(checkpoint)
    return trainer.fit(batches, labelled.get("validation")), runtime


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


def _refuse_endless(tokens: Tokens, config: ClassificationConfig) -> None:
    """One text without end would fill the memory with the padding of those beside it."""
    longest, size = int(tokens.lengths.max()), config.training.batch_size
    if longest * min(size, len(tokens)) > _MOST_PADDED:
        raise DataError(
            f"the longest training text has {longest:,} tokens, and a batch of {size} as long does not fit "
            "into memory; cut texts (text.max_length=1000) or leave that text out"
        )


def _rehearsal(module: Classifier, objective: Objective[Classifier, Batch], batches: Batches) -> Step:
    """Return a step on the beginnings of the longest texts."""
    rows = np.argsort(-batches.tokens.lengths, kind="stable")[: batches.size]
    tokens = batches.tokens
    texts = [
        tokens.ids[tokens.offsets[row] : tokens.offsets[row + 1]][:_CHECK_TOKENS].tolist() for row in rows
    ]
    batch = collate(Tokens.of(texts), batches.targets[rows])
    return rehearsal(module, lambda network: objective(network, batch).loss)


def _fingerprint(config: ClassificationConfig, labelled: dict[str, Labelled]) -> str:
    """SHA-256 of configuration, files it names, and ids: what a checkpoint must agree with to be resumed."""
    digest = hashlib.sha256(json.dumps(decisive(config), sort_keys=True).encode())
    for name, content in files_of(config.text, config.network).items():
        digest.update(f"{name} {content}".encode())
    for split in ("train", "validation"):
        if split in labelled:
            for array in (
                labelled[split].tokens.ids,
                labelled[split].tokens.offsets,
                labelled[split].targets,
            ):
                digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
