"""The one seam between a model and whatever computes it."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from tenor.inference.state import State
from tenor.text.tokens import Tokens


class Engine(Protocol):
    """Computes logits, and the vectors they are made of."""

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        ...

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, which the head makes logits of, in their order."""
        ...

    def vectors_with_logits(self, tokens: Tokens) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return `vectors` (N, H') and `logits` (N, C) of N texts, each of which is read once."""
        ...


@dataclass(frozen=True, slots=True)
class Outputs:
    """What an encoder says after each of N tokens."""

    sequence: npt.NDArray[np.float32]  # (N, H)
    scores: npt.NDArray[np.float32] | None  # (N,): what attention's softmax is taken of; else None


@runtime_checkable
class StepEngine(Engine, Protocol):
    """An engine that can read on from where it stopped, if its model reads left to right only.

    `tenor.inference.steps` makes running logits of it.
    """

    pooling: str
    output_size: int  # H

    def initial(self, count: int) -> State:
        """Return the encoder's state before the first token of so many texts."""
        ...

    def read(self, state: State, tokens: Tokens) -> tuple[Outputs, State]:
        """Read the next piece of each text; return what comes out, and the state after it."""
        ...

    def head(self, pooled: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of pooled vectors (N, H')."""
        ...
