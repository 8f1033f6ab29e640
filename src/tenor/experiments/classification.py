"""A classification experiment: data and configuration in, a trained and evaluated model out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tenor.baselines.parting import fit_ngrams
from tenor.config.classification import ClassificationConfig
from tenor.data import load as data_load
from tenor.data.example import Dataset
from tenor.evaluation.behaviour.checking import EXAMPLES, check_builtin
from tenor.evaluation.evaluation import Evaluation
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.mixture import Mixture
from tenor.evaluation.temperature import Scaling
from tenor.experiments import scoring
from tenor.experiments.beside_teacher import BesideTeacher
from tenor.experiments.member import Given, vectors_of
from tenor.experiments.members import fit_members, parts_of
from tenor.experiments.preparing import Prepared, prepare, sections_of
from tenor.experiments.reporting import report_values
from tenor.experiments.run import MODEL, Run, RunFolder
from tenor.experiments.settling import settled
from tenor.experiments.teaching import ANSWERS
from tenor.experiments.training_run import run_folder
from tenor.experiments.watching import SilentWatcher, Watcher
from tenor.inference.ensemble import NgramEngine, mean, of_networks
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import Predictor
from tenor.model import Model, joined
from tenor.nn.build import to_arrays
from tenor.text.familiarity import Familiarity
from tenor.text.ngram_part import NgramPart
from tenor.training.loop import History, Labelled
from tenor.training.runtime import Runtime, applied


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
    beside: Callable[[Fitted], Mapping[str, Any]] | None = None,
) -> Run:
    """Train, evaluate and save a classifier.

    `out` is the run folder: `resume` goes on with the run it holds, `force` replaces it. `dataset` is used
    instead of `config.data` where it is given. `beside` says, once it is fitted, what report.json holds
    besides the usual. An interrupted run keeps its last checkpoint.
    """
    config = settled(config)
    with run_folder(out, config, resume=resume, force=force) as folder:
        dataset = dataset or data_load.load(config.data)
        prepared = prepare(dataset, *sections_of(config))
        dataset = prepared.dataset
        fitted = fit(dataset, config, prepared=prepared, folder=folder, watcher=watcher)
        added = {} if beside is None else beside(fitted)
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
            folder.finish(run, runtime=fitted.runtime, report={**report, **added})
            if prepared.teaching is not None:
                found = BesideTeacher.of(
                    folder.path / MODEL, prepared.teaching.teacher, dataset, config.evaluation
                )
                run = replace(run, beside_teacher=found)
                folder.finish_beside(found)
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

    `prepared` is what `prepare` made of this dataset and the sections it reads (`sections_of`), for whoever
    trains on it repeatedly.
    """
    config = settled(config)
    watcher = watcher or SilentWatcher()
    prepared = prepared or prepare(dataset, *sections_of(config))
    dataset, pipeline = prepared.dataset, prepared.pipeline
    vectors = vectors_of(prepared, config)
    watcher.data(dataset, prepared.report, vectors)
    kept = None if folder is None or folder.replaces else folder.path / ANSWERS
    given = Given.of(prepared, config, vectors, kept)
    labelled = prepared.labelled
    ngrams = _ngrams(given, config, watcher)
    trained = fit_members(given, config, folder=folder, watcher=watcher)
    networks = [NetworkEngine(member.module) for member in trained.members]
    history, runtime = trained.history, trained.runtime
    familiar = labelled.get("validation", labelled["train"]).tokens
    model = Model(
        pipeline=pipeline,
        classes=dataset.classes,
        config=config,
        arrays=joined([to_arrays(member.module) for member in trained.members]),
        ratios=given.ratios,
        familiarity=Familiarity.of(familiar, pipeline.vocabulary.unknown),
        data=given.provenance,
        ngrams=ngrams,
    )
    with applied(runtime):
        model = _mixed(model, networks, labelled.get("validation"))
        engine = of_networks(model, networks)
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


def _ngrams(given: Given, config: ClassificationConfig, watcher: Watcher) -> NgramPart | None:
    """Fit the n-gram part, where there is to be one: before the networks, since what it lacks shows soon."""
    if not config.ensemble.ngrams.use:
        return None
    watcher.part("n-grams", number=1, parts=parts_of(config))
    prepared = given.prepared
    return fit_ngrams(
        given.train,
        prepared.labelled.get("validation"),
        vocabulary_size=len(prepared.pipeline.vocabulary),
        classes=prepared.dataset.classes,
        config=config.ensemble.ngrams,
    )


def _mixed(model: Model, networks: Sequence[NetworkEngine], validation: Labelled | None) -> Model:
    """Choose the weights of networks and n-grams by the validation texts."""
    if model.ngrams is None:
        return model
    default = model.config.ensemble.ngrams.weight
    if validation is None:
        none = np.empty((0, len(model.classes)))
        return replace(model, mixture=Mixture.fitted(np.empty(0, np.int64), none, none, default=default))
    tokens = validation.tokens
    found = mean([network.logits(tokens) for network in networks]), NgramEngine(model.ngrams).logits(tokens)
    return replace(model, mixture=Mixture.fitted(validation.targets, *found, default=default))
