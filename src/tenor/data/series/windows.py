"""`Windows`: the windows of one part of one or several series, and what comes after each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64] | Sequence[int]


@dataclass(frozen=True)
class Windows:
    """N windows over one array of steps; nothing is copied until a batch is made.

    Without a horizon (`horizon` 0) what is told of a window is the class of its last step.
    """

    inputs: Numbers  # (T, F), scaled, no value missing; the targets' columns first
    targets: Numbers  # (T, K), scaled, NaN where nothing was measured; K is 0 with a label
    labels: npt.NDArray[np.int64] | None  # (T,)
    ends: npt.NDArray[np.int64]  # (N,), the last step of each
    length: int
    horizon: int
    starts: npt.NDArray[np.int64] | None = None  # (N,), the first step of the series of each; None: 0

    def __len__(self) -> int:
        return len(self.ends)

    def features(self, rows: Rows) -> Numbers:
        """Return what is read of some windows, (B, L, F)."""
        steps = self.ends[rows][:, None] + np.arange(1 - self.length, 1)
        return np.asarray(self.inputs[steps])

    def wanted(self, rows: Rows) -> Numbers:
        """Return what comes after some windows, (B, H, K), NaN where nothing was measured."""
        steps = self.ends[rows][:, None] + np.arange(1, self.horizon + 1)
        return np.asarray(self.targets[steps])

    def classes(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return the class of the last step of some windows, (B,)."""
        assert self.labels is not None, "windows without horizon have labels"  # noqa: S101
        return self.labels[self.ends[rows]]
