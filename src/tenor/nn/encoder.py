"""The encoder seam: what an encoder receives, what it returns, what it promises."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

State = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A padded batch of embedded tokens."""

    x: Tensor  # (B, T, D)
    mask: Tensor  # (B, T) bool, True = real token; every row has at least one
    ids: Tensor | None = None  # (B, T) int64, as they were embedded; None where only vectors are known

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


@dataclass(frozen=True, slots=True)
class Words:
    """B texts without padding: token t is `vectors[rows[t]]`, and beside it `numbers[t]`."""

    vectors: Tensor  # (U, D-F), of the distinct words, or (N, D) of every token
    rows: npt.NDArray[np.int32]  # (N,)
    numbers: npt.NDArray[np.float32]  # (N, F), what depends on more than the word
    offsets: npt.NDArray[np.int64]  # (B+1,): text b is the tokens from offsets[b] to offsets[b + 1]
    width: int = 0  # places a text when padded; 0: as many as the longest has tokens

    @classmethod
    def every(cls, vectors: Tensor, offsets: npt.NDArray[np.int64]) -> "Words":
        """Return texts whose tokens (N, D) have a row each, and nothing beside it."""
        count = len(vectors)
        return cls(vectors, np.arange(count, dtype=np.int32), np.empty((count, 0), np.float32), offsets)

    @classmethod
    def of(cls, embedded: Embedded) -> "Words":
        """Return a padded batch so, with a row for every real token."""
        offsets = np.zeros(len(embedded.mask) + 1, np.int64)
        np.cumsum(embedded.lengths.numpy(), out=offsets[1:])
        return cls.every(embedded.x[embedded.mask], offsets)

    def spread(self) -> "Words":
        """Return the same with a vector for every token instead of every distinct word."""
        rows = torch.from_numpy(self.rows).to(self.vectors.device)
        # The gradient of F.embedding is many times faster than that of an index.
        vectors = F.embedding(rows, self.vectors)
        return replace(self, vectors=vectors, rows=np.arange(len(self.rows), dtype=np.int32))

    def padded(self) -> Embedded:
        """Return the batch with a vector (D,) for every place, `width` places a text."""
        vectors, device = self.vectors, self.vectors.device
        lengths = torch.from_numpy(np.diff(self.offsets)).to(device)
        mask = torch.arange(self.width or int(lengths.max()), device=device) < lengths[:, None]
        numbers = torch.from_numpy(self.numbers).to(vectors)
        every = torch.cat((vectors[torch.from_numpy(self.rows).to(device)], numbers), 1)
        return Embedded(pad(every, mask), mask)


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


@runtime_checkable
class WordReader(Encoder, Protocol):
    """An encoder whose first layer computes for the distinct words of a batch only, and pools as it reads."""

    def fuses(self, pooling: str, like: Tensor) -> bool:
        """Whether `pooled` can do this pooling, on tensors of the device and type of `like`."""
        ...

    def pooled(self, words: Words, pooling: str) -> Tensor:
        """Return what `pooling` makes of the sequence, (B, H')."""
        ...


@runtime_checkable
class Windowed(Encoder, Protocol):
    """An encoder whose output at a token depends on that token and a fixed number before it, no others."""

    @property
    def receptive_field(self) -> int:
        """Tokens that one output sees."""
        ...


def take_last(sequence: Tensor, mask: Tensor) -> Tensor:
    """Return the entry at each row's last real token: (B, T, H), (B, T) -> (B, H)."""
    rows = torch.arange(sequence.shape[0], device=sequence.device)
    return sequence[rows, mask.sum(1) - 1]


def pad(ragged: Tensor, mask: Tensor) -> Tensor:
    """Spread rows of real tokens, (N, D), over their places: (B, T, D), zero elsewhere."""
    return ragged.new_zeros(*mask.shape, ragged.shape[-1]).masked_scatter(mask.unsqueeze(-1), ragged)
