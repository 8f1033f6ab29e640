"""A classification experiment: data and configuration in, a trained and evaluated model out."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tenor.batching import Batch, Batches, collate
from tenor.config.classification import ClassificationConfig
from tenor.data import load as data_load
from tenor.data.example import Dataset
from tenor.errors import ConfigError, DataError, Interrupted
from tenor.evaluation.behaviour.checking import EXAMPLES, check_builtin
from tenor.evaluation.evaluation import Evaluation
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.temperature import Scaling
from tenor.experiments import scoring
from tenor.experiments.named_files import files_of
from tenor.experiments.preparing import Prepared, prepare
from tenor.experiments.reporting import report_values
from tenor.experiments.run import Run, RunFolder, decisive
from tenor.experiments.settling import settled
from tenor.experiments.watching import Expecting, SilentWatcher, Watcher
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import Predictor
from tenor.model import Model
from tenor.nn import pretrained
from tenor.nn.build import build, to_arrays
from tenor.nn.classifier import Classifier
from tenor.report.numbers import count
from tenor.text.familiarity import Familiarity
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens
from tenor.text.vectors import read
from tenor.training.checkpoint import Checkpoint
from tenor.training.expecting import expected_seconds
from tenor.training.loop import History, Labelled, Saving, Trainer
from tenor.training.objectives import Objective, Supervised, class_weights
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, Step, applied, resolve
from tenor.training.transfer import transfer
from tenor.training.unfreezing import Unfreezing

# Tokens of each text in the start-up check of the precision: enough for the products to weigh.
_CHECK_TOKENS = 32
# Tokens of a padded batch: a few gigabytes with the states of a large network, thousands of pages of text.
_MOST_PADDED = 4_000_000


@dataclass(frozen=True)
class Fitted:
    """A trained model with how it came about."""

    model: Model
    predictor: Predictor
    history: History
    runtime: Runtime
    scored: dict[str, scoring.Scored]  # of the validation and test split, where there are any
    evaluations: dict[str, Evaluation]  # of the same


def train(
    config: ClassificationConfig,
    *,
    out: Path | None = None,
    dataset: Dataset | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Run:
    """Train, evaluate and save a classifier.

    `out` is the run folder: `resume` goes on with the run it holds, `force` replaces it. `dataset` is used
    instead of `config.data` where it is given. An interrupted run keeps its last checkpoint.
    """
    config = settled(config)
    folder = None if out is None else RunFolder.open(out, config, resume=resume, force=force)
    if folder is None and config.training.track:
        raise ConfigError("training.track needs a run folder to write to; give one, or set training.track=[]")
    try:
        dataset = dataset or data_load.load(config.data)
        prepared = prepare(dataset, config.text, config.transfer)
        dataset = prepared.dataset
        fitted = fit(dataset, config, prepared=prepared, folder=folder, watcher=watcher)
        run = Run(folder.path if folder else None, config, fitted.model, fitted.history, fitted.evaluations)
        if folder is not None:
            texts = config.evaluation.texts
            with applied(fitted.runtime):
                behaviour = check_builtin(
                    fitted.predictor.predict_proba, dataset.classes, examples=min(texts, EXAMPLES)
                )
                report = report_values(
                    dataset,
                    prepared.report,
                    fitted.scored,
                    fitted.predictor,
                    texts=texts,
                    behaviour=behaviour,
                )
            folder.finish(run, runtime=fitted.runtime, report=report)
    except KeyboardInterrupt:
        raise Interrupted(
            "interrupted; nothing was saved, since no --out was given" if folder is None else folder.kept()
        ) from None
    finally:
        if folder is not None:
            folder.tracking.end(None)  # of a run that stopped; one that finished has ended already
    return run


def fit(
    dataset: Dataset,
    config: ClassificationConfig,
    *,
    prepared: Prepared | None = None,
    folder: RunFolder | None = None,
    watcher: Watcher | None = None,
) -> Fitted:
    """Train, choose the epoch by validation, and evaluate on the validation and test splits.

    `prepared` is what `prepare` made of this dataset, `config.text` and `config.transfer`, for whoever trains
    on it repeatedly.
    """
    config = settled(config)
    watcher = watcher or SilentWatcher()
    prepared = prepared or prepare(dataset, config.text, config.transfer)
    dataset, pipeline, source = prepared.dataset, prepared.pipeline, prepared.source
    vectors = None
    if config.text.vectors is not None:
        vectors = read(Path(config.text.vectors), pipeline.vocabulary, config.network.embedding_size)
    watcher.data(dataset, prepared.report, vectors)
    labelled = prepared.labelled
    _refuse_endless(labelled["train"].tokens, config)
    counts = None
    if config.network.ratios.use:
        counts = Counts.of(
            labelled["train"].tokens,
            labelled["train"].targets,
            vocabulary_size=len(pipeline.vocabulary),
            classes=len(dataset.classes),
            config=config.network.ratios,
        )
    # The caller's generators are left as they were.
    with torch.random.fork_rng():
        torch.manual_seed(config.training.seed)
        module = build(
            config.network,
            vocabulary_size=len(pipeline.vocabulary),
            classes=len(dataset.classes),
            vectors=vectors,
            ratios=None if counts is None else counts.ratios(),
            weights=pretrained.read(config.network),
            pad=pipeline.vocabulary.pad,
            unknown=pipeline.vocabulary.unknown,
        )
        if source is not None:
            transfer(module, source)
        module.counts = counts
        objective = Supervised(class_weights(config.training, labelled["train"].targets, dataset.classes))
        history, runtime = _train(module, objective, labelled, config, folder=folder, watcher=watcher)
    module.counts = None
    familiar = labelled.get("validation", labelled["train"]).tokens
    model = Model(
        pipeline=pipeline,
        classes=dataset.classes,
        config=config,
        arrays=to_arrays(module),
        ratios=module.ratios,
        familiarity=Familiarity.of(familiar, pipeline.vocabulary.unknown),
        data=dict(dataset.provenance),
    )
    engine = NetworkEngine(module)
    with applied(runtime):
        scored = {
            split: scoring.predict_encoded(Predictor(model, engine), examples, *prepared.encoded[split])
            for split in ("validation", "test")
            if (examples := dataset.split(split))
        }
    model = _calibrated(model, scored.get("validation"))
    predictor = Predictor(model, engine)
    scored = {
        split: replace(found, probabilities=predictor.of_logits(found.logits))
        for split, found in scored.items()
    }
    evaluations: dict[str, Evaluation] = {
        split: scoring.score(found, dataset.split(split), model, config.evaluation)
        for split, found in scored.items()
    }
    metrics: dict[str, Any] = {split: evaluation.to_json() for split, evaluation in evaluations.items()}
    model = replace(model, metrics=metrics)
    return Fitted(model, Predictor(model, engine), history, runtime, scored, evaluations)


def _calibrated(model: Model, validation: scoring.Scored | None) -> Model:
    """Fit the temperature on the validation texts, and let the model keep what thresholds are chosen by."""
    if validation is None:
        return model
    held_out = HeldOut.sampled(validation.labels, validation.logits, seed=model.config.training.seed)
    return replace(model, temperature=Scaling.fitted(held_out).temperature, held_out=held_out)


def _train(
    module: Classifier,
    objective: Objective[Classifier, Batch],
    labelled: dict[str, Labelled],
    config: ClassificationConfig,
    *,
    folder: RunFolder | None,
    watcher: Watcher,
) -> tuple[History, Runtime]:
    train = labelled["train"]
    batches = Batches(train.tokens, train.targets, config.training.batch_size, config.training.seed)
    saving, checkpoint = None, None
    if folder is not None:
        saving = Saving(folder.checkpoint, _fingerprint(config, labelled))
        checkpoint = Checkpoint.load(saving.path, saving.fingerprint) if folder.resumes else None
    if checkpoint is not None:
        runtime = checkpoint.runtime
    else:
        runtime = resolve(config.training, _rehearsal(module, objective, batches))
        if isinstance(watcher, Expecting):
            watcher.expecting(
                lambda: expected_seconds(
                    module,
                    objective,
                    config.training,
                    runtime,
                    batches=batches,
                    validation=labelled.get("validation"),
                )
            )
        torch.manual_seed(config.training.seed)
    if folder is not None:
        folder.begin()
    trainer = Trainer(
        module,
        objective,
        config.training,
        runtime,
        observer=watcher if folder is None else folder.recording(watcher),
        saving=saving,
        unfreezing=_unfreezing(module, config, watcher),
    )
    if checkpoint is not None:
        trainer.restore(checkpoint)
    return trainer.fit(batches, labelled.get("validation")), runtime


def _unfreezing(module: Classifier, config: ClassificationConfig, watcher: Watcher) -> Unfreezing | None:
    """Return when which layers are trained, and warn of those that never are."""
    if config.transfer.source is None:
        return None
    unfreezing = Unfreezing.of(module, config.transfer)
    if untouched := unfreezing.untouched(config.training.epochs):
        watcher.warning(
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
