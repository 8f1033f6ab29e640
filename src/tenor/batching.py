"""`Batch`: a padded view of some texts, and batches of texts of about the same length."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tenor.text.tokens import Tokens

# Batches are cut from pools of this many batches, sorted by length: enough that little is padded,
# few enough that batches still differ from epoch to epoch.
_POOL = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """B texts padded to the longest of them."""

    ids: Tensor  # (B, T) int64, 0 behind a text's end; the mask alone tells what is real
    lengths: Tensor  # (B,) int64
    targets: Tensor | None  # (B,) int64 class indices
    tokens: Tokens

    @property
    def mask(self) -> Tensor:
        """(B, T) bool, True = real token."""
        return torch.arange(self.ids.shape[1], device=self.ids.device) < self.lengths.unsqueeze(1)

    def to(self, device: torch.device) -> "Batch":
        """Return the same batch on another device."""
        targets = None if self.targets is None else self.targets.to(device)
        return replace(self, ids=self.ids.to(device), lengths=self.lengths.to(device), targets=targets)

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """B windows of numbers, all of one length, so that none is padded."""

    features: Tensor  # (B, L, F) float32
    targets: (
        Tensor | None
    )  # (B, H, K) float32 with NaN where nothing was measured, or (B,) int64 class indices

    @property
    def mask(self) -> Tensor:
        """(B, L) bool: every step is real."""
        return torch.ones(self.features.shape[:2], dtype=torch.bool, device=self.features.device)

    def to(self, device: torch.device) -> "FeatureBatch":
        """Return the same batch on another device."""
        targets = None if self.targets is None else self.targets.to(device)
        return FeatureBatch(self.features.to(device), targets)

    def __len__(self) -> int:
        return len(self.features)


def collate(
    tokens: Tokens, targets: npt.NDArray[np.int64] | None = None, *, width: int | None = None
) -> Batch:
    """Pad `tokens` to one rectangle, `width` wide or as wide as the longest."""
    return Batch(
        ids=torch.from_numpy(tokens.padded(width=width)),
        lengths=torch.from_numpy(tokens.lengths),
        targets=None if targets is None else torch.from_numpy(targets),
        tokens=tokens,
    )


def round_width(longest: int) -> int:
    """Return a width from `longest` up, at most an eighth wider, of which there are few.

    oneDNN keeps a compiled kernel and its buffers for every width it has seen: with reviews of all lengths
    they came to gigabytes.
    """
    step = 1 << max(0, longest.bit_length() - 4)
    return -(-longest // step) * step


@dataclass(frozen=True)
class Batches:
    """Training batches: random order, the texts of a batch of about the same length."""

    tokens: Tokens
    targets: npt.NDArray[np.int64] | None  # (N,); None: the texts have no labels
    size: int
    seed: int

    def __len__(self) -> int:
        return math.ceil(len(self.tokens) / self.size)

    @property
    def whole_epochs(self) -> bool:
        """Whether each text must have been read: a classifier would not know what it missed."""
        return True

    @property
    def total(self) -> int:
        """Texts of an epoch."""
        return len(self.tokens)

    def order(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Return the row numbers of each batch of an epoch.

        They depend on `seed` and `epoch` alone, so a resumed run needs no sampler state but its position.
        """
        lengths = self.tokens.lengths
        generator = np.random.Generator(np.random.PCG64([self.seed, epoch]))
        rows = generator.permutation(len(lengths))
        batches: list[npt.NDArray[np.int64]] = []
        for start in range(0, len(rows), _POOL * self.size):
            pool = rows[start : start + _POOL * self.size]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches.extend(pool[at : at + self.size] for at in range(0, len(pool), self.size))
        return [batches[i] for i in generator.permutation(len(batches))]

    def batch(self, rows: npt.NDArray[np.int64]) -> Batch:
        """Return these rows as a padded batch with its targets."""
        width = round_width(int(self.tokens.lengths[rows].max()))
        return collate(self.tokens.select(rows), self._targets(rows), width=width)

    def padded(self, rows: npt.NDArray[np.int64]) -> int:
        """Return how many tokens these rows are with their padding."""
        return len(rows) * int(self.tokens.lengths[rows].max())

    def longest(self) -> npt.NDArray[np.int64]:
        """Return the row numbers of the longest texts, a batch of them."""
        return np.argsort(-self.tokens.lengths, kind="stable")[: self.size]

    def beginnings(self, tokens: int) -> Batch:
        """Return the first `tokens` tokens of each of the longest texts."""
        rows = self.longest()
        return collate(self.tokens.piece(rows, 0, tokens), self._targets(rows))

    def _targets(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
        return None if self.targets is None else self.targets[rows]
