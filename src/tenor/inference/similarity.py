"""Cosine similarity, and the best of many candidates that come in chunks."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")
Vectors = npt.NDArray[np.float32]


def unit(vectors: npt.NDArray[Any]) -> Vectors:
    """Scale vectors (N, H) to length 1; one of zeros stays so, and is similar to nothing."""
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    scaled = np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
    return np.asarray(scaled, np.float32)


class Nearest(Generic[Item]):
    """The `most` candidates nearest to each of Q queries (Q, H) so far, by cosine; of equals the earlier."""

    def __init__(self, queries: Vectors, most: int) -> None:
        self._queries = unit(queries)
        self._most = most
        self._similarities = np.empty((len(queries), 0), np.float32)  # (Q, at most `most`), falling
        self._items: list[list[Item]] = [[] for _ in range(len(queries))]

    def add(self, items: Sequence[Item], vectors: Vectors) -> None:
        """Consider candidates with their vectors (N, H)."""
        similarities = np.concatenate((self._similarities, self._queries @ unit(vectors).T), 1)
        best = np.argsort(-similarities, axis=1, kind="stable")[:, : self._most]  # (Q, k)
        for query, places in enumerate(best.tolist()):
            kept = self._items[query]
            self._items[query] = [
                kept[place] if place < len(kept) else items[place - len(kept)] for place in places
            ]
        self._similarities = np.take_along_axis(similarities, best, 1)

    def found(self) -> list[list[tuple[Item, float]]]:
        """Return for each query the nearest candidates with their cosine, the nearest first."""
        return [
            list(zip(items, values, strict=True))
            for items, values in zip(self._items, self._similarities.tolist(), strict=True)
        ]
