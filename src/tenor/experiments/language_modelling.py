"""A language model: texts and configuration in, a trained model with figures on held-out text out.

The run folder holds config.yaml, history.csv, curves.png, metrics.json, model/ and the checkpoint, as that of
a classifier does (`experiments.run`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from tenor.baselines.ngrams import NgramModel
from tenor.config.language_model import LanguageModelConfig, refuse_other_ways
from tenor.data.example import Dataset
from tenor.data.texts import load_texts
from tenor.errors import ConfigError, DataError, Interrupted
from tenor.evaluation.language import LanguageFigures, Sums, language_figures
from tenor.experiments.run import CURVES, METRICS, MODEL, RunFolder, decisive
from tenor.experiments.watching import SilentWarned, Warned
from tenor.nn.build import build_language_model, to_arrays
from tenor.nn.chunks import Chunks, framed, running
from tenor.nn.language_model import LanguageModel
from tenor.nn.scoring import token_losses
from tenor.pretrained_model import PretrainedModel, unit_of
from tenor.report import plots
from tenor.text.bpe import BEGINS_WORD
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.text.vectors import read
from tenor.training.checkpoint import Checkpoint
from tenor.training.loop import History, Saving, Trainer
from tenor.training.next_token import HeldOutTexts, NextToken
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, applied, resolve

KIND = "language-model"
# Rows that a held-out running text is read in at once, and the parts by which its figures get intervals.
_ROWS, _PARTS, _LONGEST_PART = 16, 50, 1000
# Length of the longest n-grams that are counted beside the network, by what a token is.
_ORDERS = {"word": 3, "piece": 3, "character": 6}
_SPLITS = ("train", "validation", "test")

Floats = npt.NDArray[np.float64]


class Watcher(Warned, Protocol):
    """An observer of training that is also shown the texts before it starts."""

    def data(self, dataset: Dataset, pipeline: TextPipeline, tokens: Mapping[str, int]) -> None:
        """The texts are read, the vocabulary made; so many tokens are in each split."""
        ...


class SilentWatcher(SilentWarned):
    """Watches nothing."""

    def data(self, dataset: Dataset, pipeline: TextPipeline, tokens: Mapping[str, int]) -> None:
        """Ignore."""


@dataclass(frozen=True)
class Texts:
    """A dataset as a pipeline reads it."""

    dataset: Dataset
    pipeline: TextPipeline
    tokens: Mapping[str, Tokens]  # of each split, between boundaries
    stream: bool

    @classmethod
    def prepare(cls, dataset: Dataset, config: LanguageModelConfig) -> "Texts":
        """Make the text pipeline from the training texts, and read all splits with it."""
        texts = {name: [example.text for example in dataset.split(name)] for name in _SPLITS}
        pipeline = TextPipeline.build(texts["train"], config.text)
        boundary, stream = pipeline.vocabulary.pad, config.data.stream
        tokens = {}
        for name, some in texts.items():
            if some:
                ids = pipeline.encode(some)
                rows = config.training.batch_size if name == "train" else _ROWS
                tokens[name] = (
                    running(ids, boundary, rows=rows, least=config.chunk) if stream else framed(ids, boundary)
                )
        return cls(dataset, pipeline, tokens, stream)

    @property
    def boundary(self) -> int:
        """The id that stands before and after a text."""
        return self.pipeline.vocabulary.pad

    def sums(self, split: str) -> Sums:
        """Return what is known of the texts of a split."""
        vocabulary, unit = self.pipeline.vocabulary, unit_of(self.pipeline)
        begins = np.array([unit != "piece" or token.startswith(BEGINS_WORD) for token in vocabulary.tokens])
        begins[self.boundary] = True
        targets = self._targets(split)
        return Sums(
            tokens=self._by_text(np.ones(len(targets)), split),
            words=np.maximum(self._by_text(begins[targets].astype(np.float64), split), 1),
            unknown=int(np.count_nonzero(targets == vocabulary.unknown)),
            unit=unit,
        )

    def by_text(self, losses: npt.NDArray[Any], split: str) -> Floats:
        """Return the sum of each text of a split, or of each part of a running text."""
        return self._by_text(losses.astype(np.float64), split)

    def _by_text(self, values: Floats, split: str) -> Floats:
        tokens = self.tokens[split]
        starts = tokens.offsets[:-1] - np.arange(len(tokens))
        if self.stream:
            part = max(1, min(_LONGEST_PART, len(values) // _PARTS))
            starts = np.arange(0, len(values), part)
        return np.add.reduceat(values, starts)

    def _targets(self, split: str) -> npt.NDArray[np.int32]:
        tokens = self.tokens[split]
        return np.delete(tokens.ids, tokens.offsets[:-1])


@dataclass(frozen=True)
class LanguageRun:
    """A trained language model with how it came about; `path` is its folder, or None."""

    path: Path | None
    config: LanguageModelConfig
    model: PretrainedModel
    history: History
    figures: Mapping[str, LanguageFigures]  # of the validation and test split, where there are any
    baselines: Mapping[str, Mapping[str, LanguageFigures]]  # of the same splits, by name


def pretrain(
    config: LanguageModelConfig,
    *,
    out: Path | None = None,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> LanguageRun:
    """Train, evaluate and save a language model.

    `out` is the run folder: `resume` goes on with the run it holds, `force` replaces it. An interrupted run
    keeps its last checkpoint.

    Raises:
        ConfigError: an encoder that does not read left to right alone, or settings of a classifier.
        DataError: texts that cannot be read, or too few.
    """
    _check(config)
    watcher = watcher or SilentWatcher()
    folder = None if out is None else RunFolder.open(out, config, resume=resume, force=force)
    if folder is None and config.training.track:
        raise ConfigError("training.track needs a run folder to write to; give one, or set training.track=[]")
    try:
        return _pretrain(config, folder, watcher)
    except KeyboardInterrupt:
        raise Interrupted(
            "interrupted; nothing was saved, since no --out was given" if folder is None else folder.kept()
        ) from None
    finally:
        if folder is not None:
            folder.tracking.end(None)  # of a run that stopped; one that finished has ended already


def _check(config: LanguageModelConfig) -> None:
    refuse_other_ways(config.network)
    if config.training.monitor != "loss" or config.training.class_weights != "off":
        raise ConfigError(
            "a language model has no classes, and its epoch is chosen by the loss; leave out "
            "training.monitor and training.class_weights"
        )


def _pretrain(config: LanguageModelConfig, folder: RunFolder | None, watcher: Watcher) -> LanguageRun:
    texts = Texts.prepare(load_texts(config.data), config)
    counts = {name: int(tokens.offsets[-1]) - len(tokens) for name, tokens in texts.tokens.items()}
    if counts["train"] < 2:
        raise DataError("the training text is a single token, and there is nothing to learn; give more text")
    watcher.data(texts.dataset, texts.pipeline, counts)
    vectors = None
    if config.text.vectors is not None:
        size = config.network.embedding_size
        vectors = read(Path(config.text.vectors), texts.pipeline.vocabulary, size)
    with torch.random.fork_rng():  # the caller's generators are left as they were
        torch.manual_seed(config.training.seed)
        module = build_language_model(
            config.network,
            config.output,
            vocabulary_size=len(texts.pipeline.vocabulary),
            vectors=vectors,
            unknown=texts.pipeline.vocabulary.unknown,
        )
        history, runtime = _train(module, texts, config, folder, watcher)
    with applied(runtime):
        figures, baselines = evaluate(module, texts, config, runtime.torch_device)
    metrics = {
        split: {
            **found.to_json(),
            "baselines": {name: other.to_json() for name, other in baselines[split].items()},
        }
        for split, found in figures.items()
    }
    model = PretrainedModel(
        kind=KIND,
        pipeline=texts.pipeline,
        config=config.network,
        arrays=to_arrays(module),
        data=dict(texts.dataset.provenance),
        metrics=metrics,
        output=config.output,
    )
    run = LanguageRun(folder.path if folder else None, config, model, history, figures, baselines)
    if folder is not None:
        _finish(folder, run, metrics, runtime)
    return run


def _train(
    module: LanguageModel,
    texts: Texts,
    config: LanguageModelConfig,
    folder: RunFolder | None,
    watcher: Watcher,
) -> tuple[History, Runtime]:
    training = config.training
    chunks = Chunks(texts.tokens["train"], texts.boundary, training.batch_size, config.chunk, training.seed)
    saving, checkpoint = None, None
    if folder is not None:
        saving = Saving(folder.checkpoint, _fingerprint(config, texts))
        checkpoint = Checkpoint.load(saving.path, saving.fingerprint) if folder.resumes else None
    if checkpoint is not None:
        runtime = checkpoint.runtime
    else:
        first = chunks.batch(chunks.order(0)[0])
        runtime = resolve(training, rehearsal(module, lambda network: NextToken()(network, first).loss))
        torch.manual_seed(training.seed)
    if folder is not None:
        folder.begin()
    observer = watcher if folder is None else folder.recording(watcher)
    trainer = Trainer(module, NextToken(), training, runtime, observer=observer, saving=saving)
    if checkpoint is not None:
        trainer.restore(checkpoint)
    held_out = texts.tokens.get("validation")
    validation = None if held_out is None else HeldOutTexts(held_out, texts.boundary)
    return trainer.fit(chunks, validation), runtime


def evaluate(
    module: LanguageModel, texts: Texts, config: LanguageModelConfig, device: torch.device
) -> tuple[dict[str, LanguageFigures], dict[str, dict[str, LanguageFigures]]]:
    """Return the figures of the network, and those of n-gram models, on the splits that were held out."""
    size, train = len(texts.pipeline.vocabulary), texts.tokens["train"]
    order = _ORDERS[unit_of(texts.pipeline)]
    held_out = [split for split in ("validation", "test") if split in texts.tokens]
    counted = (
        {"unigram": NgramModel(train, size, 1), f"{order}-gram": NgramModel(train, size, order)}
        if held_out
        else {}
    )
    figures: dict[str, LanguageFigures] = {}
    baselines: dict[str, dict[str, LanguageFigures]] = {}
    for split in held_out:
        tokens, sums = texts.tokens[split], texts.sums(split)
        others = {name: texts.by_text(model.losses(tokens), split) for name, model in counted.items()}
        own = texts.by_text(token_losses(module, tokens, boundary=texts.boundary, device=device), split)
        how = {"resamples": config.evaluation.resamples, "seed": config.evaluation.seed}
        figures[split] = language_figures(own, sums, others=others, **how)
        baselines[split] = {
            name: language_figures(losses, sums, others={}, **how) for name, losses in others.items()
        }
    return figures, baselines


def _finish(folder: RunFolder, run: LanguageRun, metrics: Mapping[str, Any], runtime: Runtime) -> None:
    run.model.save(folder.path / MODEL)
    folder.write_history(run.history.rows)
    rows = [
        {**row, **{f"{split}_perplexity": float(np.exp(row[f"{split}_loss"]))
                   for split in ("train", "validation") if f"{split}_loss" in row}}
        for row in run.history.rows
    ]  # fmt: skip
    figures = ("loss", "perplexity")
    plots.curves(rows, folder.path / CURVES, run.history.best_epoch, figures)
    folder.write(METRICS, json.dumps({**metrics, **folder.cost(run.history, runtime)}, indent=1))
    ends = {f"{split}/perplexity": found.perplexity.value for split, found in run.figures.items()}
    folder.tracking.end({**ends, "best_epoch": float(run.history.best_epoch)})


def _fingerprint(config: LanguageModelConfig, texts: Texts) -> str:
    """SHA-256 of configuration and ids: what a checkpoint must agree with to be resumed."""
    digest = hashlib.sha256(json.dumps(decisive(config), sort_keys=True).encode())
    for split in ("train", "validation"):
        if split in texts.tokens:
            for array in (texts.tokens[split].ids, texts.tokens[split].offsets):
                digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
