"""Training, one contestant a process; `training_speed.py` starts these.

    python -m peers.training FOLDER prepare       makes texts and weights, prints what they are
    python -m peers.training FOLDER CONTESTANT    answers {"batches": n or null} with texts, tokens, seconds

FOLDER holds `request.json`. All contestants read the same texts and start from the same weights: those of the
notebook's own initialisation after some steps of training, since gradients vanish into denormal numbers
sooner or later, and that decides about speed.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import texts
import torch
from torch.nn import functional as F

from peers import notebook
from tenor.batching import Batch, Batches, collate
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.training.checkpoint import Row
from tenor.training.loop import Silent, Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime, available_cores

_COMPARED = 16  # texts for which loss and gradients are compared


@dataclass(frozen=True)
class Chosen(Batches):
    """Fixed batches in a fixed order."""

    rows: tuple[npt.NDArray[np.int64], ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def order(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Return the row numbers of each batch, in any epoch."""
        return list(self.rows)


@dataclass(frozen=True)
class Prepared:
    """The texts of the comparison, bucket after bucket, and the weights to start from."""

    config: ClassificationConfig
    tokens: Tokens
    targets: npt.NDArray[np.int64]
    weights: dict[str, torch.Tensor] | None  # Tenor's names; None: a fresh network
    vocabulary_size: int

    @classmethod
    def load(cls, folder: Path) -> "Prepared":
        """Read what `prepare` wrote."""
        request = json.loads((folder / "request.json").read_text())
        arrays = dict(np.load(folder / "prepared.npz"))
        tokens = Tokens(arrays.pop("ids"), arrays.pop("offsets"))
        targets, size = arrays.pop("targets"), int(arrays.pop("vocabulary_size"))
        weights = {name: torch.from_numpy(array) for name, array in arrays.items()}
        return cls(parse(request["config"]), tokens, targets, weights or None, size)

    def batches(self) -> Chosen:
        """Return the batches as Tenor makes them."""
        size = self.config.training.batch_size
        cut = tuple(np.arange(at, at + size) for at in range(0, len(self.tokens), size))
        return Chosen(self.tokens, self.targets, size, 0, cut)

    def classifier(self) -> Classifier:
        """Return Tenor's network."""
        module = build(self.config.network, vocabulary_size=self.vocabulary_size, classes=2)
        if self.weights is not None:
            module.load_state_dict(self.weights)
        return module

    def plain(self) -> notebook.Notebook:
        """Return the notebook's network."""
        made = notebook.Notebook(self.vocabulary_size, self.config.network)
        if self.weights is not None:
            notebook.from_tenor(made, self.weights)
        return made

    def examples(self) -> notebook.Texts:
        """Return the texts as the notebook has them."""
        pieces = np.split(self.tokens.ids.astype(np.int64), self.tokens.offsets[1:-1])
        return notebook.Texts([torch.from_numpy(piece) for piece in pieces], torch.from_numpy(self.targets))


def prepare(folder: Path) -> dict[str, Any]:
    """Choose the texts, train some steps, compare the two networks; return what is to be known of it all."""
    request = json.loads((folder / "request.json").read_text())
    config = parse(request["config"])
    size = config.training.batch_size
    raw, labels = texts.read(Path(request["train"]))
    pipeline = TextPipeline.build(raw, config.text)
    chosen = np.random.Generator(np.random.PCG64(request["seed"])).permutation(len(raw))[: request["texts"]]
    chosen = chosen[: len(chosen) // size * size]  # whole batches
    tokens = pipeline.encode([raw[row] for row in chosen])
    targets = np.array(labels)[chosen]
    pool = Batches(tokens, targets, size, request["seed"])
    buckets = sorted(pool.order(0), key=lambda rows: float(tokens.lengths[rows].mean()))
    count = min(request["batches"] or len(buckets), len(buckets))
    places = [int((i + 0.5) * len(buckets) / count) for i in range(count)]  # evenly over the lengths
    rows = np.concatenate([buckets[place] for place in places])
    arrays: dict[str, Any] = {}
    about: dict[str, Any] = {}
    torch.manual_seed(request["seed"])
    prepared = Prepared(config, tokens.select(rows), targets[rows], None, len(pipeline.vocabulary))
    if request["warm_steps"]:
        start = notebook.to_tenor(prepared.plain())
        prepared = replace(prepared, weights=start)
        prepared, loss = _warmed(prepared, pool, request["warm_steps"])
        assert prepared.weights is not None
        arrays = {name: weight.numpy() for name, weight in prepared.weights.items()}
        about = {"warm_steps": request["warm_steps"], "loss_then": loss, "same": _same(prepared)}
    np.savez(
        folder / "prepared.npz",
        ids=prepared.tokens.ids,
        offsets=prepared.tokens.offsets,
        targets=prepared.targets,
        vocabulary_size=prepared.vocabulary_size,
        **arrays,
    )
    lengths = prepared.tokens.lengths
    return {
        "texts": len(lengths),
        "tokens_a_text": float(lengths.mean()),
        "longest": int(lengths.max()),
        "vocabulary": prepared.vocabulary_size,
        "parameters": sum(p.numel() for p in prepared.classifier().parameters()),
        **about,
    }


def _warmed(prepared: Prepared, pool: Batches, steps: int) -> tuple[Prepared, float]:
    """Train the notebook's start by Tenor, which is the same function; return the last loss."""
    per_epoch = pool.order(0)
    order = tuple(itertools.islice(itertools.cycle(per_epoch), steps))
    batches = Chosen(pool.tokens, pool.targets, pool.size, 0, order)
    module = prepared.classifier()
    training = replace(prepared.config.training, epochs=1)
    history = Trainer(module, Supervised(), training, _runtime("float32")).fit(batches, None)
    weights = {name: weight.detach().clone() for name, weight in module.state_dict().items()}
    return replace(prepared, weights=weights), history.rows[-1]["train_loss"]


def _same(prepared: Prepared) -> dict[str, dict[str, float]]:
    """Return how far loss and gradients of the two networks differ on one batch, without dropout."""
    rows = np.random.Generator(np.random.PCG64(0)).permutation(len(prepared.tokens))[:_COMPARED]
    batch = collate(prepared.tokens.select(rows), prepared.targets[rows])
    return {
        name: differences(prepared.classifier().to(dtype), prepared.plain().to(dtype), batch)
        for name, dtype in (("float32", torch.float32), ("float64", torch.float64))
    }


def differences(ours: Classifier, theirs: notebook.Notebook, batch: Batch) -> dict[str, float]:
    """Return loss, largest gradient, and how far both differ between two networks of the same weights."""
    assert batch.targets is not None
    ours.eval()
    theirs.eval()
    loss = F.cross_entropy(ours(batch), batch.targets)
    loss.backward()  # type: ignore[no-untyped-call]
    logits = theirs(batch.ids, batch.lengths)
    other = F.binary_cross_entropy_with_logits(logits, batch.targets.to(logits.dtype))
    other.backward()  # type: ignore[no-untyped-call]
    own = dict(ours.named_parameters())
    largest, furthest = 0.0, 0.0
    for key, name in notebook.tenor_names(theirs).items():
        a, b = own[name].grad, theirs.get_parameter(key).grad
        assert a is not None and b is not None
        largest = max(largest, float(b.abs().max()))
        furthest = max(furthest, float((a - b).abs().max()))
    return {
        "loss": loss.item(),
        "loss_difference": abs(loss.item() - other.item()),
        "largest_gradient": largest,
        "gradient_difference": furthest,
    }


class _Answering(Silent):
    """Lets Tenor's own trainer run one epoch a request."""

    def __init__(self, prepared: Prepared) -> None:
        self._about = {"texts": len(prepared.tokens), "tokens": len(prepared.tokens.ids)}
        self._start: float | None = None

    def epoch(self, row: Row, *, best: bool) -> None:
        """Answer the last request, wait for the next. The first epoch, which nobody asked for, warms up."""
        seconds = time.perf_counter() - (self._start or 0.0)
        _say(_ready() if self._start is None else {**self._about, "seconds": seconds})
        if not sys.stdin.readline():
            sys.exit()
        self._start = time.perf_counter()


def tenor(precision: str) -> Callable[[Prepared], None]:
    """Return a contestant: Tenor's trainer in one precision."""

    def run(prepared: Prepared) -> None:
        training = replace(prepared.config.training, epochs=1_000_000, patience=None, minutes=None)
        trainer = Trainer(
            prepared.classifier(), Supervised(), training, _runtime(precision), observer=_Answering(prepared)
        )
        trainer.fit(prepared.batches(), None)

    return run


def as_it_is(prepared: Prepared) -> None:
    """The notebook as it is: random batches, denormal numbers as the processor has them."""
    _loop(prepared, notebook.forever(prepared.examples(), prepared.config.training.batch_size, 0))


def careful(prepared: Prepared) -> None:
    """The notebook of someone who knows: packed, but texts of like length together, denormals flushed."""
    torch.set_flush_denormal(True)  # before torch has any thread but this one
    given, chosen = prepared.examples(), prepared.batches()
    batches = [notebook.collate([given[int(row)] for row in rows]) for rows in chosen.rows]
    _loop(prepared, itertools.cycle(batches))


def _loop(prepared: Prepared, batches: Iterator[notebook.Padded]) -> None:
    training = notebook.Training(prepared.plain(), prepared.config.training.learning_rate)
    # A warm-up that costs little: a few words of two texts.
    ids, lengths, _ = next(iter(notebook.loader(prepared.examples(), 2, 0)))
    training.network(ids[:, :4], lengths.clamp(max=4))
    _say(_ready())
    whole = len(prepared.batches())
    for line in sys.stdin:
        found = {"texts": 0, "tokens": 0}
        start = time.perf_counter()
        for batch in itertools.islice(batches, json.loads(line)["batches"] or whole):
            training.step(batch)
            found["texts"] += len(batch[1])
            found["tokens"] += int(batch[1].sum())
        _say({**found, "seconds": time.perf_counter() - start})


CONTESTANTS: dict[str, Callable[[Prepared], None]] = {
    "notebook": as_it_is,
    "careful notebook": careful,
    "tenor float32": tenor("float32"),
    "tenor bfloat16": tenor("bfloat16"),
}


def _runtime(precision: str) -> Runtime:
    return Runtime("cpu", precision, available_cores())


def _ready() -> dict[str, Any]:
    return {"ready": True, "threads": torch.get_num_threads()}


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Prepare, or be a contestant."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=["prepare", *CONTESTANTS])
    options = parser.parse_args()
    if options.what == "prepare":
        _say(prepare(options.folder))
    else:
        CONTESTANTS[options.what](Prepared.load(options.folder))


if __name__ == "__main__":
    main()
