"""Rows worth reading: the most confident mistakes, and labels that look wrong."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.evaluation.metrics import Floats, Ints, predicted_classes


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that was predicted wrong; `probability` is that of the predicted class."""

    row: int
    label: int
    predicted: int
    probability: float


@dataclass(frozen=True, slots=True)
class SuspectLabel:
    """A row whose label looks wrong.

    `own` is the probability of its label, `probability` that of the class that looks right.
    """

    row: int
    label: int
    suggested: int
    own: float
    probability: float

    @property
    def margin(self) -> float:
        """How much more probable the suggested class is than the label."""
        return self.probability - self.own


def worst_mistakes(labels: Ints, probabilities: Floats, limit: int) -> tuple[Mistake, ...]:
    """Return at most `limit` wrong rows of labels (N,) and probabilities (N, C), the most confident first."""
    predicted = predicted_classes(probabilities)
    confidence = probabilities[np.arange(len(labels)), predicted]
    wrong = np.flatnonzero(predicted != labels)
    ranked = wrong[np.argsort(-confidence[wrong], kind="stable")][:limit]
    return tuple(Mistake(int(r), int(labels[r]), int(predicted[r]), float(confidence[r])) for r in ranked)


def suspect_labels(labels: Ints, probabilities: Floats, limit: int) -> tuple[SuspectLabel, ...]:
    """Return at most `limit` rows whose label looks wrong, largest margin first.

    Confident learning (Northcutt, Jiang & Chuang 2021, JAIR 70). The threshold of a class is the mean
    probability that rows labelled so get for it: what the model gives when it may be believed. A row is
    suspect when another class reaches that class's threshold while the row's own label stays below its own;
    of several such classes the most probable is suggested. (The paper also counts rows whose label reaches
    its threshold but is beaten; they are left out here, since those who read the list want few false alarms.)

    The probabilities must come from a model that did not see the rows: those of a test set do. For training
    rows they would have to come from cross-validation.
    """
    own = probabilities[np.arange(len(labels)), labels]
    thresholds = _self_confidence(labels, own, probabilities.shape[1])
    reached = np.where(probabilities >= thresholds, probabilities, -1.0)
    reached[np.arange(len(labels)), labels] = -1.0
    suggested = reached.argmax(axis=1)
    best = reached[np.arange(len(labels)), suggested]
    suspect = np.flatnonzero((best > own) & (own < thresholds[labels]))
    ranked = suspect[np.argsort(own[suspect] - best[suspect], kind="stable")][:limit]
    return tuple(
        SuspectLabel(int(r), int(labels[r]), int(suggested[r]), float(own[r]), float(best[r])) for r in ranked
    )


def _self_confidence(labels: Ints, own: npt.NDArray[np.float64], classes: int) -> Floats:
    """Return the mean probability of each class over its own rows, (C,); infinite for one without rows."""
    rows = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, weights=own, minlength=classes)
    mean = np.full(classes, np.inf)
    np.divide(total, rows, out=mean, where=rows > 0)
    return mean
