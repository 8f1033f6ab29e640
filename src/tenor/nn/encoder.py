"""The encoder seam: what an encoder receives, what it returns, what it promises."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

State = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A padded batch of embedded tokens."""

    x: Tensor  # (B, T, D)
    mask: Tensor  # (B, T) bool, True = real token; every row has at least one

    @property
    def lengths(self) -> Tensor:
        """Real tokens of each row, (B,) int64."""
        return self.mask.sum(1)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoder made of a batch; entries of `sequence` at padded places mean nothing."""

    sequence: Tensor  # (B, T, H)
    last: Tensor  # (B, H): output after the last token read, of each direction its own, merged
    state: State | None = None  # after each row's last real token; None unless a state was given


class Encoder(Protocol):
    """Reads embedded tokens; more padding changes nothing, and no state is stored between calls."""

    output_size: int
    streams: bool  # reads left to right only, so that a state can be carried from chunk to chunk

    def __call__(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """Encode whole texts, or, with a state, the next piece of each text."""
        ...

    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first token, for encoders that stream."""
        ...


def take_last(sequence: Tensor, mask: Tensor) -> Tensor:
    """Return the entry at each row's last real token: (B, T, H), (B, T) -> (B, H)."""
    rows = torch.arange(sequence.shape[0], device=sequence.device)
    return sequence[rows, mask.sum(1) - 1]
