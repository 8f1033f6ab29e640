"""Trains networks rightly and wrongly; `mistakes.py` starts this.

    python -m peers.mistaken FOLDER RESULTS

FOLDER holds train.parquet and test.parquet. Every line of input is a `Request` in JSON; what became of it is
written to RESULTS/NAME.npz, and the answer says how long it took.

One thread, float32, so that figures can be had again. Of the training reviews two parts are held out, one by
film and then one at random from the rest, so that one and the same network is validated both ways.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from peers.misreading import READINGS
from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse
from tenor.config.load import read as read_recipe
from tenor.config.network import RatioConfig
from tenor.config.text import TextConfig
from tenor.data.splits import Rows, hold_out
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.nn.forward import forward
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import Counts
from tenor.text.tokens import Tokens
from tenor.training.checkpoint import Row
from tenor.training.loop import Labelled, Silent, Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime, applied

RECIPE = "chapter"
TEXT = TextConfig()  # at most 400 tokens of a text, at most 30,000 words
HELD_OUT = 0.2  # by film, and of the rest as much at random
BY_FILM, AT_RANDOM, TEST = "by film", "at random", "test"
NETWORK, RATIOS = "network", "ratios"

Right = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Request:
    """One training."""

    name: str  # of the file that is written
    kind: str = NETWORK  # or log-count ratios alone, without a network
    reading: str = "last"
    seed: int = 0  # of the split, the weights and the order
    rate: float = 1e-3
    epochs: int = 5
    test_seen: bool = False  # vocabulary or ratios made of the test texts as well
    every: bool = False  # read the test texts after every epoch, not only after those that may be asked for

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True)
class Split:
    """Row numbers of the training reviews."""

    train: Rows
    by_film: Rows
    at_random: Rows


@dataclass(frozen=True)
class Reviews:
    """The reviews of one file."""

    texts: list[str]
    labels: npt.NDArray[np.int64]  # (N,)
    films: list[str]

    @classmethod
    def read(cls, file: Path) -> "Reviews":
        """Read a Parquet file."""
        import pyarrow.parquet as pq

        table = pq.read_table(file, columns=["text", "label", "imdb_id"])
        labels = np.array(table["label"].to_pylist(), np.int64)
        return cls(table["text"].to_pylist(), labels, table["imdb_id"].to_pylist())

    def split(self, seed: int) -> Split:
        """Hold out whole films, then rows of the rest at random."""
        labels = [str(label) for label in self.labels]
        rest, by_film = hold_out(labels, HELD_OUT, seed=seed, stratify=True, groups=self.films)
        kept, random = hold_out([labels[row] for row in rest], HELD_OUT, seed=seed, stratify=True)
        return Split(rest[kept], by_film, rest[random])


@dataclass(frozen=True)
class Data:
    """All that a training reads, as ids."""

    vocabulary_size: int
    train: Labelled
    held_out: dict[str, Labelled]
    test: Labelled

    @classmethod
    def make(cls, train: Reviews, test: Reviews, seed: int, *, test_seen: bool) -> "Data":
        """Split, make the vocabulary (wrongly of the test texts too if `test_seen`), encode."""
        rows = train.split(seed)
        seen = [train.texts[row] for row in rows.train]
        pipeline = TextPipeline.build([*seen, *test.texts] if test_seen else seen, TEXT, threads=1)
        tokens = pipeline.encode(train.texts, threads=1)

        def part(of: Rows) -> Labelled:
            return Labelled(tokens.select(of), train.labels[of])

        held_out = {BY_FILM: part(rows.by_film), AT_RANDOM: part(rows.at_random)}
        read = Labelled(pipeline.encode(test.texts, threads=1), test.labels)
        return cls(len(pipeline.vocabulary), part(rows.train), held_out, read)


def settings(request: Request) -> ClassificationConfig:
    """Return the recipe as this request trains it."""
    config = parse(read_recipe(RECIPE))
    reading = READINGS[request.reading]
    network = replace(config.network, pooling=reading.pooling)  # type: ignore[arg-type]
    training = replace(config.training, epochs=request.epochs, learning_rate=request.rate, seed=request.seed)
    return replace(config, text=TEXT, network=network, training=training)


def network(request: Request, vocabulary_size: int) -> Classifier:
    """Return the network with fresh weights, the same for every reading of one pooling."""
    torch.manual_seed(request.seed)
    module = build(settings(request).network, vocabulary_size=vocabulary_size, classes=2)
    assert TEXT.max_length is not None
    READINGS[request.reading].put_into(module, TEXT.max_length)
    return module


class Epochs(Silent):
    """Reads the held-out texts after every epoch, and keeps the weights of each."""

    def __init__(self, module: Classifier, held_out: dict[str, Labelled]) -> None:
        self._module = module
        self._held_out = held_out
        self.weights: list[dict[str, Tensor]] = []
        self.losses: dict[str, list[float]] = {name: [] for name in held_out}
        self.right: dict[str, list[Right]] = {name: [] for name in held_out}

    def epoch(self, row: Row, *, best: bool) -> None:
        """Read."""
        self.weights.append({name: value.clone() for name, value in self._module.state_dict().items()})
        for name, part in self._held_out.items():
            logits = _logits(self._module, part.tokens)
            targets = torch.from_numpy(part.targets)
            self.losses[name].append(float(torch.nn.functional.cross_entropy(logits.double(), targets)))
            self.right[name].append((logits.argmax(-1) == targets).numpy())

    def asked_for(self) -> list[int]:
        """Return the epochs, from 0, that someone may choose: lowest loss of either part, and the last."""
        return sorted({int(np.argmin(losses)) for losses in self.losses.values()} | {len(self.weights) - 1})


def train(request: Request, data: Data) -> dict[str, npt.NDArray[Any]]:
    """Train a network; return what it read right of each part, (E, N), and the losses, (E,)."""
    config = settings(request)
    module = network(request, data.vocabulary_size)
    runtime = Runtime("cpu", "float32", 1)
    epochs = Epochs(module, data.held_out)
    batches = Batches(data.train.tokens, data.train.targets, config.training.batch_size, request.seed)
    # Without validation the trainer goes on to the end; epochs are chosen afterwards.
    Trainer(module, Supervised(), config.training, runtime, observer=epochs).fit(batches, None)
    read = list(range(request.epochs)) if request.every else epochs.asked_for()
    tested = np.zeros((request.epochs, len(data.test.tokens)), np.bool_)
    with applied(runtime):
        for epoch in read:
            module.load_state_dict(epochs.weights[epoch])
            tested[epoch] = _logits(module, data.test.tokens).argmax(-1).numpy() == data.test.targets
    found: dict[str, npt.NDArray[Any]] = {
        f"right {name}": np.stack(rows) for name, rows in epochs.right.items()
    }
    found |= {f"loss {name}": np.array(values) for name, values in epochs.losses.items()}
    return {**found, f"right {TEST}": tested, "epochs read": np.array(read)}


def judge_by_ratios(request: Request, data: Data) -> dict[str, npt.NDArray[Any]]:
    """Judge each test text by the sum of the log-count ratios of its words and pairs of words."""
    counted = [data.train, data.test] if request.test_seen else [data.train]
    tokens = counted[0].tokens if len(counted) == 1 else _joined([part.tokens for part in counted])
    counts = Counts.of(
        tokens,
        np.concatenate([part.targets for part in counted]),
        vocabulary_size=data.vocabulary_size,
        classes=2,
        config=RatioConfig(use=True),
    )
    ratios, test = counts.ratios(), data.test.tokens
    each = ratios.of_words(test.ids) + ratios.of_bigrams(ratios.bigrams.find(test))  # (N, 1)
    sums = np.add.reduceat(each[:, 0].astype(np.float64), test.offsets[:-1])
    return {f"right {TEST}": ((sums > 0) == (data.test.targets == 1))[None], "epochs read": np.array([0])}


def _joined(parts: Sequence[Tokens]) -> Tokens:
    starts = np.cumsum([0, *(len(part.ids) for part in parts)])
    offsets = [part.offsets[:-1] + start for part, start in zip(parts, starts[:-1], strict=True)]
    return Tokens(np.concatenate([part.ids for part in parts]), np.concatenate([*offsets, starts[-1:]]))


def _logits(module: Classifier, tokens: Tokens) -> Tensor:
    return torch.from_numpy(forward(module, tokens, device=torch.device("cpu")))


def main() -> None:
    """Answer requests until there are no more."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    reviews = [Reviews.read(options.folder / f"{name}.parquet") for name in ("train", "test")]

    @lru_cache(maxsize=1)
    def data(seed: int, test_seen: bool) -> Data:
        return Data.make(reviews[0], reviews[1], seed, test_seen=test_seen)

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        request = Request(**json.loads(line))
        # Ratios are wrong by their counts; their vocabulary is that of training.
        read = data(request.seed, request.test_seen and request.kind == NETWORK)
        made = judge_by_ratios if request.kind == RATIOS else train
        np.savez(options.results / f"{request.name}.npz", **made(request, read))  # type: ignore[arg-type]
        cut = float((read.train.tokens.lengths == TEXT.max_length).mean())
        size = {"texts": len(read.train.tokens), "tokens": len(read.train.tokens.ids), "cut": cut}
        print(json.dumps({"seconds": time.perf_counter() - start, **size}), flush=True)


if __name__ == "__main__":
    main()
