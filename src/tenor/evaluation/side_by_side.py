"""`SideBySide`: what an old and a new model make of the same texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from tenor.evaluation.evaluation import Evaluation
from tenor.evaluation.intervals import Interval
from tenor.evaluation.metrics import Floats
from tenor.evaluation.paired import mcnemar, paired_bootstrap

FIGURES = ("accuracy", "macro_f1", "log_loss")


@dataclass(frozen=True)
class SideBySide:
    """Figures of both on one lot of N texts, and the difference of their accuracy, new minus old.

    Each model is trained once: the interval speaks of these two models on other texts, not of other
    trainings. `p` is that of McNemar's test.
    """

    rows: int
    old: Mapping[str, Interval | None]  # of `FIGURES`
    new: Mapping[str, Interval | None]
    difference: Interval
    p: float

    @classmethod
    def of(
        cls,
        labels: npt.NDArray[Any],
        old: tuple[Floats, Evaluation],
        new: tuple[Floats, Evaluation],
        *,
        resamples: int,
        seed: int,
    ) -> "SideBySide":
        """Compare probabilities (N, C) of both, with their evaluations, on texts of classes `labels` (N,)."""
        right_old, right_new = (found.argmax(axis=1) == labels for found, _ in (old, new))
        difference, _ = paired_bootstrap(right_new, right_old, resamples=resamples, seed=seed)
        return cls(
            len(labels),
            {name: old[1].metrics[name] for name in FIGURES},
            {name: new[1].metrics[name] for name in FIGURES},
            difference,
            mcnemar(right_new, right_old),
        )

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "rows": self.rows,
            "old": {name: figure and figure.to_json() for name, figure in self.old.items()},
            "new": {name: figure and figure.to_json() for name, figure in self.new.items()},
            "difference": self.difference.to_json(),
            "p": self.p,
        }
