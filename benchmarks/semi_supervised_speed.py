"""What a step of adversarial and virtual adversarial training costs, perturbed by word and by token.

    python benchmarks/semi_supervised_speed.py             the fast recipe on IMDb, some minutes
    python benchmarks/semi_supervised_speed.py --quick     only to see that it runs

Every contestant trains a network of its own, in turn, on the same labelled batches; where it needs no
labels, as many unlabelled texts stand beside them. By word, all occurrences of a word in a batch share a
perturbation, and products are made once for each distinct word; by token each occurrence has its own. Steps
a second, with the optimizer's part; medians of the readings.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import record
import torch

from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.config.load import merge, parse, read, to_values
from tenor.data.load import load
from tenor.experiments.learning import objective_of
from tenor.experiments.preparing import prepare
from tenor.nn.build import build
from tenor.text.ratios import Counts
from tenor.training import optimizers
from tenor.training.pairs import Pairs
from tenor.training.reading import Reading
from tenor.training.runtime import Runtime, applied, available_cores

# name -> (unlabelled.objective, whether unlabelled texts stand beside the labelled ones)
CONTESTANTS: Mapping[str, tuple[dict[str, Any], bool]] = {
    "supervised": ({}, False),
    "adversarial, by word": ({"adversarial": 1.0, "perturb": "word"}, False),
    "adversarial, by token": ({"adversarial": 1.0, "perturb": "token"}, False),
    "virtual adversarial, by word": ({"perturb": "word"}, True),
    "virtual adversarial, by token": ({"perturb": "token"}, True),
    "entropy": ({"virtual_adversarial": 0.0, "entropy": 1.0}, True),
}
TINY = {
    "text": {"max_length": 20, "max_size": 300, "min_count": 1},
    "network": {"embedding_size": 4, "mingru": {"hidden_size": 4}},
    "training": {"batch_size": 4},
}


class Contestant:
    """A network that is trained step by step; what it reads begins anew after its last batch."""

    def __init__(self, name: str, config: ClassificationConfig, labelled: Batches, counts: Counts) -> None:
        wanted, beside = CONTESTANTS[name]
        config = parse(merge(to_values(config), {"unlabelled": {"objective": wanted}}))
        torch.manual_seed(config.training.seed)
        self._module = build(
            config.network, vocabulary_size=len(counts.words), classes=2, ratios=counts.ratios()
        ).train()
        self._module.counts = counts
        # Labels are not looked at, so that the same texts may stand in for others.
        reading = Pairs(labelled, replace(labelled, targets=None)) if beside else labelled
        self._objective = objective_of(self._module, reading, config, weights=None)
        self._optimizer = optimizers.build(self._module, config.training)
        every: Reading[Any] = reading
        self._batches = [every.batch(rows) for rows in every.order(0)]
        self._step = 0

    def read(self, steps: int) -> float:
        """Train so many steps, and return the seconds they took."""
        start = time.perf_counter()
        for _ in range(steps):
            step = self._objective(self._module, self._batches[self._step % len(self._batches)])
            self._optimizer.zero_grad(set_to_none=True)
            step.loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            self._step += 1
        return time.perf_counter() - start


def figures(config: ClassificationConfig, *, most: int, steps: int, readings: int) -> dict[str, Any]:
    """Let all contestants train in turn, on `most` of the texts."""
    dataset = load(config.data)
    prepared = prepare(dataset, config.text)
    train = prepared.labelled["train"]
    rows = np.linspace(0, len(train.tokens) - 1, min(most, len(train.tokens))).astype(np.int64)
    tokens, targets = train.tokens.select(rows), train.targets[rows]
    counts = Counts.of(
        tokens,
        targets,
        vocabulary_size=len(prepared.pipeline.vocabulary),
        classes=2,
        config=config.network.ratios,
    )
    labelled = Batches(tokens, targets, config.training.batch_size, config.training.seed)
    contestants = {name: Contestant(name, config, labelled, counts) for name in CONTESTANTS}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for one in contestants.values():  # compiles, and makes oneDNN's kernels
        one.read(1)
    for _ in range(readings):
        for name, one in contestants.items():
            times[name].append(one.read(steps))
    found = {name: steps / median(seconds) for name, seconds in times.items()}
    plain = found["supervised"]
    return {
        "batch_size": config.training.batch_size,
        "tokens_a_text": len(tokens.ids) / len(tokens),
        "steps": steps,
        "contestants": {
            name: {"steps_per_second": speed, "times_supervised": plain / speed}
            for name, speed in found.items()
        },
    }


def main() -> None:
    """Measure, print, write the JSON."""
    options = record.parser(__doc__, readings=5).parse_args()
    quick = options.quick
    source = "movies" if quick else str(record.data_folder() / "imdb" / "train.parquet")
    data = {"source": source, "validation_fraction": 0.0, "test_fraction": 0.0}
    config = parse(merge(read(record.RECIPE), {"data": data}, TINY if quick else {}))
    threads = 1 if quick else available_cores()
    with applied(Runtime("cpu", "float32", threads)):
        found = figures(
            config,
            most=12 if quick else 12_800,
            steps=2 if quick else 20,
            readings=1 if quick else options.readings,
        )
    for name, one in found["contestants"].items():
        speed, cost = one["steps_per_second"], one["times_supervised"]
        print(f"{name:32}{speed:>8.2f} steps/s, {cost:.2f} times a supervised step")
    record.write("semi-supervised-speed", {**found, "threads": threads}, record.target(options))


if __name__ == "__main__":
    main()
