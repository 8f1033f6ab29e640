"""Figures of a model that was trained with several seeds: other texts and other trainings may differ.

Three intervals, since they answer three questions. `over_texts`: these trained models, other texts of the
kind. `over_seeds`: other trainings, these texts. `both`: other trainings and other texts, which is what a
statement about an architecture needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError, InputError
from tenor.evaluation import metrics, student
from tenor.evaluation.intervals import LEVEL, Interval, resampling_counts, wilson
from tenor.evaluation.metrics import Floats, Ints, Weighted
from tenor.evaluation.moderation import Family

ACCURACY, MACRO_F1 = "accuracy", "macro_f1"


@dataclass(frozen=True, slots=True)
class SeedFigure:
    """A figure between 0 and 1 of S trainings of one model, measured on the same N texts.

    `seeds` (S,) are the figures of the single trainings and `value` is their mean. `over_texts` is the
    percentile bootstrap interval over texts. `over_seeds` is Student's t interval over the trainings; None
    for a single one, which says nothing of others. `both` is Student's t interval too: its variance is that
    of the bootstrap over texts and the excess of `TrainingSpread`, its degrees of freedom are those that few
    trainings leave. For a single training it speaks of texts alone.
    """

    value: float
    seeds: tuple[float, ...]
    over_texts: Interval
    over_seeds: Interval | None
    both: Interval

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "value": self.value,
            "seeds": list(self.seeds),
            "over_texts": self.over_texts.to_json(),
            "over_seeds": self.over_seeds and self.over_seeds.to_json(),
            "both": self.both.to_json(),
        }


def seed_figures(
    labels: npt.ArrayLike, predicted: npt.ArrayLike, classes: int, *, resamples: int, seed: int
) -> dict[str, SeedFigure]:
    """Return accuracy and macro-F1, under these names, of predictions (S, N) of rows of class `labels` (N,).

    Both are indices of `classes` classes. The draws are those of `resamples` and `seed`. Where every
    prediction is right, or every one is wrong, all draws are the same; accuracy then has the Wilson interval
    over texts. Raises `InputError` when the arrays do not fit.
    """
    true, guesses = _checked(labels, predicted, classes)
    if resamples < 2:
        raise ConfigError(f"{resamples} bootstrap resamples; take at least 2 (1000 is usual)")
    read = _figures(true, guesses, classes)
    own = read(np.ones((1, len(true))))[0]  # (2, S)
    drawn = np.concatenate([read(counts) for counts in resampling_counts(len(true), resamples, seed)])
    accuracy, macro_f1 = (_figure(own[i], drawn[:, i], len(true)) for i in range(2))
    return {ACCURACY: _certain(accuracy, len(true)), MACRO_F1: macro_f1}


@dataclass(frozen=True, slots=True)
class TrainingSpread:
    """How far the mean over S trainings would move with other trainings.

    The variance of that mean is `observed`, known with `freedom` degrees of freedom. A part of it is there
    because each training errs in other texts of the sample, which the variance over texts has counted
    already; `excess` is the rest, or 0. Both are 0 for a single training.
    """

    seeds: int
    variance: float  # of a single training
    by_texts: float  # of which the sample of texts explains so much
    freedom: float

    @classmethod
    def of(cls, own: Floats, drawn: Floats) -> "TrainingSpread":
        """Measure a figure of each training (S,) and its draws over texts (R, S)."""
        seeds = len(own)
        if seeds == 1:
            return cls(1, 0.0, 0.0, 1)
        apart = drawn - drawn.mean(axis=1, keepdims=True)
        by_texts = float(apart.var(axis=0, ddof=1).sum()) / (seeds - 1)
        return cls(seeds, float(own.var(ddof=1)), by_texts, seeds - 1)

    def moderated(self, family: Family) -> "TrainingSpread":
        """Return the spread as it is judged in the company of other models'."""
        variance, freedom = family.moderated(self.variance, self.freedom)
        return replace(self, variance=variance, freedom=freedom)

    @property
    def observed(self) -> float:
        """Variance of the mean, as the trainings show it."""
        return self.variance / self.seeds

    @property
    def excess(self) -> float:
        """What the texts leave unexplained of it."""
        return max(0.0, self.variance - self.by_texts) / self.seeds


def _figures(labels: Ints, predicted: Ints, classes: int) -> Weighted:
    """Return weights (R, N) -> accuracy and macro-F1 of each training, (R, 2, S)."""
    readers = [metrics.confusion_of(labels, guesses, classes) for guesses in predicted]

    def read(weights: Floats) -> Floats:
        confusion = np.stack([reader(weights) for reader in readers], axis=1)  # (R, S, C, C)
        macro_f1 = metrics.macro(metrics.f1(confusion), confusion)
        return np.stack([metrics.accuracy(confusion), macro_f1], axis=1)

    return read


def _figure(own: Floats, drawn: Floats, rows: int) -> SeedFigure:
    """Summarize a figure of S trainings (S,) and its draws over texts (R, S)."""
    value, spread = float(own.mean()), TrainingSpread.of(own, drawn)
    of_texts = drawn.mean(axis=1)  # (R,)
    variance = float(of_texts.var(ddof=1))
    low, high = np.percentile(of_texts, [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]).tolist()
    return SeedFigure(
        value,
        tuple(own.tolist()),
        Interval(value, low, high),
        student.interval(value, spread.observed, spread.freedom, 0.0, 1.0) if len(own) > 1 else None,
        student.interval(value, *together(variance, rows, [spread]), 0.0, 1.0),
    )


def together(of_texts: float, rows: int, trainings: Sequence[TrainingSpread]) -> tuple[float, float]:
    """Return the variance over texts and trainings, given that over `rows` texts, and its degrees of freedom.

    Those are counted from what the trainings show, not from the excess, which makes the tests of `paired`
    err a little on the side of "does not hold".
    """
    variance = of_texts + sum(one.excess for one in trainings)
    if not variance:
        return 0.0, inf
    doubt = of_texts**2 / max(rows - 1, 1) + sum(one.observed**2 / one.freedom for one in trainings)
    return variance, variance**2 / doubt  # Satterthwaite 1946


def _certain(accuracy: SeedFigure, rows: int) -> SeedFigure:
    if set(accuracy.seeds) not in ({0.0}, {1.0}):
        return accuracy
    over_texts = wilson(round(accuracy.value) * rows, rows)
    return SeedFigure(accuracy.value, accuracy.seeds, over_texts, accuracy.over_seeds, over_texts)


def _checked(labels: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> tuple[Ints, Ints]:
    true, guesses = np.asarray(labels), np.asarray(predicted)
    if true.ndim != 1 or guesses.ndim != 2 or guesses.shape[1:] != true.shape or not guesses.size:
        raise InputError(
            f"labels of shape {true.shape} and predictions of shape {guesses.shape} do not fit; give labels "
            "(N,) and predictions (S, N) of at least one training and one text"
        )
    _check_indices("labels", true, classes)
    _check_indices("predictions", guesses, classes)
    return true.astype(np.int64), guesses.astype(np.int64)


def _check_indices(what: str, values: npt.NDArray[np.generic], classes: int) -> None:
    numbers: Sequence[int] = (int(values.min()), int(values.max())) if values.dtype.kind in "iu" else ()
    if not numbers or numbers[0] < 0 or numbers[1] >= classes:
        raise InputError(f"{what} must be whole numbers from 0 to {classes - 1}")
