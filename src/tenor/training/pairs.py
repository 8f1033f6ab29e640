"""`Pairs`: a labelled batch and an unlabelled one for every step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch

from tenor.batching import Batch, Batches
from tenor.text.tokens import Tokens

Rows = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Pair:
    """What a step reads; its length is that of the labelled batch."""

    labelled: Batch
    unlabelled: Batch

    def to(self, device: torch.device) -> "Pair":
        """Return the same pair on another device."""
        return Pair(self.labelled.to(device), self.unlabelled.to(device))

    def __len__(self) -> int:
        return len(self.labelled)


@dataclass(frozen=True)
class Pairs:
    """Both kinds of batches side by side, each kind in passes of its own order, one pass after the other.

    An epoch is `steps` steps, or where that is None one pass over the labelled texts. The next one goes on
    where it ended, in the unlabelled texts as well; where that is follows from its number.
    """

    labelled: Batches
    unlabelled: Batches
    steps: int | None = None

    def __len__(self) -> int:
        return self.steps or len(self.labelled)

    @property
    def tokens(self) -> Tokens:
        """The labelled texts, which speeds are told in."""
        return self.labelled.tokens

    @property
    def whole_epochs(self) -> bool:
        """Whether each labelled text must have been read: where an epoch is a pass over them."""
        return self.steps is None

    @property
    def total(self) -> int:
        """Labelled texts of an epoch; the last batch of a pass is smaller, so that it may be a few less."""
        if self.steps is None:
            return self.labelled.total
        return round(self.steps * self.labelled.total / len(self.labelled))

    def order(self, epoch: int) -> Sequence[Rows]:
        """Return the row numbers of both batches of each step of an epoch."""
        start = epoch * len(self)
        labelled, unlabelled = (_passes(batches, start) for batches in (self.labelled, self.unlabelled))
        return list(islice(zip(labelled, unlabelled, strict=True), len(self)))

    def batch(self, rows: Rows) -> Pair:
        """Return these rows as a pair."""
        return Pair(self.labelled.batch(rows[0]), self.unlabelled.batch(rows[1]))

    def padded(self, rows: Rows) -> int:
        """Return how many tokens both batches are with their padding."""
        return self.labelled.padded(rows[0]) + self.unlabelled.padded(rows[1])

    def beginnings(self, tokens: int) -> Pair:
        """Return a pair of the beginnings of the longest texts."""
        return Pair(self.labelled.beginnings(tokens), self.unlabelled.beginnings(tokens))


def _passes(batches: Batches, start: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of each batch from number `start` on, of pass after pass without end."""
    number, skip = divmod(start, len(batches))
    while True:
        yield from batches.order(number)[skip:]
        number, skip = number + 1, 0
