"""`Scaling`: mean and spread of each column, of training steps alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenor.data.series.series import Floats


@dataclass(frozen=True)
class Scaling:
    """value = mean + spread * scaled, column by column; a column that never changes has spread 1."""

    mean: Floats  # (C,)
    spread: Floats  # (C,)

    @classmethod
    def fitted(cls, values: Floats) -> "Scaling":
        """Measure columns of training steps (T, C); what is missing does not count.

        A column without any value there has mean 0.
        """
        there = ~np.isnan(values)
        count = np.maximum(there.sum(axis=0), 1)
        mean = np.where(there, values, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(there, values - mean, 0.0).__pow__(2).sum(axis=0) / count)
        return cls(mean, np.where(spread > 1e-12 * np.maximum(np.abs(mean), 1e-300), spread, 1.0))

    def scale(self, values: Floats) -> Floats:
        """(..., C) as measured -> (..., C) with mean 0 and variance 1 over the training steps."""
        return (values - self.mean) / self.spread

    def first(self, columns: int) -> "Scaling":
        """Return the scaling of the first columns, which are the targets."""
        return Scaling(self.mean[:columns], self.spread[:columns])

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as lists."""
        return {"mean": self.mean.tolist(), "spread": self.spread.tolist()}

    @classmethod
    def from_json(cls, values: Any) -> "Scaling":
        """Return the scaling of `to_json`."""
        return cls(np.array(values["mean"], np.float64), np.array(values["spread"], np.float64))
