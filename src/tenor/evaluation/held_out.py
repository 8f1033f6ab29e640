"""`HeldOut`: what a network said of validation texts, and what they are; thresholds are chosen by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_MOST_TEXTS = 20_000
_MOST_LOGITS = 2_000_000  # 8 MB, where classes are many


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Classes and logits of N texts that were not trained on."""

    labels: npt.NDArray[np.int32]  # (N,) class indices
    logits: npt.NDArray[np.float32]  # (N, C)

    @classmethod
    def sampled(cls, labels: npt.ArrayLike, logits: npt.ArrayLike, *, seed: int) -> "HeldOut":
        """Keep all texts, or so many of them, drawn with `seed`, that a model folder stays small."""
        true, found = np.asarray(labels, np.int32), np.asarray(logits, np.float32)
        most = min(_MOST_TEXTS, _MOST_LOGITS // found.shape[1])
        if len(true) > most:
            rows = np.sort(np.random.default_rng(seed).choice(len(true), most, replace=False))
            true, found = true[rows], found[rows]
        return cls(true, found)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], classes: int) -> "HeldOut":
        """Return what `to_arrays` gave; `ValueError` or `KeyError` where it does not fit so many classes."""
        labels, logits = arrays["labels"], arrays["logits"]
        if labels.ndim != 1 or logits.shape != (len(labels), classes):
            raise ValueError(f"labels {labels.shape} and logits {logits.shape} for {classes} classes")
        if len(labels) and not (labels.min() >= 0 and labels.max() < classes and np.isfinite(logits).all()):
            raise ValueError("labels that are no classes, or logits that are not finite")
        return cls(labels, logits)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return both arrays by name."""
        return {"labels": self.labels, "logits": np.ascontiguousarray(self.logits)}

    def __len__(self) -> int:
        return len(self.labels)
