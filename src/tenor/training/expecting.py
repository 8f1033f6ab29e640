"""`expected_seconds`: how long training will take, told by a few of its steps before it begins."""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from tenor.config.training import TrainingConfig
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.checkpoint import Progress
from tenor.training.loop import Labelled, Silent, Trainer
from tenor.training.objectives.objective import Objective
from tenor.training.reading import Sized, TextReading
from tenor.training.runtime import Runtime, applied

_STEPS = 4  # that are timed: from the shortest batch to the longest
_READ = 64  # validation texts that are timed
_STILL = 1e-12  # learning rate of the steps, so that they cannot leave the range of numbers


def expected_seconds(
    module: Classifier,
    objective: Objective[Classifier, Any],
    config: TrainingConfig,
    runtime: Runtime,
    *,
    batches: TextReading[Any],
    validation: Labelled | None,
) -> float:
    """Return about how many seconds all epochs take, if none is spared by early stopping.

    Steps of the first epoch are run on copies and thrown away, one unmeasured and some from its shortest
    batch to its longest; between those a step's time is taken to go by its padded tokens. Validation texts
    are read once an epoch. Network, objective and random numbers are left as they were.
    """
    order = batches.order(0)
    sizes = np.array([batches.padded(rows) for rows in order])
    chosen = np.argsort(sizes, kind="stable")[np.linspace(0, len(order) - 1, _STEPS).round().astype(int)]
    timed = _Timed()
    once = replace(config, epochs=1, minutes=None, patience=None, learning_rate=_STILL)
    with torch.random.fork_rng():
        network, same = copy.deepcopy((module, objective))
        sample = _Sample(batches, [order[place] for place in (chosen[0], *chosen)])
        Trainer(network, same, once, runtime, observer=timed).fit(sample, None)
        steps = float(np.interp(sizes, sizes[chosen], timed.seconds[1:]).sum())
        reading = 0.0 if validation is None else _reading_seconds(network, validation, runtime)
    seconds = config.epochs * (steps + reading)
    return seconds if config.minutes is None else min(seconds, 60 * config.minutes)


def _reading_seconds(module: Classifier, validation: Labelled, runtime: Runtime) -> float:
    tokens = validation.tokens
    rows = np.unique(np.linspace(0, len(tokens) - 1, _READ).round().astype(np.int64))
    some = Labelled(tokens.select(rows), validation.targets[rows])
    with applied(runtime):
        start = time.perf_counter()
        some.figures(module, runtime.torch_device)
        seconds = time.perf_counter() - start
    return seconds * len(tokens.ids) / len(some.tokens.ids)


class _Timed(Silent):
    """Keeps how long each step of an epoch took."""

    def __init__(self) -> None:
        self._ends = [0.0]

    @property
    def seconds(self) -> list[float]:
        return [float(took) for took in np.diff(self._ends)]

    def step(self, progress: Progress) -> None:
        self._ends.append(progress.seconds)


@dataclass(frozen=True)
class _Sample:
    """Some batches of a training, in that order."""

    batches: TextReading[Any]
    rows: Sequence[Any]

    @property
    def tokens(self) -> Tokens:
        return self.batches.tokens

    @property
    def total(self) -> int:
        return sum(len(self.batch(rows)) for rows in self.rows)

    @property
    def whole_epochs(self) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.rows)

    def order(self, epoch: int) -> Sequence[Any]:
        return self.rows

    def batch(self, rows: Any) -> Sized:
        return self.batches.batch(rows)
