"""`Confidence`: how far the probabilities of labelled texts can be trusted."""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from tenor.evaluation.abstention import Point, risk_coverage
from tenor.evaluation.calibration import Calibration, calibration
from tenor.evaluation.temperature import Scaling, softmax


@dataclass(frozen=True)
class Confidence:
    """Calibration of the logits as they are, and divided by the temperature; without one both are the same.

    On the texts that the temperature was fitted to, the second flatters.
    """

    scaling: Scaling
    before: Calibration
    after: Calibration
    curve: tuple[Point, ...]  # risk-coverage, after the temperature

    @classmethod
    def of(cls, labels: npt.ArrayLike, logits: npt.NDArray[Any], scaling: Scaling) -> "Confidence":
        """Measure logits (N, C) of rows whose classes are `labels` (N,). Raises as `calibration`."""
        scaled = softmax(logits, scaling.temperature)
        before = calibration(labels, softmax(logits))
        after = before if scaling.temperature is None else calibration(labels, scaled)
        return cls(scaling, before, after, risk_coverage(labels, scaled))

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "temperature": self.scaling.temperature,
            "reason": self.scaling.reason,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "risk_coverage": [point.to_json() for point in self.curve],
        }
