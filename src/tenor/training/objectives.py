"""Objectives: what a training step minimises."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from tenor.batching import Batch
from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError
from tenor.nn.classifier import Classifier

_Module_contra = TypeVar("_Module_contra", contravariant=True)
_Batch_contra = TypeVar("_Batch_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Step:
    """A loss to minimise, and what to log of it."""

    loss: Tensor  # ()
    correct: Tensor | None = None  # (): how many of the batch were right; None where that is not counted


class Objective(Protocol[_Module_contra, _Batch_contra]):
    """(module, batch) -> loss and what to log."""

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right."""
        ...

    def __call__(self, module: _Module_contra, batch: _Batch_contra) -> Step:
        """Compute the loss of one batch."""
        ...


@runtime_checkable
class Carrying(Protocol):
    """An objective that carries something from one batch to the next, which a resumed run needs."""

    def carried(self) -> dict[str, Tensor]:
        """Return it by name; nothing before the first batch."""
        ...

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Take up what `carried` returned."""
        ...


@dataclass(frozen=True)
class Supervised:
    """Mean cross-entropy on logits, weighted by class if `weights` (C,) are given."""

    weights: Tensor | None = None

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: they do."""
        return True

    def __call__(self, module: Classifier, batch: Batch) -> Step:
        """Compute the loss of one labelled batch."""
        assert batch.targets is not None, "a supervised batch has targets"  # noqa: S101
        logits = module(batch).float()
        weights = None if self.weights is None else self.weights.to(logits.device)
        loss = F.cross_entropy(logits, batch.targets, weight=weights)
        return Step(loss, (logits.argmax(-1) == batch.targets).sum())


def class_weights(
    config: TrainingConfig, targets: npt.NDArray[np.int64], classes: tuple[str, ...]
) -> Tensor | None:
    """Return the weight of each class, (C,), or None; balanced: N / (C * count), mean 1 over the texts."""
    if config.class_weights == "off":
        return None
    if config.class_weights == "balanced":
        counts = np.bincount(targets, minlength=len(classes))
        return torch.from_numpy((len(targets) / (len(classes) * np.maximum(counts, 1))).astype(np.float32))
    if len(config.class_weights) != len(classes):
        raise ConfigError(
            f"training.class_weights has {len(config.class_weights)} numbers; "
            f"there are {len(classes)} classes: {', '.join(classes)}"
        )
    return torch.tensor(config.class_weights, dtype=torch.float32)
