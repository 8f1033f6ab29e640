"""Area under the ROC curve: how often a row of a class scores above a row that is not of it."""

import numpy as np
import numpy.typing as npt

from tenor.evaluation.metrics import Floats, Ints, Weighted


def roc_auc(labels: Ints, probabilities: npt.ArrayLike, weights: Floats | None = None) -> float | None:
    """Return the area under the ROC curve; None where a class has no rows (or no weight).

    Two classes: class 1 against class 0, scored by its probability. More: the plain mean over the classes,
    each against the rest. A tie counts one half.
    """
    weights = np.ones(len(labels)) if weights is None else np.asarray(weights, dtype=np.float64)
    area = float(roc_auc_of(labels, probabilities)(weights))
    return None if np.isnan(area) else area


def roc_auc_of(labels: Ints, probabilities: npt.ArrayLike) -> Weighted:
    """Return weights (..., N) -> areas (...), NaN where a class has no weight; scores are sorted once."""
    scores = np.asarray(probabilities, dtype=np.float64)
    classes = scores.shape[1]
    compared = [1] if classes == 2 else range(classes)
    curves = [_one_against_rest(labels == c, scores[:, c]) for c in compared]

    def read(weights: Floats) -> Floats:
        total = np.zeros(weights.shape[:-1])
        for curve in curves:
            total += curve(weights)
        return total / len(curves)

    return read


def _one_against_rest(positive: npt.NDArray[np.bool_], scores: Floats) -> Weighted:
    """Return weights (..., N) -> the weighted share of (positive, negative) pairs in the right order.

    Rows sorted by score fall into blocks that are all positive or all negative. Of such a block only the
    total weight matters, and there are far fewer blocks than rows when the scores are any good. Where
    positives and negatives share a score, these are two blocks of their own, the negative one first.
    """
    if not len(scores):
        return lambda weights: np.full(weights.shape[:-1], np.nan)
    order = np.lexsort((positive, scores))
    positive, scores = positive[order], scores[order]
    new_score = scores[1:] != scores[:-1]
    new_side = positive[1:] != positive[:-1]
    group = np.concatenate([[0], np.cumsum(new_score)])  # (N,) the rows of one score
    mixed = np.zeros(group[-1] + 1, dtype=bool)
    mixed[group[1:][new_side & ~new_score]] = True
    cut = new_side | (new_score & (mixed[group[1:]] | mixed[group[:-1]]))
    starts = np.concatenate([[0], np.flatnonzero(cut) + 1])  # (K,)
    above = np.flatnonzero(positive[starts])  # the positive blocks
    tied = above[mixed[group[starts[above]]]]  # those whose negative twin stands right before them
    side = ~positive[starts]  # True: a negative block

    def read(weights: Floats) -> Floats:
        blocks = np.add.reduceat(weights[..., order], starts, axis=-1)  # (..., K)
        below = np.cumsum(blocks * side, axis=-1)  # negative weight up to and with each block
        won = (blocks[..., above] * below[..., above]).sum(axis=-1)
        won -= 0.5 * (blocks[..., tied] * blocks[..., tied - 1]).sum(axis=-1)
        pairs = blocks[..., above].sum(axis=-1) * below[..., -1]
        area = np.full(np.shape(pairs), np.nan)
        np.divide(won, pairs, out=area, where=pairs > 0)
        return area

    return read
