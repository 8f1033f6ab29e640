"""The one seam between a model and whatever computes it."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from tenor.text.tokens import Tokens


class Engine(Protocol):
    """Computes logits, and the vectors they are made of."""

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        ...

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, which the head makes logits of, in their order."""
        ...
