"""The memory probe: each model trained on each probe task, then asked at one distance after the other."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from tenor.batching import Batches
from tenor.compare.gradients import gradient_norms
from tenor.compare.probe_folder import ProbeFolder, fingerprint
from tenor.config.names import apply_name
from tenor.config.network import NetworkConfig
from tenor.config.probe import ProbeConfig, cell_values, probe_values
from tenor.config.training import TrainingConfig
from tenor.data.suggestion import suggestion
from tenor.errors import ConfigError, Interrupted, TenorError
from tenor.evaluation import probes
from tenor.evaluation.probe_result import Cell, Failure, Gradient, ProbeResult
from tenor.evaluation.probes import TASKS, ProbeTexts, Task
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.nn.forward import forward
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import Vocabulary
from tenor.training.checkpoint import Progress
from tenor.training.loop import Labelled, Silent, Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime, applied, resolve

# Pooling of a model whose name has none. Those not named here answer from their last state, which has to
# carry everything; for the transformer that is its class token.
POOLINGS = {"cnn": "max", "bag": "mean"}
# Of the transformer: few heads, since attention over 500 tokens is most of its time, a share for each head.
_HEADS = 2
_FEEDFORWARD = 4  # units within a block for each outside it, as in Vaswani et al. 2017
# Places before the last token at which gradients are taken, evenly spread over powers of ten.
_GRADIENT_POINTS = 24


class Watcher(Protocol):
    """Whoever watches a probe: a progress bar, nobody."""

    def start(self, *, cells: int, finished: int) -> None:
        """The probe starts; so many of its cells are there already."""
        ...

    def cell(self, task: str, model: str, seed: int) -> None:
        """A cell is begun."""
        ...

    def share(self, done: float) -> None:
        """Such a share of the cell's training is done."""
        ...

    def done(self, cell: Cell | Failure) -> None:
        """The cell is finished, or has failed."""
        ...


class Unwatched:
    """Watches nothing."""

    def start(self, *, cells: int, finished: int) -> None:
        """Ignore."""

    def cell(self, task: str, model: str, seed: int) -> None:
        """Ignore."""

    def share(self, done: float) -> None:
        """Ignore."""

    def done(self, cell: Cell | Failure) -> None:
        """Ignore."""


@dataclass(frozen=True)
class _Plan:
    """A cell that is to be run."""

    task: Task
    model: str
    network: NetworkConfig
    seed: int
    fingerprint: str


@dataclass(frozen=True)
class _Data:
    """The texts of a task and seed as ids."""

    vocabulary: int
    train: Batches
    test: Mapping[int, Labelled]  # by distance
    gradient: Tokens


def run(
    config: ProbeConfig, out: Path, *, force: bool = False, watcher: Watcher | None = None
) -> ProbeResult:
    """Run the cells that are not in the folder `out` yet, and write tables and pictures there.

    A cell that fails is recorded with its reason, the others go on, and the next run tries it again. Raises
    `ConfigError` for an unknown task or model and `OutputError` for a folder that holds something else,
    before anything is written; `Interrupted` says what was kept.
    """
    watcher = watcher or Unwatched()
    config = replace(
        config, tasks=tuple(dict.fromkeys(config.tasks)), models=tuple(dict.fromkeys(config.models))
    )
    plans = _plans(config)
    folder = ProbeFolder.open(out, config, force=force)
    found: dict[_Plan, Cell | Failure] = {}
    for plan in plans:
        stored = folder.load(plan.task.name, plan.model, plan.seed, plan.fingerprint)
        if stored is not None:
            found[plan] = stored
    watcher.start(cells=len(plans), finished=len(found))
    try:
        data: tuple[object, _Data] | None = None
        for plan in plans:
            if plan in found:
                continue
            if data is None or data[0] != (plan.task.name, plan.seed):
                data = (plan.task.name, plan.seed), _data(plan.task, config, plan.seed)
            watcher.cell(plan.task.name, plan.model, plan.seed)
            found[plan] = _attempt(plan, data[1], config, watcher)
            folder.save(found[plan], plan.fingerprint)
            watcher.done(found[plan])
        in_order = [found[plan] for plan in plans]
        result = ProbeResult(
            probe_values(config),
            tuple(cell for cell in in_order if isinstance(cell, Cell)),
            tuple(cell for cell in in_order if isinstance(cell, Failure)),
        )
        folder.finish(result)
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted; {len(found)} of {len(plans)} cells are kept in {out}, "
            "and the same command goes on from there"
        ) from None
    return result


def network_of(name: str, config: ProbeConfig) -> NetworkConfig:
    """Return the network of a model name on equal terms: sizes of `config`, no dropout."""
    plain = NetworkConfig(
        bidirectional=False,
        pooling="last",
        embedding_size=config.embedding_size,
        embedding_scale=1.0,  # a handful of words, which need not be found apart first
        embedding_dropout=0.0,
        word_dropout=0.0,
        output_dropout=0.0,
    )
    network = apply_name(plain, name)
    if "-" not in name and network.encoder in POOLINGS:
        network = apply_name(plain, f"{name}-{POOLINGS[network.encoder]}")
    return _sized(network, config.hidden_size)


def _sized(network: NetworkConfig, size: int) -> NetworkConfig:
    """Give every kind of encoder `size` units, or the nearest it can have."""
    cnn = network.cnn
    return replace(
        network,
        recurrent=replace(network.recurrent, hidden_size=size),
        mingru=replace(network.mingru, hidden_size=size),
        cnn=replace(cnn, filters=math.ceil(size / len(cnn.widths))),
        transformer=replace(
            network.transformer,
            hidden_size=size,
            heads=math.gcd(_HEADS, size),
            feedforward=_FEEDFORWARD * size,
            dropout=0.0,
        ),
    )


def _plans(config: ProbeConfig) -> list[_Plan]:
    """Return every cell, those of a task and seed together, after refusing what there is not."""
    for name in config.tasks:
        if name not in TASKS:
            raise ConfigError(
                f"unknown probe task {name!r}; there are {', '.join(TASKS)}{suggestion(name, TASKS)}"
            )
    networks = {model: network_of(model, config) for model in config.models}
    for network in networks.values():
        with torch.random.fork_rng():
            build(network, vocabulary_size=len(probes.WORDS), classes=2)  # refuses what cannot be built
    every = {"version": probes.VERSION, **cell_values(config)}
    prints = {model: fingerprint(every, asdict(network)) for model, network in networks.items()}
    return [
        _Plan(TASKS[task], model, networks[model], seed, prints[model])
        for seed in range(config.seeds)
        for task in config.tasks
        for model in config.models
    ]


def _data(task: Task, config: ProbeConfig, seed: int) -> _Data:
    """Write the texts of a task, and read them with the vocabulary of the training texts."""
    low, high = min(config.distances), max(config.distances)
    train = probes.training_set(task, config.texts, shortest=low, longest=high, seed=seed)
    vocabulary = Vocabulary.build(train.texts, max_size=None, min_count=1)

    def encode(found: ProbeTexts) -> Labelled:
        return Labelled(Tokens.of([vocabulary.ids(words) for words in found.texts]), found.labels)

    def test(count: int, distance: int) -> Labelled:
        return encode(probes.test_set(task, count, distance=distance, seed=seed))

    trained = encode(train)
    return _Data(
        len(vocabulary),
        Batches(trained.tokens, trained.targets, config.batch_size, seed),
        {distance: test(config.test_texts, distance) for distance in sorted(set(config.distances))},
        test(config.gradient_texts, high).tokens,
    )


def _attempt(plan: _Plan, data: _Data, config: ProbeConfig, watcher: Watcher) -> Cell | Failure:
    """Run a cell; whatever goes wrong in it is its own affair."""
    try:
        return _run(plan, data, config, watcher)
    except Exception as error:
        said = " ".join(str(error).split()) or "no reason given"
        reason = said if isinstance(error, TenorError) else f"{type(error).__name__}: {said}"
        return Failure(plan.task.name, plan.model, plan.seed, reason)


def _run(plan: _Plan, data: _Data, config: ProbeConfig, watcher: Watcher) -> Cell:
    training = _training(config, plan.seed)
    runtime = resolve(training, _never)
    longest = int(data.gradient.lengths.min()) - 1
    distances = tuple(np.unique(np.geomspace(1, longest, _GRADIENT_POINTS).round().astype(int)).tolist())
    with torch.random.fork_rng():  # the caller's generators are left as they were
        torch.manual_seed(plan.seed)
        module = build(plan.network, vocabulary_size=data.vocabulary, classes=2)
        before = gradient_norms(module, data.gradient, distances, threads=runtime.threads)
        progress = _Progress(watcher, config.epochs * len(data.train))
        trainer = Trainer(module, Supervised(), training, runtime, observer=progress)
        history = trainer.fit(data.train, None)
    with applied(runtime):
        hits = {distance: _hits(module, test, runtime) for distance, test in data.test.items()}
    after = gradient_norms(module, data.gradient, distances, threads=runtime.threads)
    return Cell(
        task=plan.task.name,
        model=plan.model,
        seed=plan.seed,
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        seconds=sum(row["seconds"] for row in history.rows),
        train_accuracy=history.rows[-1]["train_accuracy"],
        texts=config.test_texts,
        hits=hits,
        gradient=Gradient(distances, before, after),
    )


def _training(config: ProbeConfig, seed: int) -> TrainingConfig:
    return TrainingConfig(
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        patience=None,
        seed=seed,
        device=config.device,
        precision="float32",
        threads=config.threads,
    )


def _hits(module: Classifier, test: Labelled, runtime: Runtime) -> int:
    """Return how many texts are right; equal logits are an answer, the first class."""
    logits = forward(module, test.tokens, device=runtime.torch_device)
    return int((logits.argmax(-1) == test.targets).sum())


def _never(_: torch.dtype) -> list[torch.Tensor]:
    raise AssertionError("the precision is given")


class _Progress(Silent):
    """Tells the watcher which share of the steps of a cell is done."""

    def __init__(self, watcher: Watcher, steps: int) -> None:
        self._watcher = watcher
        self._steps = steps

    def step(self, progress: Progress) -> None:
        """Hand on the share."""
        self._watcher.share(progress.step / self._steps)
