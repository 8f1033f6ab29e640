"""The majority class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.baselines.given import Labelled, several, targets
from tenor.config.text import TextConfig
from tenor.evaluation.metrics import Floats


@dataclass(frozen=True)
class Majority:
    """Says of every text what share of the training texts each class has."""

    classes: tuple[str, ...]
    shares: Floats  # (C,)

    @property
    def parameters(self) -> int:
        """The shares."""
        return len(self.shares)

    @property
    def size_bytes(self) -> int:
        """The shares."""
        return self.shares.nbytes

    @property
    def settings(self) -> dict[str, object]:
        """Nothing is chosen."""
        return {}

    def predict(self, texts: Iterable[str]) -> list[str]:
        """Return the most frequent class for each text; of equal ones the first."""
        return [self.classes[int(self.shares.argmax())] for _ in several(texts)]

    def predict_proba(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return the shares for each text, (N, C)."""
        return np.tile(self.shares, (sum(1 for _ in several(texts)), 1))


def majority(
    texts: Sequence[str],
    labels: Sequence[str],
    classes: Sequence[str],
    *,
    validation: Labelled | None = None,
    text: TextConfig | None = None,
    threads: int | None = None,
) -> Majority:
    """Count the classes of the training texts; `validation`, `text` and `threads` play no part."""
    found = targets(texts, labels, classes)
    return Majority(tuple(classes), np.bincount(found, minlength=len(classes)) / len(found))
