"""Classification metrics of labels and probabilities, for one weighting of the rows or for many at once.

The bootstrap asks for the same metrics under a thousand weightings of the same rows. So the two things that
need the rows come in two steps: `confusion_of` and `row_losses` (and `ranking.roc_auc_of`) prepare what does
not depend on the weights, and what they return is then read for weights (..., N). Everything else is computed
of confusion matrices (..., C, C), true class down, predicted class across.

A ratio whose denominator is zero is 0.0: the precision of a class that was never predicted, the recall of a
class without rows, the F1 of a class with neither.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Weighted = Callable[[Floats], Floats]
"""A figure of some rows: weights (..., N) -> (...) or (..., more)."""


def predicted_classes(probabilities: npt.ArrayLike) -> Ints:
    """Return the most probable class of each row (N,); of equal ones the first."""
    return np.asarray(np.asarray(probabilities).argmax(axis=1), dtype=np.int64)


def confusion_of(labels: Ints, predicted: Ints, classes: int) -> Weighted:
    """Return weights (..., N) -> confusion matrices (..., C, C), with the rows sorted into cells once."""
    cells = labels * classes + predicted
    order = np.argsort(cells, kind="stable")
    present, starts = np.unique(cells[order], return_index=True)

    def read(weights: Floats) -> Floats:
        matrix = np.zeros((*weights.shape[:-1], classes * classes))
        if len(present):
            matrix[..., present] = np.add.reduceat(weights[..., order], starts, axis=-1)
        return matrix.reshape(*weights.shape[:-1], classes, classes)

    return read


def confusion_matrix(labels: Ints, predicted: Ints, classes: int, weights: Floats | None = None) -> Floats:
    """Return the (weighted) number of rows of each true class (down) and predicted class (across), (C, C)."""
    return confusion_of(labels, predicted, classes)(_weights(weights, len(labels)))


def accuracy(confusion: Floats) -> Floats:
    """Return the share of rows on the diagonal, (...)."""
    return _ratio(_diagonal(confusion).sum(axis=-1), confusion.sum(axis=(-2, -1)))


def precision(confusion: Floats) -> Floats:
    """Return, for each class, the share of the rows predicted as it that are of it, (..., C)."""
    return _ratio(_diagonal(confusion), confusion.sum(axis=-2))


def recall(confusion: Floats) -> Floats:
    """Return, for each class, the share of its rows that are predicted as it, (..., C)."""
    return _ratio(_diagonal(confusion), confusion.sum(axis=-1))


def f1(confusion: Floats) -> Floats:
    """Return the harmonic mean of precision and recall of each class, (..., C)."""
    return _ratio(2 * _diagonal(confusion), confusion.sum(axis=-2) + confusion.sum(axis=-1))


def macro(values: Floats, confusion: Floats) -> Floats:
    """Return the plain mean of (..., C) over the classes that have rows or are predicted, (...).

    A class with neither says nothing about the model, so it does not count (as in scikit-learn).
    """
    there = (confusion.sum(axis=-2) + confusion.sum(axis=-1)) > 0
    return _ratio((values * there).sum(axis=-1), there.sum(axis=-1))


def weighted(values: Floats, confusion: Floats) -> Floats:
    """Return the mean of (..., C) weighted by the rows of each class, (...)."""
    support = confusion.sum(axis=-1)
    return _ratio((values * support).sum(axis=-1), support.sum(axis=-1))


def row_losses(labels: Ints, probabilities: npt.ArrayLike) -> Floats:
    """Return the negative log probability of each row's own class, in nats, (N,).

    Probabilities are clipped to [eps, 1 - eps] of float64, so that a certain mistake costs 36, not infinity.
    """
    own = np.asarray(probabilities, dtype=np.float64)[np.arange(len(labels)), labels]
    eps = np.finfo(np.float64).eps
    return np.asarray(-np.log(np.clip(own, eps, 1 - eps)))


def log_loss(labels: Ints, probabilities: npt.ArrayLike, weights: Floats | None = None) -> float:
    """Return the (weighted) mean of `row_losses`; 0.0 without rows."""
    weights = _weights(weights, len(labels))
    return float(_ratio(weights @ row_losses(labels, probabilities), weights.sum()))


def _weights(weights: Floats | None, rows: int) -> Floats:
    return np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)


def _diagonal(confusion: Floats) -> Floats:
    diagonal: Floats = np.diagonal(confusion, axis1=-2, axis2=-1)
    return diagonal


def _ratio(over: npt.ArrayLike, under: npt.ArrayLike) -> Floats:
    """Return over / under of one shape, 0.0 where under is zero."""
    over, under = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    out = np.zeros(over.shape)
    np.divide(over, under, out=out, where=under > 0)
    return out
