"""`Outlook`: whether more labels would help, read off a learning curve, or why that cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tenor.evaluation.intervals import Interval
from tenor.evaluation.metrics import Floats
from tenor.evaluation.paired import Right
from tenor.evaluation.power_law import PowerLaws, drawn_errors

Says = Literal["more", "little", "unknown"]
POINT = 0.01
WORTH = 0.005  # gain of twice as many rows from which more labels are called a help
FEWEST_SIZES, FEWEST_SEEDS = 4, 2
_OFF = 3.0  # standard errors that the curve may miss the accuracies by, on average
_LOW, _HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Outlook:
    """What a curve says of the next labels; all figures are those of the fitted power law.

    `accuracies` are those at each size that was trained on, with 95 % intervals over texts and trainings.
    `doubled` is the gain in accuracy from twice as many rows, `point` the rows that are needed in all for one
    point more; its ends, or itself, may be infinite. Both are None where nothing can be fitted.
    """

    says: Says
    reason: str | None  # why it cannot be told
    rows: int  # the largest size
    accuracies: tuple[Interval, ...]
    law: tuple[float, float, float] | None  # floor, scale at `rows`, exponent
    doubled: Interval | None
    point: Interval | None

    @classmethod
    def of(cls, sizes: Sequence[int], right: Sequence[Right], *, resamples: int, seed: int) -> "Outlook":
        """Read it off K sizes, at each of which S trainings read some of the same V texts right (S, V)."""
        errors = np.array([[1.0 - found.mean() for found in right]])  # (1, K)
        draws = drawn_errors(right, resamples=resamples, seed=seed)
        accuracies = tuple(
            _interval(1 - float(value), 1 - column) for value, column in zip(errors[0], draws.T, strict=True)
        )
        rows, trainings = max(sizes), min(map(len, right))
        if reason := _too_few(len(sizes), trainings):
            return cls("unknown", reason, rows, accuracies, None, None, None)
        variances = np.maximum(draws.var(axis=0, ddof=1), 1 / right[0].shape[1] ** 2)
        law, laws = (PowerLaws.fitted(sizes, one, variances) for one in (errors, draws))
        doubled = _interval(*(_gain(one, rows) for one in (law, laws)))
        point = _interval(*(one.rows_for(one.errors(rows) - POINT) for one in (law, laws)))
        off = float(np.sqrt(((law.errors(sizes) - errors) ** 2 / variances).mean()))
        says, reason = _said(doubled, off)
        described = float(law.floor[0]), float(law.scale[0]), float(law.exponent[0])
        return cls(says, reason, rows, accuracies, described, doubled, point)

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values; what is infinite is None."""
        return {
            "says": self.says,
            "reason": self.reason,
            "rows": self.rows,
            "accuracies": [one.to_json() for one in self.accuracies],
            "law": self.law and dict(zip(("floor", "scale", "exponent"), self.law, strict=True)),
            "doubled": self.doubled and self.doubled.to_json(),
            "point": self.point
            and {name: end if np.isfinite(end) else None for name, end in self.point.to_json().items()},
        }


def _too_few(sizes: int, trainings: int) -> str | None:
    if sizes < FEWEST_SIZES:
        return f"{sizes} sizes are too few for a curve, {FEWEST_SIZES} are needed"
    if trainings < FEWEST_SEEDS:
        return f"one training a size does not say how far trainings spread, {FEWEST_SEEDS} or more would"
    return None


def _said(doubled: Interval, off: float) -> tuple[Says, str | None]:
    if off > _OFF:
        return "unknown", "the accuracies do not follow a power law"
    if doubled.low >= WORTH:
        return "more", None
    if doubled.high < WORTH:
        return "little", None
    return "unknown", "trainings and texts spread too far for the difference that more labels would make"


def _gain(laws: PowerLaws, rows: int) -> Floats:
    return laws.errors(rows) - laws.errors(2 * rows)


def _interval(value: float | Floats, draws: Floats) -> Interval:
    ends = np.percentile(draws, (_LOW, _HIGH), method="nearest")  # which infinite draws do not disturb
    return Interval(float(np.ravel(value)[0]), float(ends[0]), float(ends[1]))
