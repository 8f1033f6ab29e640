"""`Bulk`: what a tokenizer may have to do the same for many texts at once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tenor.text.vocabulary import Vocabulary

# Of B texts: ids (N,), offsets (B+1,) as in `Tokens`, and numbers of tokens before truncation (B,).
Encoded = tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64]]

# How many tokens from the start of a text each of `TRUNCATIONS` keeps, by the length that is allowed.
FRONTS: dict[str, Callable[[int], int]] = {
    "head": lambda length: length,
    "tail": lambda length: 0,
    "head+tail": lambda length: (length + 1) // 2,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What truncation keeps of more than `limit` tokens: the first `front` and, up to `limit`, the last."""

    limit: int
    front: int

    @classmethod
    def of(cls, max_length: int | None, truncation: str) -> "Kept":
        """Return what `truncate` does with these."""
        limit = int(np.iinfo(np.int64).max) if max_length is None else max_length
        return cls(limit, FRONTS[truncation](limit))


class Encoder(Protocol):
    """Gives the ids that tokenizer and vocabulary give text by text, faster."""

    def encode(self, texts: Iterable[str], kept: Kept, threads: int) -> Iterator[Encoded]:
        """Yield the ids of some texts at a time, in order; a text without tokens is one unknown token."""


class Bulk(Protocol):
    """Does what the tokenizer does text by text, faster."""

    def encoder(self, vocabulary: Vocabulary) -> Encoder:
        """Return what finds the ids of `vocabulary`."""

    def count(self, texts: Iterable[str], threads: int) -> tuple[dict[str, int], int]:
        """Return how often each token occurs, and the number of texts."""
