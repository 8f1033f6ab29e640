"""Language models of words on IMDb: perplexity beside models that count, and what a softmax costs.

    python benchmarks/language_model.py                      all parts, more than two hours
    python benchmarks/language_model.py imdb --minutes 60    trained for so long; the rest takes 20 more
    python benchmarks/language_model.py both-ways            the same, reading back as well
    python benchmarks/language_model.py softmax              about a minute

imdb: trained on the reviews of the training half and those without a label, but for those that stand in the
test half as well, and for the films that `tenor train` holds back for validation: the classifiers of
pretraining.py and few_labels.py and the teachers of distillation.py start from this model. Words of the test
half are in no vocabulary. Validation, by which the epoch is chosen, holds whole films back. Every fifth
review of the test half is foretold, by unigrams, trigrams (interpolated Kneser-Ney) and the network, all with
the same vocabulary. Stopped, it goes on where it was.

both-ways: the same reviews, by an LSTM that reads on and one that reads back, with the same word vectors.

softmax: seconds of a step, forward and backward, from the encoder's outputs to the loss: over all words, in
clusters that share the word vectors, and torch's own adaptive softmax, whose vectors are not shared.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import record
import torch
from data_sets import DATA_SETS, IMDB
from measure import interleaved
from torch import Tensor, nn
from unlabelled import unlabelled

from tenor.config.language_model import LanguageModelConfig, OutputConfig
from tenor.config.load import Values, merge, parse_as, to_values
from tenor.data.example import Example
from tenor.experiments.language_modelling import pretrain
from tenor.files import atomic_file
from tenor.nn.softmax import softmax

PARTS = ("imdb", "both-ways", "softmax")
FOLDERS = {"imdb": "language-model", "both-ways": "language-model-both-ways"}
RESULTS = {"imdb": "language-model-imdb", "both-ways": "language-model-both-ways"}
_MINUTES = {"imdb": 40.0, "both-ways": 60.0}

# What the language model and the classifiers of pretraining.py share.
TEXT = {"tokenizer": "reviews", "max_size": 30_000}
NETWORK: Values = {
    "encoder": "lstm",
    "bidirectional": False,
    "embedding_size": 200,
    "recurrent": {"hidden_size": 256},
}
_QUICK_NETWORK: Values = {**NETWORK, "embedding_size": 8, "recurrent": {"hidden_size": 8}}

_STEP = 5  # one review of the test half in so many
_QUICK = 200  # and of all with --quick
_VALIDATION = 0.02  # share of the reviews whose films are held back

# Tokens of a step, length of a vector, words.
SIZES = (2_048, 256, 30_000)
_QUICK_SIZES = (64, 16, 300)


def settings(part: str, folder: Path, minutes: float, *, quick: bool) -> LanguageModelConfig:
    """Return what is trained; the time given ends it."""
    network = merge(_QUICK_NETWORK if quick else NETWORK, {"bidirectional": part == "both-ways"})
    changes: dict[str, Any] = {
        "data": {
            "sources": [str(folder)],
            "group_by": "film",
            "validation_fraction": 0.2 if quick else _VALIDATION,
        },
        "text": TEXT,
        "network": network,
        "training": {
            "epochs": 1 if quick else 20,
            "minutes": minutes,
            "patience": None,
            "checkpoint_minutes": 1.0,
            "precision": "bfloat16",  # faster for an LSTM
        },
    }
    return parse_as(LanguageModelConfig, merge(to_values(LanguageModelConfig()), changes))


def reviews(*, quick: bool) -> dict[str, list[Example]]:
    """Return the texts to train on, and the test reviews that are foretold."""
    dataset = DATA_SETS[IMDB].read()
    step = _QUICK if quick else 1
    return {"train": unlabelled(IMDB, dataset)[::step], "test": list(dataset.split("test"))[:: _STEP * step]}


def imdb(part: str, minutes: float, runs: Path, *, quick: bool) -> dict[str, Any]:
    """Train a model in `runs` and return the figures of all on the test reviews."""
    out, texts = runs / FOLDERS[part], runs / "language-model-texts"
    texts.mkdir(parents=True, exist_ok=True)
    for split, examples in reviews(quick=quick).items():
        lines = (json.dumps({"text": one.text, "film": one.group or one.id}) for one in examples)
        with atomic_file(texts / f"{split}.jsonl") as temporary:
            temporary.write_text("\n".join(lines), encoding="utf-8")
    stopped = (out / "config.yaml").is_file() and not (out / "model").is_dir()
    run = pretrain(settings(part, texts, minutes, quick=quick), out=out, force=not stopped, resume=stopped)
    found, back = run.figures["test"], (run.model.metrics or {})["test"].get("back")
    print(
        f"perplexity {found.perplexity.value:.1f}; tenor generate {out} --prompt 'I am going to the' --next 5"
    )
    return {
        "minutes": minutes,
        "epochs": len(run.history.rows),
        "training_seconds": sum(row["seconds"] for row in run.history.rows),
        "tokens_per_second": median(row["tokens_per_second"] for row in run.history.rows),
        "vocabulary": len(run.model.pipeline.vocabulary),
        "rows": (run.model.data or {})["rows"],
        "test": {
            **{name: other.to_json() for name, other in run.baselines["test"].items()},
            run.config.network.encoder: found.to_json(),
        },
        **({"back": back} if back else {}),
    }


def cost(readings: int, *, quick: bool) -> dict[str, Any]:
    """Return the seconds of a step by way of each softmax."""
    tokens, size, words = _QUICK_SIZES if quick else SIZES
    cutoffs = (words // 15, words // 3)
    torch.manual_seed(0)
    hidden, weight = torch.randn(tokens, size), nn.Parameter(torch.randn(words, size) * 0.1)
    # Words come as often as Zipf's law has it.
    shares = 1 / np.arange(1, words + 1)
    drawn = np.random.default_rng(0).choice(words, tokens, p=shares / shares.sum())
    targets = torch.from_numpy(drawn)
    own = {
        name: softmax(OutputConfig(softmax=name, cutoffs=cutoffs), words, size)
        for name in ("full", "adaptive")
    }
    library = nn.AdaptiveLogSoftmaxWithLoss(size, words, list(cutoffs), div_value=4.0)
    losses: dict[str, Callable[[Tensor], Tensor]] = {
        "full": lambda x: own["full"].losses(x, weight, targets).mean(),
        "adaptive": lambda x: own["adaptive"].losses(x, weight, targets).mean(),
        "torch-adaptive": lambda x: library(x, targets).loss,
    }

    def step(name: str, _: int) -> dict[str, float]:
        x = hidden.clone().requires_grad_()
        weight.grad = None
        library.zero_grad()
        start = time.perf_counter()
        losses[name](x).backward()  # type: ignore[no-untyped-call]
        return {"seconds": time.perf_counter() - start}

    found = interleaved({name: partial(step, name) for name in losses}, readings)
    return {
        "tokens": tokens,
        "size": size,
        "words": words,
        "seconds": {name: median(one["seconds"] for one in each) for name, each in found.items()},
        "each": {name: [one["seconds"] for one in each] for name, each in found.items()},
    }


def main() -> None:
    """Measure what was asked for; print it, write the JSON."""
    parser = record.parser(__doc__, readings=9)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; none: all")
    parser.add_argument("--minutes", type=float, help="of training; default: 40, both ways 60")
    options: argparse.Namespace = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts, quick = options.parts or PARTS, options.quick
    out = record.target(options)
    if "softmax" in parts:
        found = cost(1 if quick else options.readings, quick=quick)
        for name, seconds in found["seconds"].items():
            print(f"{name:16}{1000 * seconds:8.1f} ms")
        record.write("language-model-softmax", found, out)
    for part in (name for name in RESULTS if name in parts):
        with TemporaryDirectory() as temporary:
            runs = Path(temporary) if quick else record.RUNS
            minutes = options.minutes or _MINUTES[part]
            record.write(RESULTS[part], imdb(part, minutes, runs, quick=quick), out)


if __name__ == "__main__":
    main()
