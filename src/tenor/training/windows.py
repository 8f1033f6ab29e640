"""Training on windows of a series: batches, what a step minimises, and what chooses the epoch."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from tenor.batching import FeatureBatch
from tenor.data.series.windows import Windows
from tenor.nn.forecaster import Forecaster, StateClassifier, batch_of, read_windows
from tenor.text.tokens import Tokens
from tenor.training.objectives.objective import Step


@dataclass(frozen=True)
class WindowBatches:
    """Training windows in random order, by seed and epoch alone."""

    windows: Windows
    size: int
    seed: int

    def __len__(self) -> int:
        return math.ceil(len(self.windows) / self.size)

    @property
    def whole_epochs(self) -> bool:
        """Whether each window must have been read: neighbours hold the same values."""
        return False

    @property
    def total(self) -> int:
        """Windows of an epoch."""
        return len(self.windows)

    @property
    def tokens(self) -> Tokens:
        """The windows as texts of as many tokens, by which the trainer counts what was read."""
        count, length = len(self.windows), self.windows.length
        return Tokens(np.broadcast_to(np.int32(0), count * length), length * np.arange(count + 1))

    def order(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Return the numbers of the windows of each batch of an epoch."""
        rows = np.random.Generator(np.random.PCG64([self.seed, epoch])).permutation(len(self.windows))
        return [rows[start : start + self.size] for start in range(0, len(rows), self.size)]

    def batch(self, rows: npt.NDArray[np.int64]) -> FeatureBatch:
        """Return these windows with what is wanted of them."""
        return batch_of(self.windows, rows)


@dataclass(frozen=True)
class Forecasting:
    """Mean loss of the forecaster's head over the values that were measured."""

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: a forecast is never quite right."""
        return False

    def __call__(self, module: Forecaster, batch: FeatureBatch) -> Step:
        """Compute the loss of one batch."""
        assert batch.targets is not None, "a training batch has targets"  # noqa: S101
        return Step(_mean_loss(module, module(batch), batch.targets))


@dataclass(frozen=True)
class Telling:
    """Mean cross-entropy of states, weighted by class if `weights` (C,) are given."""

    weights: Tensor | None = None

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: they do."""
        return True

    def __call__(self, module: StateClassifier, batch: FeatureBatch) -> Step:
        """Compute the loss of one batch."""
        assert batch.targets is not None, "a training batch has targets"  # noqa: S101
        logits = module(batch).float()
        weights = None if self.weights is None else self.weights.to(logits.device)
        loss = F.cross_entropy(logits, batch.targets, weight=weights)
        return Step(loss, (logits.argmax(-1) == batch.targets).sum())


@dataclass(frozen=True)
class ValidationWindows:
    """Windows that choose the epoch."""

    windows: Windows

    def figures(self, module: Forecaster | StateClassifier, device: torch.device) -> dict[str, float]:
        """Return the loss, and of states the accuracy."""
        said = torch.from_numpy(read_windows(module, self.windows, module, device))
        rows = np.arange(len(self.windows))
        if isinstance(module, StateClassifier):
            classes = torch.from_numpy(self.windows.classes(rows))
            right = (said.argmax(-1) == classes).double().mean()
            return {"loss": float(F.cross_entropy(said.double(), classes)), "accuracy": float(right)}
        wanted = torch.from_numpy(self.windows.wanted(rows)).to(device)
        return {"loss": float(_mean_loss(module, said.to(device), wanted))}


def _mean_loss(module: Forecaster, said: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean over the values that were measured, of which every batch has one at least."""
    measured = ~wanted.isnan()
    losses = module.losses(said, wanted.nan_to_num())
    return losses[measured].mean()
