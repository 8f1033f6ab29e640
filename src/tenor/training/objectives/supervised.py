"""`Supervised`: the cross-entropy of labelled texts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from tenor.batching import Batch
from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError
from tenor.nn.classifier import Classifier
from tenor.training.objectives.objective import Step


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
        logits = module(batch)
        return Step(self.loss(logits, batch.targets), (logits.argmax(-1) == batch.targets).sum())

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Logits (B, C), targets (B,) -> the mean loss, ()."""
        weights = None if self.weights is None else self.weights.to(logits.device, wide(logits).dtype)
        return F.cross_entropy(wide(logits), targets, weight=weights)


def wide(logits: Tensor) -> Tensor:
    """At least float32: logits may come in bfloat16, where a loss would lose its digits."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))


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
