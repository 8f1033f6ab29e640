"""What a trainer reads: batches of anything, and what is held out to choose the epoch."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import torch

from tenor.text.tokens import Tokens

_Rows = TypeVar("_Rows")


class Sized(Protocol):
    """A batch of anything, on a device."""

    def to(self, device: torch.device) -> Any:
        """Return the same batch on another device."""
        ...

    def __len__(self) -> int:
        """What the loss is a mean over: texts, or tokens."""
        ...


class Reading(Protocol[_Rows]):
    """What a trainer reads: `tokens`, once an epoch, in so many batches."""

    @property
    def tokens(self) -> Tokens:
        """All texts."""
        ...

    @property
    def total(self) -> int:
        """Sum of the lengths of an epoch's batches."""
        ...

    @property
    def whole_epochs(self) -> bool:
        """Whether a network that has not read everything once is not worth keeping."""
        ...

    def __len__(self) -> int:
        """Batches of an epoch."""
        ...

    def order(self, epoch: int) -> Sequence[_Rows]:
        """Return what each batch of an epoch is made of, by seed and epoch alone."""
        ...

    def batch(self, rows: _Rows) -> Sized:
        """Make a batch."""
        ...


class TextReading(Reading[_Rows], Protocol[_Rows]):
    """What a trainer of a classifier reads: padded texts."""

    def padded(self, rows: _Rows) -> int:
        """Return how many tokens a batch has with its padding."""
        ...

    def beginnings(self, tokens: int) -> Sized:
        """Return the first `tokens` tokens of each of the longest texts, as a batch."""
        ...


class Validation(Protocol):
    """Texts that choose the epoch."""

    def figures(self, module: Any, device: torch.device) -> dict[str, float]:
        """Return figures of the network by name, `loss` among them."""
        ...
