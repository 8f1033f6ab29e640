"""Language models of words on IMDb: perplexity beside models that count, and what a softmax costs.

    python benchmarks/language_model.py                      both parts, about 50 minutes
    python benchmarks/language_model.py imdb --minutes 60    trained for so long; the rest takes 20 more
    python benchmarks/language_model.py softmax              about a minute

imdb: trained on the 75,000 reviews of the training half and without a label, but for those that stand in the
test half as well; words of the test half are in no vocabulary. Validation, by which the epoch is chosen,
holds whole films back. Every fifth review of the test half is foretold, by unigrams, trigrams (interpolated
Kneser-Ney) and the network, all with the same vocabulary.

softmax: seconds of a step, forward and backward, from the encoder's outputs to the loss: over all words, in
clusters that share the word vectors, and torch's own adaptive softmax, whose vectors are not shared.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import record
import torch
from measure import interleaved
from torch import Tensor, nn

from tenor.config.language_model import LanguageModelConfig, OutputConfig
from tenor.config.load import merge, parse_as, to_values
from tenor.experiments.language_modelling import pretrain
from tenor.nn.softmax import softmax

PARTS = ("imdb", "softmax")
_STEP = 5  # one review of the test half in so many
_QUICK = 200  # and of all with --quick
_VALIDATION = 0.02  # share of the reviews whose films are held back

# Tokens of a step, length of a vector, words.
SIZES = (2_048, 256, 30_000)
_QUICK_SIZES = (64, 16, 300)


def settings(folder: Path, minutes: float, *, quick: bool) -> LanguageModelConfig:
    """Return what is trained; the time given ends it."""
    changes: dict[str, Any] = {
        "data": {
            "sources": [str(folder)],
            "group_by": "imdb_id",
            "validation_fraction": 0.2 if quick else _VALIDATION,
        },
        "text": {"tokenizer": "reviews", "max_size": 30_000},
        "network": {"embedding_size": 256, "recurrent": {"hidden_size": 512}},
        "training": {"epochs": 1 if quick else 20, "minutes": minutes, "batch_size": 32},
    }
    if quick:
        changes["network"] = {"embedding_size": 8, "recurrent": {"hidden_size": 8}}
    return parse_as(LanguageModelConfig, merge(to_values(LanguageModelConfig()), changes))


@contextmanager
def reviews(*, quick: bool) -> Iterator[Path]:
    """Give a folder with train.parquet and test.parquet: texts and films."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    imdb, columns = record.data_folder() / "imdb", ["text", "imdb_id"]
    unlabelled = pq.read_table(imdb / "unsup.parquet", columns=[*columns, "in_test"])
    unlabelled = unlabelled.filter(pc.invert(unlabelled["in_test"])).select(columns)
    train = pa.concat_tables([pq.read_table(imdb / "train.parquet", columns=columns), unlabelled])
    test = pq.read_table(imdb / "test.parquet", columns=columns)
    step = _QUICK if quick else 1
    with TemporaryDirectory() as name:
        pq.write_table(train.take(np.arange(0, len(train), step)), Path(name) / "train.parquet")
        pq.write_table(test.take(np.arange(0, len(test), _STEP * step)), Path(name) / "test.parquet")
        yield Path(name)


def imdb(minutes: float, *, quick: bool) -> dict[str, Any]:
    """Train a model and return the figures of all on the test reviews."""
    out = record.RUNS / "language-model"
    with reviews(quick=quick) as folder, TemporaryDirectory() as temporary:
        config = settings(folder, minutes, quick=quick)
        run = pretrain(config, out=Path(temporary) / "run" if quick else out, force=True)
    found = run.figures["test"]
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
    parser.add_argument("--minutes", type=float, default=30.0, help="of training; default: 30")
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
    if "imdb" in parts:
        record.write("language-model-imdb", imdb(options.minutes, quick=quick), out)


if __name__ == "__main__":
    main()
