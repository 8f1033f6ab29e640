"""`SoftReading`: texts with the distributions over the classes that are to be learned."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tenor.batching import Batch, Batches
from tenor.text.tokens import Tokens


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

    def padded(self, rows: npt.NDArray[np.int64]) -> int:
        """Return how many tokens these rows are with their padding."""
        return self.batches.padded(rows)

    def beginnings(self, tokens: int) -> SoftBatch:
        """Return the first `tokens` tokens of each of the longest texts."""
        return self._soft(self.batches.beginnings(tokens), self.batches.longest())

    def _soft(self, texts: Batch, rows: npt.NDArray[np.int64]) -> SoftBatch:
        return SoftBatch(texts, torch.from_numpy(self.shares[rows]), torch.from_numpy(self.labelled[rows]))
