"""`tenor` with an engine that sleeps for every text, so that in overload.py the engine is the limit.

    python -m slow_service SECONDS serve MODEL ...

Models are those of a minGRU; all but their engine is as always.
"""

import sys
import time

import numpy as np
import numpy.typing as npt

from tenor.cli.main import main as tenor
from tenor.inference.engine import Engine
from tenor.inference.predictor import ENGINES
from tenor.inference.table import TableEngine
from tenor.text.tokens import Tokens


class SlowEngine:
    """An engine that takes so many seconds longer for each text, without using the processor."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        time.sleep(self._seconds * len(tokens))
        return self._engine.logits(tokens)

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        time.sleep(self._seconds * len(tokens))
        return self._engine.vectors(tokens)

    def vectors_with_logits(self, tokens: Tokens) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return `vectors` (N, H') and `logits` (N, C) of N texts, by one reading."""
        time.sleep(self._seconds * len(tokens))
        return self._engine.vectors_with_logits(tokens)


def main() -> None:
    """Run the command that follows the seconds."""
    seconds = float(sys.argv.pop(1))
    ENGINES["mingru"] = lambda model: SlowEngine(TableEngine(model), seconds)
    tenor()


if __name__ == "__main__":
    main()
