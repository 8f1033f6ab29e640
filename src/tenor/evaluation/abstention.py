"""Abstention: saying nothing where the model is not sure enough, and how right the rest is.

A prediction is kept if the probability of the predicted class reaches a threshold. The lower the threshold,
the more is kept, and the more of it is wrong: the risk-coverage curve (Geifman & El-Yaniv 2017, "Selective
classification for deep neural networks").
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError
from tenor.evaluation.calibration import checked
from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.metrics import Floats, Ints

_POINTS = 50  # of a curve; more would not be seen


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `rows` predictions `kept` are made, the others held back; `right` of them are right."""

    rows: int
    kept: int
    right: int

    @property
    def coverage(self) -> Interval:
        """The share that is kept."""
        return wilson(self.kept, self.rows)

    @property
    def accuracy(self) -> Interval | None:
        """The share of the kept that is right; None where nothing is kept."""
        return wilson(self.right, self.kept) if self.kept else None

    def to_json(self) -> dict[str, object]:
        """Return counts and shares as JSON-ready values."""
        accuracy = self.accuracy
        return {
            "rows": self.rows,
            "kept": self.kept,
            "coverage": self.coverage.to_json(),
            "accuracy": accuracy and accuracy.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Point:
    """What is kept from a threshold on."""

    threshold: float
    kept: Kept

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {"threshold": self.threshold, **self.kept.to_json()}


@dataclass(frozen=True)
class Abstention:
    """The rule by which predictions are held back: by the class they say, a least probability.

    A threshold of infinity holds back every prediction of its class.
    """

    thresholds: tuple[float, ...]  # (C,)
    target: float | None = None  # the accuracy they were chosen for
    per_class: bool = False
    validation: Kept | None = None  # what they keep of the validation data, where the model holds some

    def holds_back(self, predicted: int, probability: float) -> bool:
        """Whether a prediction of this class and probability is held back."""
        return probability < self.thresholds[predicted]

    def abstained(self, probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which of N predictions are held back, for probabilities (N, C)."""
        least = np.asarray(self.thresholds)[probabilities.argmax(axis=1)]
        return np.asarray(probabilities.max(axis=1) < least)

    def kept(self, labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> Kept:
        """Return what the rule keeps of labelled texts, classes (N,) and probabilities (N, C)."""
        true, scores = checked(labels, probabilities)
        kept = ~self.abstained(scores)
        return Kept(len(true), int(kept.sum()), int((scores.argmax(axis=1) == true)[kept].sum()))

    def kept_by_class(self, labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[Kept, ...]:
        """Return what the rule keeps of the predictions of each class."""
        true, scores = checked(labels, probabilities)
        predicted = scores.argmax(axis=1)
        groups = (predicted == place for place in range(len(self.thresholds)))
        return tuple(self.kept(true[rows], scores[rows]) if rows.any() else Kept(0, 0, 0) for rows in groups)

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values; a threshold of infinity is None."""
        return {
            "thresholds": [one if math.isfinite(one) else None for one in self.thresholds],
            "target_accuracy": self.target,
            "per_class": self.per_class,
            "validation": self.validation and self.validation.to_json(),
        }


def below(probability: float, classes: int) -> Abstention:
    """Return the rule that holds back whatever is less probable. Raises `ConfigError` outside 0 to 1."""
    if not 0 <= probability <= 1:
        raise ConfigError(f"{probability:g} is no probability to abstain below; give one from 0 to 1")
    return Abstention((float(probability),) * classes)


def reaching(
    target: float,
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    classes: Sequence[str],
    *,
    per_class: bool = False,
) -> Abstention:
    """Return the rule that keeps as much as it can while the kept are right in a share of `target`.

    On these texts, classes (N,) and probabilities (N, C), the lower end of the 95 % interval of the accuracy
    must reach the target, not the accuracy itself: a threshold at which the accuracy itself just does owes
    that to luck as often as not, and new texts then fall short of the target.

    With `per_class`, each class has a threshold of its own, so that the predictions of each reach the target
    by themselves; a class for which none does is held back whole.

    Raises:
        ConfigError: a target outside 0 to 1, or one that no threshold reaches.
        InputError: arrays that do not fit each other, or no text.
    """
    if not 0 <= target <= 1:
        raise ConfigError(f"{target:g} is no target accuracy; give a share from 0 to 1, such as 0.95")
    true, scores = checked(labels, probabilities)
    predicted = scores.argmax(axis=1)
    confidence, right = scores.max(axis=1), predicted == true
    if per_class:
        groups = [predicted == place for place in range(len(classes))]
        found = [_threshold(target, confidence[rows], right[rows]) for rows in groups]
    else:
        groups = [np.ones(len(true), bool)]
        found = [_threshold(target, confidence, right)]
    if not any(map(math.isfinite, found)):
        reached = max(_reachable(confidence[rows], right[rows]) for rows in groups)
        what = "for any class" if per_class else "by any threshold"
        raise ConfigError(
            f"an accuracy of {_percent(target)} is not reached with certainty {what} on the {len(true):,} "
            f"validation texts of the model; "
            + (f"at most {_percent(reached)} is, so ask for less" if reached > 0 else "nothing is")
        )
    rule = Abstention(tuple(found if per_class else found * len(classes)), target, per_class)
    return replace(rule, validation=rule.kept(true, scores))


def risk_coverage(labels: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[Point, ...]:
    """Return what is kept by one threshold for all classes, from the surest text to all of them.

    At most some fifty points, about evenly spaced in coverage. Raises `InputError` as `calibration`.
    """
    true, scores = checked(labels, probabilities)
    thresholds, kept, right = _steps(scores.max(axis=1), scores.argmax(axis=1) == true)
    wanted = np.linspace(0, len(true), min(_POINTS, len(kept)) + 1)[1:]
    places = np.unique(np.searchsorted(kept, wanted))
    return tuple(
        Point(float(thresholds[i]), Kept(len(true), int(kept[i]), int(right[i]))) for i in places.tolist()
    )


def _threshold(target: float, confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Return the lowest threshold that reaches the target: 0 where all may be kept, infinity if none does."""
    thresholds, kept, hits = _steps(confidence, right)
    for place in reversed(range(len(kept))):
        if wilson(int(hits[place]), int(kept[place])).low >= target:
            return 0.0 if place == len(kept) - 1 else float(thresholds[place])
    return math.inf


def _reachable(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Return the highest target that some threshold reaches, cut to three decimals."""
    _, kept, hits = _steps(confidence, right)
    lows = [wilson(hit, n).low for hit, n in zip(hits.tolist(), kept.tolist(), strict=True)]
    return math.floor(1000 * max(lows, default=0.0)) / 1000


def _steps(confidence: Floats, right: npt.NDArray[np.bool_]) -> tuple[Floats, Ints, Ints]:
    """Return each distinct confidence (K,), falling, how many rows reach it, and how many of them right."""
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    ends = np.flatnonzero(np.diff(falling, append=-np.inf))  # the last row of each confidence
    return falling[ends], ends + 1, np.cumsum(right[order], dtype=np.int64)[ends]


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
