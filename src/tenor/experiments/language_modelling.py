"""A language model: texts and configuration in, a trained model with figures on held-out text out.

The run folder holds config.yaml, history.csv, curves.png, metrics.json, report.json, report.html, model/ and
the checkpoint, as that of a classifier does (`experiments.run`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from tenor.baselines.ngrams import NgramModel
from tenor.config.language_model import LanguageModelConfig, reads_both_ways, refuse_other_ways
from tenor.data.example import Dataset
from tenor.data.texts import load_texts
from tenor.errors import ConfigError, DataError
from tenor.evaluation.language import LanguageFigures, language_figures
from tenor.experiments import training_run
from tenor.experiments.language_report import report_values
from tenor.experiments.language_texts import Texts
from tenor.experiments.named_files import files_of
from tenor.experiments.run import CURVES, METRICS, MODEL, PAGE, REPORT, RunFolder
from tenor.experiments.run_files import page_of_run
from tenor.experiments.training_run import Keeping, recorded, run_folder
from tenor.experiments.watching import SilentWarned, Warned
from tenor.nn.build import build_language_model, language_arrays
from tenor.nn.chunks import Chunks
from tenor.nn.language_model import LanguageModel, TwoWayLanguageModel
from tenor.nn.scoring import token_losses
from tenor.pretrained_model import PretrainedModel, unit_of
from tenor.report import plots
from tenor.report.language_tables import with_perplexity
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.text.vectors import read
from tenor.training.both_ways import ChunkPairs, HeldOutBothWays, NextTokenBothWays
from tenor.training.loop import History
from tenor.training.next_token import HeldOutTexts, NextToken
from tenor.training.objectives.objective import Objective
from tenor.training.reading import Validation
from tenor.training.rehearsal import rehearsal
from tenor.training.runtime import Runtime, Step, applied

KIND = "language-model"
# Length of the longest n-grams that are counted beside the network, by what a token is.
_ORDERS = {"word": 3, "piece": 3, "character": 6}


@dataclass(frozen=True)
class _Reading:
    """How texts are read in training."""

    chunks: type[Chunks]
    objective: Callable[[], Objective[Any, Any]]  # what is minimised, for chunks of that type
    choosing: Callable[[Tokens, int], Validation]  # what chooses the epoch, of held-out texts and a boundary


_ONE_WAY = _Reading(Chunks, NextToken, HeldOutTexts)
_BOTH_WAYS = _Reading(ChunkPairs, NextTokenBothWays, HeldOutBothWays)


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
    with run_folder(out, config, resume=resume, force=force) as folder:
        return _pretrain(config, folder, watcher)


def _check(config: LanguageModelConfig) -> None:
    refuse_other_ways(config.network)
    if reads_both_ways(config.network) and config.data.stream:
        raise ConfigError(
            "a running text is read on alone, since its rows have no end to read back from; leave out "
            "--stream, or choose network.bidirectional=false"
        )
    if config.training.monitor != "loss" or config.training.class_weights != "off":
        raise ConfigError(
            "a language model has no classes, and its epoch is chosen by the loss; leave out "
            "training.monitor and training.class_weights"
        )


def _pretrain(config: LanguageModelConfig, folder: RunFolder | None, watcher: Watcher) -> LanguageRun:
    texts = Texts.prepare(load_texts(config.data), config)
    if texts.counts["train"] < 2:
        raise DataError("the training text is a single token, and there is nothing to learn; give more text")
    watcher.data(texts.dataset, texts.pipeline, texts.counts)
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
        back = _back(module, texts, runtime.torch_device)
    metrics = {
        split: {
            **found.to_json(),
            "baselines": {name: other.to_json() for name, other in baselines[split].items()},
            **({"back": back[split]} if back else {}),
        }
        for split, found in figures.items()
    }
    model = PretrainedModel(
        kind=KIND,
        pipeline=texts.pipeline,
        config=config.network,
        arrays=language_arrays(module, config.network),
        data=dict(texts.dataset.provenance),
        metrics=metrics,
        output=config.output,
    )
    run = LanguageRun(folder.path if folder else None, config, model, history, figures, baselines)
    if folder is not None:
        with applied(runtime):
            report = report_values(texts, model, config)
        _finish(folder, run, metrics, runtime, report)
    return run


def _train(
    module: LanguageModel,
    texts: Texts,
    config: LanguageModelConfig,
    folder: RunFolder | None,
    watcher: Watcher,
) -> tuple[History, Runtime]:
    training = config.training
    reading = _BOTH_WAYS if reads_both_ways(config.network) else _ONE_WAY
    chunks = reading.chunks(
        texts.tokens["train"], texts.boundary, training.batch_size, config.chunk, training.seed
    )
    held_out = texts.tokens.get("validation")

    def check() -> Step:
        first = chunks.batch(chunks.order(0)[0])
        return rehearsal(module, lambda network: reading.objective()(network, first).loss)

    return training_run.train(
        module,
        reading.objective(),
        training,
        chunks,
        None if held_out is None else reading.choosing(held_out, texts.boundary),
        keeping=Keeping.of(folder),
        observer=recorded(folder, watcher),
        fingerprint=lambda: _fingerprint(config, texts),
        check=check,
    )


def evaluate(
    module: LanguageModel, texts: Texts, config: LanguageModelConfig, device: torch.device
) -> tuple[dict[str, LanguageFigures], dict[str, dict[str, LanguageFigures]]]:
    """Return the figures of the network, and those of n-gram models, on the splits that were held out."""
    size, train = len(texts.pipeline.vocabulary), texts.tokens["train"]
    order = _ORDERS[unit_of(texts.pipeline)]
    counted = (
        {"unigram": NgramModel(train, size, 1), f"{order}-gram": NgramModel(train, size, order)}
        if texts.held_out
        else {}
    )
    figures: dict[str, LanguageFigures] = {}
    baselines: dict[str, dict[str, LanguageFigures]] = {}
    for split in texts.held_out:
        tokens, sums = texts.tokens[split], texts.sums(split)
        others = {name: texts.by_text(model.losses(tokens), split) for name, model in counted.items()}
        own = texts.by_text(token_losses(module, tokens, boundary=texts.boundary, device=device), split)
        how = {"resamples": config.evaluation.resamples, "seed": config.evaluation.seed}
        figures[split] = language_figures(own, sums, others=others, **how)
        baselines[split] = {
            name: language_figures(losses, sums, others={}, **how) for name, losses in others.items()
        }
    return figures, baselines


def _back(module: LanguageModel, texts: Texts, device: torch.device) -> dict[str, dict[str, float]]:
    """Return the perplexity of what reads back, by split; nothing where nothing does."""
    if not isinstance(module, TwoWayLanguageModel):
        return {}
    found = {}
    for split in texts.held_out:
        losses = token_losses(
            module.back, texts.tokens[split].turned(), boundary=texts.boundary, device=device
        )
        found[split] = {"perplexity": float(np.exp(losses.mean(dtype="float64")))}
    return found


def _finish(
    folder: RunFolder,
    run: LanguageRun,
    metrics: Mapping[str, Any],
    runtime: Runtime,
    report: Mapping[str, Any],
) -> None:
    """Write model, figures, pictures and page."""
    run.model.save(folder.path / MODEL)
    folder.write_history(run.history.rows)
    rows = with_perplexity(run.history.rows)
    plots.curves(rows, folder.path / CURVES, run.history.best_epoch, ("loss", "perplexity"))
    folder.write(METRICS, json.dumps({**metrics, **folder.cost(run.history, runtime)}, indent=1))
    folder.write(REPORT, json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
    folder.write(PAGE, page_of_run(folder.path))
    ends = {f"{split}/perplexity": found.perplexity.value for split, found in run.figures.items()}
    folder.tracking.end({**ends, "best_epoch": float(run.history.best_epoch)})


def _fingerprint(config: LanguageModelConfig, texts: Texts) -> str:
    read = [texts.tokens[split] for split in ("train", "validation") if split in texts.tokens]
    arrays = [array for tokens in read for array in (tokens.ids, tokens.offsets)]
    return training_run.fingerprint(config, arrays, files_of(config.text, config.network))
