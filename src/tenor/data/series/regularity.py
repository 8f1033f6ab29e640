"""`Step`: how far apart the rows of a series are, found from its times; what is missing between them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tenor.data.series.dates import DAY, SECOND, Clock, Times, month_start, months
from tenor.errors import DataError

_UNITS = {"week": 7 * DAY, "day": DAY, "hour": 3600 * SECOND, "minute": 60 * SECOND, "second": SECOND}
_MOST_MISSING = 0.8  # of all steps: more is no series with gaps but another step


@dataclass(frozen=True)
class Step:
    """The distance of rows: `size` microseconds, months (`end`: at their last day) or numbers."""

    size: int
    unit: Literal["time", "month", "number"] = "time"
    end: bool = False

    def after(self, time: int, count: int) -> int:
        """Return the time `count` steps after `time`."""
        if self.unit != "month":
            return int(time) + count * self.size
        (month,), (within,), _ = months(np.array([time], np.int64))
        target = int(month) + count * self.size
        if not self.end:
            return month_start(target) + int(within)
        return month_start(target + 1) - DAY + int(within) % DAY

    def in_a(self, period: int) -> float:
        """Return how many steps are in a period of so many microseconds; of a column that counts none."""
        if self.unit == "number":
            return 0.0
        return period / (self.size * (DAY * 365.25 / 12 if self.unit == "month" else 1))

    def __str__(self) -> str:
        if self.unit == "number":
            return f"{self.size:,}"
        if self.unit == "month":
            return "1 month" if self.size == 1 else f"{self.size} months"
        for name, size in _UNITS.items():
            if self.size % size == 0:
                count = self.size // size
                return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
        return f"{self.size / SECOND:g} seconds"


def find_step(times: Times, clock: Clock, where: str) -> tuple[Step, npt.NDArray[np.int64]]:
    """Return the step of rising times (T,), and how many steps after the first each is, (T,).

    The step is the commonest distance; all others must be multiples of it. Dates may be months apart.

    Raises:
        DataError: fewer than three times, distances that are no multiples, or far more missing than there.
    """
    if len(times) < 3:
        raise DataError(f"{where} has {len(times)} rows; a series needs three times at least to have a step")
    apart = np.diff(times)
    sizes, counts = np.unique(apart, return_counts=True)
    step = Step(int(sizes[counts.argmax()]), "number" if clock.kind == "number" else "time")
    places = (times - times[0]) // step.size
    if clock.kind == "date" and (monthly := _monthly(times)) is not None:
        step, places = monthly
    elif (odd := apart % step.size != 0).any():
        row = int(odd.argmax())
        far = Step(int(apart[row]), step.unit)
        raise DataError(
            f"{where} has no regular step: most rows are {step} apart, but {clock.show(int(times[row]))} and "
            f"{clock.show(int(times[row + 1]))} are {far}; bring the series to a regular step first"
        )
    steps = int(places[-1]) + 1
    if steps - len(times) > _MOST_MISSING * steps:
        raise DataError(
            f"{where} has {len(times):,} rows, and at its step of {step} there should be {steps:,}; "
            "take out far-off rows, or bring the series to a coarser step"
        )
    return step, places


def _monthly(times: Times) -> tuple[Step, npt.NDArray[np.int64]] | None:
    """Return the step of times that are at the same moment, or on the last day, of different months."""
    month, within, last = months(times)
    same = bool((within == within[0]).all())
    at_end = bool(last.all() and (within % DAY == within[0] % DAY).all())
    apart = np.diff(month)
    if not (same or at_end) or not (apart > 0).all():
        return None
    sizes, counts = np.unique(apart, return_counts=True)
    size = int(sizes[counts.argmax()])
    if (apart % size).any():
        size = int(np.gcd.reduce(apart))
    return Step(size, "month", end=at_end and not same), (month - month[0]) // size
