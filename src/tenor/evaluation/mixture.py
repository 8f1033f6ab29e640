"""`Mixture`: how much the parts of a model count in the sum of their logits.

The parts are trained apart from each other, and held-out texts choose the weights: parts that are trained
together lean on whichever remembers the training texts best.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tenor.evaluation.metrics import Floats, Ints
from tenor.evaluation.temperature import FEWEST, softmax

_MOST = 10.0  # weight of a part
_PRECISION = 1e-10  # of the slope
_STEPS, _HALVINGS = 100, 40


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights of the networks' mean logits and of the n-grams' logits; the larger one is 1.

    How sure the sum is beside that is left to the temperature. `reason` says why the weights are the
    default ones, where they are.
    """

    network: float
    ngrams: float
    reason: str | None = None

    @classmethod
    def fitted(
        cls, labels: Ints, network: npt.NDArray[Any], ngrams: npt.NDArray[Any], *, default: float
    ) -> Self:
        """Choose the weights by which held-out texts (N,) are likeliest, of logits (N, C) of both parts.

        There is no choice by fewer than 50 texts or by texts of one class, where the sum reads every one of
        them right as it is, and where both parts are worse than knowing nothing: the weights are then 1 and
        `default`.
        """
        if len(labels) < FEWEST:
            return cls(1.0, default, f"{len(labels)} validation texts are too few, {FEWEST} are needed")
        if len(np.unique(labels)) < 2:
            return cls(1.0, default, "all validation texts are of one class")
        if _margins(labels, network + default * ngrams).max() <= 0:
            return cls(1.0, default, "every validation text is read right as it is")
        weights, _ = best_weights(labels, np.stack([network, ngrams]))
        if not weights.max() > 0:
            return cls(1.0, default, "the validation texts speak against both parts")
        found = weights / weights.max()
        return cls(float(found[0]), float(found[1]))

    def of(self, network: npt.NDArray[Any], ngrams: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return the sum of both parts' logits (N, C)."""
        return np.asarray(self.network * network + self.ngrams * ngrams, np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave; `ValueError`, `KeyError` or `TypeError` where it is damaged."""
        found = cls(float(values["network"]), float(values["ngrams"]), values["reason"])
        if not all(0 <= weight < np.inf for weight in (found.network, found.ngrams)):
            raise ValueError(f"weights {found.network} and {found.ngrams} of the parts")
        return found


def best_weights(labels: Ints, parts: npt.NDArray[Any]) -> tuple[Floats, float]:
    """Return weights (P,) from 0 to 10 of the logits of parts (P, N, C), and the log-loss of their sum.

    The log-loss is convex in the weights. Its least value in the box is found by Newton's steps for those
    weights that are not held at an end of it (Bertsekas 1982, "Projected Newton methods").
    """
    margins = np.stack([_margins(labels, logits) for logits in parts])
    weights = np.ones(len(margins))
    loss = _loss(margins, weights)
    for _ in range(_STEPS):
        shares = softmax(np.tensordot(weights, margins, 1))  # (N, C)
        means = (margins * shares).sum(-1)  # (P, N)
        slope = means.mean(-1)
        held = ((weights <= 0) & (slope > 0)) | ((weights >= _MOST) & (slope < 0))
        free = np.flatnonzero(~held)
        if not len(free) or np.abs(slope[free]).max() < _PRECISION:
            break
        apart = margins[free] - means[free][..., None]
        curvature = np.einsum("pnc,qnc,nc->pq", apart, apart, shares) / len(labels)
        curvature += 1e-9 * max(1.0, float(np.trace(curvature))) * np.eye(len(free))
        step = np.zeros(len(weights))
        step[free] = np.linalg.solve(curvature, slope[free])
        after, lower = _lower(margins, weights, step, loss)
        if not lower < loss:
            break
        weights, loss = after, lower
    return weights, loss


def _margins(labels: Ints, logits: npt.NDArray[Any]) -> Floats:
    """Return by how much each class is over the true one, (N, C)."""
    found = logits.astype(np.float64)
    return np.asarray(found - found[np.arange(len(labels)), labels][:, None])


def _lower(margins: Floats, weights: Floats, step: Floats, loss: float) -> tuple[Floats, float]:
    """Go along a step, or half of it and so on, as far as the loss falls, within the box."""
    after, found = weights, loss
    for halving in range(_HALVINGS):
        after = np.clip(weights - step / 2**halving, 0, _MOST)
        found = _loss(margins, after)
        if found < loss:
            break
    return after, found


def _loss(margins: Floats, weights: Floats) -> float:
    """Return the mean of log sum exp of weighted margins (P, N, C)."""
    return float(np.logaddexp.reduce(np.tensordot(weights, margins, 1), axis=1).mean())
