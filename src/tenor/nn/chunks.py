"""`Chunks`: texts, side by side, in pieces of so many tokens, for truncated backpropagation through time.

A text is read from a state of zeros and framed by a boundary, the id of padding, which no text holds: as
first input, and as the target that ends it. So every text is read alone, as a classifier reads it, whatever
stood before it in training. Texts of about the same length are read side by side, and those that have ended
leave. A running text without end is cut into as many rows as are read side by side, which begin with the
boundary and end with no target for it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tenor.batching import Batches, round_width
from tenor.nn.encoder import State
from tenor.nn.language_model import NOTHING
from tenor.text.tokens import Tokens

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next tokens of B texts, longest text first."""

    ids: Tensor  # (B, T) int64
    targets: Tensor  # (B, T) int64, `NOTHING` behind the end of a text
    first: bool  # whether the texts begin with it
    count: int  # targets that count

    def to(self, device: torch.device) -> "Chunk":
        """Return the same chunk on another device."""
        return Chunk(self.ids.to(device), self.targets.to(device), self.first, self.count)

    def __len__(self) -> int:
        return self.count


@dataclass(frozen=True, slots=True)
class Place:
    """Which rows a chunk is of, longest first, and at which token of each it begins."""

    rows: Rows
    start: int


def framed(tokens: Tokens, boundary: int) -> Tokens:
    """Return every text between two boundaries."""
    both = np.stack((tokens.offsets[:-1], tokens.offsets[1:]), 1).reshape(-1)
    longer = np.insert(tokens.ids, both, np.int32(boundary))
    return Tokens(longer, tokens.offsets + 2 * np.arange(len(tokens.offsets)))


def running(tokens: Tokens, boundary: int, *, rows: int, least: int) -> Tokens:
    """Return texts without end, each cut into rows of about the same length with a boundary before.

    All together there are about `rows`, fewer where they would be shorter than `least` tokens.
    """
    length = max(least, math.ceil(len(tokens.ids) / rows), 1)
    starts: list[int] = []
    for start, end in pairwise(tokens.offsets.tolist()):
        pieces = max(1, round((end - start) / length))
        starts += [start + piece * (end - start) // pieces for piece in range(pieces)]
    longer = np.insert(tokens.ids, starts, np.int32(boundary))
    return Tokens(longer, np.array([*starts, len(tokens.ids)]) + np.arange(len(starts) + 1))


@dataclass(frozen=True)
class Chunks:
    """Training chunks: texts in random order by seed and epoch, each from its first token to its last."""

    tokens: Tokens  # framed
    boundary: int
    batch_size: int
    length: int  # tokens of a chunk
    seed: int

    @property
    def whole_epochs(self) -> bool:
        """Whether each text must have been read: large corpora need not be, to have learned a language."""
        return False

    @property
    def total(self) -> int:
        """Targets of an epoch."""
        return len(self.tokens.ids) - len(self.tokens)

    def __len__(self) -> int:
        return len(self._first_epoch)

    @cached_property
    def _first_epoch(self) -> Sequence[Place]:
        return self._order(0)

    def order(self, epoch: int) -> Sequence[Place]:
        """Return the chunks of an epoch; there may be some more or fewer than in another."""
        return self._first_epoch if epoch == 0 else self._order(epoch)

    def _order(self, epoch: int) -> Sequence[Place]:
        nothing = np.empty(0, np.int64)
        batches = Batches(self.tokens, nothing, self.batch_size, self.seed).order(epoch)
        return [place for rows in batches for place in places(self.tokens, rows, self.length)]

    def batch(self, rows: Place) -> Chunk:
        """Return the chunk at a place."""
        return chunk(self.tokens, rows, self.length, self.boundary)


def places(tokens: Tokens, rows: Rows, length: int) -> Iterator[Place]:
    """Yield the places of some rows from their beginnings to their ends, each with the rows that reach it."""
    lengths = tokens.lengths[rows] - 1  # targets
    order = np.argsort(-lengths, kind="stable")
    rows, lengths = rows[order], lengths[order]
    for start in range(0, int(lengths[0]), length):
        yield Place(rows[: np.count_nonzero(lengths > start)], start)


def chunk(tokens: Tokens, place: Place, length: int, boundary: int) -> Chunk:
    """Return the chunk at a place, `length` tokens wide or up to the end of its longest text."""
    piece = tokens.piece(place.rows, place.start, length + 1)
    width = min(length, round_width(int(piece.lengths.max()) - 1))
    padded = piece.padded(NOTHING, width + 1)
    ids = np.where(padded == NOTHING, boundary, padded)[:, :-1]
    count = len(piece.ids) - len(piece)
    return Chunk(
        torch.from_numpy(np.ascontiguousarray(ids)),
        torch.from_numpy(np.ascontiguousarray(padded[:, 1:])),
        place.start == 0,
        count,
    )


def of_rows(state: State, rows: int) -> State:
    """Return the state of the first rows alone; its second axis is the texts."""
    return tuple(part[:, :rows].contiguous() for part in state)
