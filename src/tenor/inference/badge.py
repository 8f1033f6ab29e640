"""Texts that are uncertain and unlike each other: BADGE (Ash et al. 2020, "Deep batch active learning").

A text's gradient is that of the loss by the weights of the head, had the text the likeliest class: the outer
product of p - onehot and the text's vector. It is long where the model is unsure, and points where the text
would move the model. Rows are drawn as k-means++ draws its centres (Arthur & Vassilvitskii 2007): each with
a chance that grows with the squared distance of its gradient to those drawn before. Of a head with a hidden
layer the gradient is that of one without.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.evaluation.metrics import Floats


@dataclass(frozen=True)
class Gradients:
    """The gradients of N texts, as the factors of their outer products."""

    residuals: Floats  # (N, C): p - onehot of the likeliest class
    vectors: Floats  # (N, H')
    squares: Floats  # (N,): squared lengths

    @classmethod
    def of(cls, probabilities: Floats, vectors: npt.NDArray[np.float32]) -> "Gradients":
        """Return those of texts with probabilities (N, C) and vectors (N, H')."""
        residuals, wide = probabilities.copy(), vectors.astype(np.float64)
        residuals[np.arange(len(residuals)), probabilities.argmax(axis=1)] -= 1.0
        return cls(residuals, wide, (residuals**2).sum(axis=1) * (wide**2).sum(axis=1))

    def distances(self, place: int) -> Floats:
        """Return the squared distance of each to one of them, (N,)."""
        products = (self.residuals @ self.residuals[place]) * (self.vectors @ self.vectors[place])
        return np.asarray(np.maximum(self.squares + self.squares[place] - 2 * products, 0.0))

    def drawn(self, count: int, seed: int, refused: Callable[[int], bool]) -> list[int]:
        """Return the places of at most `count` texts in the order they were drawn, the longest first.

        Equal arguments give equal draws. A text that is `refused` when it is drawn is left out, and so is
        never asked again. Where nothing is apart from what was drawn, texts follow in their order.
        """
        generator = np.random.Generator(np.random.PCG64(seed))
        left = np.ones(len(self.squares), dtype=bool)
        nearest, chosen = self.squares.copy(), list[int]()
        while left.any() and len(chosen) < count:
            weights = np.where(left, nearest, 0.0)
            if not chosen:
                place = int(weights.argmax()) if weights.any() else int(left.argmax())
            elif (total := float(weights.sum())) > 0:
                place = int(np.searchsorted(np.cumsum(weights), generator.random() * total, side="right"))
                place = place if place < len(left) and left[place] else int(weights.argmax())
            else:
                place = int(left.argmax())
            left[place] = False
            if not refused(place):
                nearest = self.distances(place) if not chosen else np.minimum(nearest, self.distances(place))
                chosen.append(place)
        return chosen
