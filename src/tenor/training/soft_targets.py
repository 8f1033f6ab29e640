"""`SoftTargets`: the probabilities of a teacher as what is to be learned, and texts read with them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from tenor.batching import Batch, Batches
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.objectives import Step


@dataclass(frozen=True, slots=True)
class SoftBatch:
    """B texts with a distribution over the classes each."""

    texts: Batch  # its targets are the labels, and of a text without one the likeliest class
    shares: Tensor  # (B, C) float32, rows that sum to 1
    labelled: Tensor  # (B,) bool, whether the target is a label

    def to(self, device: torch.device) -> "SoftBatch":
        """Return the same batch on another device."""
        return SoftBatch(self.texts.to(device), self.shares.to(device), self.labelled.to(device))

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class SoftReading:
    """A `Reading` of texts with target distributions, in the order of `batches`."""

    batches: Batches
    shares: npt.NDArray[np.float32]  # (N, C)
    labelled: npt.NDArray[np.bool_]  # (N,)

    @property
    def tokens(self) -> Tokens:
        """All texts."""
        return self.batches.tokens

    @property
    def total(self) -> int:
        """Texts of an epoch."""
        return self.batches.total

    @property
    def whole_epochs(self) -> bool:
        """Whether each text must have been read, as without distributions."""
        return self.batches.whole_epochs

    def __len__(self) -> int:
        return len(self.batches)

    def order(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Return the row numbers of each batch of an epoch."""
        return self.batches.order(epoch)

    def batch(self, rows: npt.NDArray[np.int64]) -> SoftBatch:
        """Return these rows as a padded batch with their distributions."""
        return self._soft(self.batches.batch(rows), rows)

    def beginnings(self, tokens: int) -> SoftBatch:
        """Return the first `tokens` tokens of each of the longest texts."""
        return self._soft(self.batches.beginnings(tokens), self.batches.longest())

    def _soft(self, texts: Batch, rows: npt.NDArray[np.int64]) -> SoftBatch:
        return SoftBatch(texts, torch.from_numpy(self.shares[rows]), torch.from_numpy(self.labelled[rows]))


@dataclass(frozen=True)
class SoftTargets:
    """Learn a teacher's distributions, and the labels where there are any (Hinton et al. 2015, section 2).

        L = mean over texts of (1 - w) T^2 KL(q || softmax(z / T)) + w c[y] (-log softmax(z)[y])

    z are the student's logits; q the teacher's distribution, made of its logits at the same temperature T; y
    the label and c its class's weight, 1 without `weights`; w is `labels`, and 0 for a text without a label.
    KL is cross-entropy less the entropy of q, which the student cannot change. The gradient of the first term
    at z is (1 - w) T (softmax(z / T) - q); for high T the difference shrinks as 1 / T, so that without the
    factor T^2 the whole would shrink as 1 / T^2 and the labels decide alone.
    """

    temperature: float
    labels: float
    weights: Tensor | None = None  # (C,)

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: by label, else by the teacher's likeliest class."""
        return True

    def __call__(self, module: Classifier, batch: SoftBatch) -> Step:
        """Compute the loss of one batch."""
        targets = batch.texts.targets
        assert targets is not None, "a text to learn has a target"  # noqa: S101
        logits = module(batch.texts).float()
        soft = F.log_softmax(logits / self.temperature, -1)
        apart = self.temperature**2 * F.kl_div(soft, batch.shares, reduction="none").sum(-1)  # (B,)
        weights = None if self.weights is None else self.weights.to(logits)
        wrong = F.cross_entropy(logits, targets, weight=weights, reduction="none")  # (B,)
        share = self.labels * batch.labelled.float()
        loss = ((1 - share) * apart + share * wrong).mean()
        return Step(loss, (logits.argmax(-1) == targets).sum())
