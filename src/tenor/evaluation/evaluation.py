"""`Evaluation`: how good the predictions of a labelled set are, with intervals and slices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.errors import InputError
from tenor.evaluation import metrics
from tenor.evaluation.confidence import Confidence
from tenor.evaluation.intervals import Interval, bootstrap, wilson
from tenor.evaluation.metrics import Floats, Ints, Weighted
from tenor.evaluation.ranking import roc_auc_of
from tenor.evaluation.slices import Slice, length_slices, slices_of

AVERAGED = (
    "accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "weighted_precision",
    "weighted_recall",
    "weighted_f1",
    "roc_auc",
    "log_loss",
)

LENGTH = "length in tokens"


@dataclass(frozen=True, slots=True)
class ClassEvaluation:
    """Figures of one class; `support` is its number of rows."""

    name: str
    support: int
    precision: Interval
    recall: Interval
    f1: Interval

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "name": self.name,
            "support": self.support,
            "precision": self.precision.to_json(),
            "recall": self.recall.to_json(),
            "f1": self.f1.to_json(),
        }


@dataclass(frozen=True)
class Evaluation:
    """Metrics of `rows` predictions; `metrics` has the names `AVERAGED`.

    `roc_auc` is None where a class has no rows. `confusion` counts rows, true class down, predicted class
    across. `slices` holds, for each column that was asked for, figures of the rows of each value.
    """

    classes: tuple[str, ...]
    rows: int
    metrics: Mapping[str, Interval | None]
    per_class: tuple[ClassEvaluation, ...]
    confusion: Ints  # (C, C)
    slices: Mapping[str, tuple[Slice, ...]]
    resamples: int
    seed: int
    confidence: Confidence | None = None  # where the logits are known

    def to_json(self) -> dict[str, object]:
        """Return the evaluation as JSON-ready values; a figure that is not defined is None."""
        return {
            "classes": list(self.classes),
            "rows": self.rows,
            "metrics": {name: figure and figure.to_json() for name, figure in self.metrics.items()},
            "per_class": [one.to_json() for one in self.per_class],
            "confusion": self.confusion.tolist(),
            "slices": {column: [one.to_json() for one in found] for column, found in self.slices.items()},
            "bootstrap": {"resamples": self.resamples, "seed": self.seed},
            **({} if self.confidence is None else {"confidence": self.confidence.to_json()}),
        }


def evaluate(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    classes: Sequence[str],
    *,
    resamples: int,
    seed: int,
    slices: Mapping[str, Sequence[str]] | None = None,
    lengths: npt.ArrayLike | None = None,
    block: int = 1,
) -> Evaluation:
    """Evaluate `probabilities` (N, C) of rows whose classes are `labels` (N,), indices into `classes`.

    The predicted class is the most probable one. Every figure has a 95 % bootstrap interval over
    `resamples` draws from `seed`; a share of exactly 0 or 1 has the Wilson interval instead (see
    `intervals`). `slices` names columns, each with one value a row; `lengths` (N,), in tokens,
    adds the slices `LENGTH`. Of rows in the order of time, `block` neighbours are drawn together. Raises
    `InputError` when the arrays do not fit each other or the classes, or when there is no row.
    """
    true, scores = _checked(labels, probabilities, classes)
    predicted = metrics.predicted_classes(scores)
    count = len(classes)
    figures = _figures(true, predicted, scores, count)
    found = bootstrap(figures, len(true), resamples=resamples, seed=seed, block=block)
    averaged: dict[str, Interval | None] = dict(zip(AVERAGED, found[: len(AVERAGED)], strict=True))
    confusion = np.rint(metrics.confusion_matrix(true, predicted, count)).astype(np.int64)
    hits, support = np.diagonal(confusion), confusion.sum(axis=1)
    for name in ("accuracy", "weighted_recall"):  # one and the same share of the rows
        averaged[name] = _share(averaged[name], int(hits.sum()), len(true))
    precision, recall, f1 = (found[len(AVERAGED) + i * count :][:count] for i in range(3))
    parts = {name: slices_of(true, predicted, values, count) for name, values in (slices or {}).items()}
    if lengths is not None:
        parts[LENGTH] = length_slices(true, predicted, lengths, count)
    return Evaluation(
        classes=tuple(classes),
        rows=len(true),
        metrics=averaged,
        per_class=tuple(
            ClassEvaluation(
                name,
                int(support[c]),
                _share(precision[c], int(hits[c]), int(confusion[:, c].sum())),
                _share(recall[c], int(hits[c]), int(support[c])),
                f1[c] or Interval(0.0, 0.0, 0.0),
            )
            for c, name in enumerate(classes)
        ),
        confusion=confusion,
        slices=parts,
        resamples=resamples,
        seed=seed,
    )


def _figures(labels: Ints, predicted: Ints, probabilities: Floats, classes: int) -> Weighted:
    """Return weights (R, N) -> (R, K): the averaged figures, then precision, recall and F1 of each class."""
    confusion_of = metrics.confusion_of(labels, predicted, classes)
    auc_of = roc_auc_of(labels, probabilities)
    losses = metrics.row_losses(labels, probabilities)

    def read(weights: Floats) -> Floats:
        confusion = confusion_of(weights)
        per_class = [of(confusion) for of in (metrics.precision, metrics.recall, metrics.f1)]
        averaged = [
            metrics.accuracy(confusion),
            *(metrics.macro(values, confusion) for values in per_class),
            *(metrics.weighted(values, confusion) for values in per_class),
            auc_of(weights),
            weights @ losses / weights.sum(axis=-1),
        ]
        return np.concatenate([np.stack(averaged, axis=-1), *per_class], axis=-1)

    return read


def _share(drawn: Interval | None, hits: int, trials: int) -> Interval:
    """Return the bootstrap interval of a share of rows, or Wilson's where every draw would be the same."""
    return wilson(hits, trials) if drawn is None or hits in (0, trials) else drawn


def _checked(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, classes: Sequence[str]
) -> tuple[Ints, Floats]:
    true, scores = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    if true.ndim != 1 or scores.shape != (len(true), len(classes)):
        raise InputError(
            f"labels of shape {true.shape} and probabilities of shape {scores.shape} do not fit "
            f"{len(classes)} classes; give labels (N,) and probabilities (N, {len(classes)})"
        )
    if not len(true):
        raise InputError("there is no row to evaluate; give at least one labelled text")
    if not np.issubdtype(true.dtype, np.integer) or true.min() < 0 or true.max() >= len(classes):
        raise InputError(f"labels must be whole numbers from 0 to {len(classes) - 1}, one a row")
    if not (np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1 + 1e-6):
        raise InputError("probabilities must lie between 0 and 1; some are not, or are not finite")
    return true.astype(np.int64), scores
