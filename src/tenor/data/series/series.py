"""`Series`: columns of numbers at a regular step, missing values told from those that are there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenor.data.series.dates import Clock, Times
from tenor.data.series.regularity import Step
from tenor.data.suggestion import listed

Floats = npt.NDArray[np.float64]
_MOST_NAMED = 5  # series that a note names
MISSING = -1  # the class of a step without one


@dataclass(frozen=True)
class Series:
    """T steps of C columns; the first `len(targets)` columns are the targets.

    `values` (T, C) is NaN where nothing was measured. `labels` (T,) are indices into `classes`, `MISSING`
    where there is none; without a label column both are None. `notes` say in sentences what reading did.
    """

    where: str
    clock: Clock
    step: Step
    start: int  # time of the first step
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    values: Floats
    labels: npt.NDArray[np.int64] | None = None
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    id: str = ""  # which of several series of a file it is

    def __len__(self) -> int:
        return len(self.values)

    def time(self, place: int) -> int:
        """Return the time of a step, which may be after the last."""
        return self.step.after(self.start, place)

    def shown(self, place: int) -> str:
        """Return the time of a step as it is written."""
        return self.clock.show(self.time(place))

    def times(self) -> Times:
        """Return the time of every step, (T,)."""
        if self.step.unit != "month":
            return self.start + self.step.size * np.arange(len(self), dtype=np.int64)
        return np.array([self.time(place) for place in range(len(self))], np.int64)

    def before(self, time: int) -> int:
        """Return how many steps are before a time."""
        return int(np.searchsorted(self.times(), time))

    def filled(self) -> Floats:
        """Return `values` with the last value that was measured where one is missing; nothing from later.

        What is missing before the first value stays missing.
        """
        rows = np.arange(len(self))[:, None]
        last = np.maximum.accumulate(np.where(np.isnan(self.values), 0, rows), axis=0)  # (T, C)
        return np.asarray(np.take_along_axis(self.values, last, axis=0))

    def cut(self, first: int, last: int, notes: Sequence[str] = ()) -> "Series":
        """Return the steps from `first` up to `last`, which is left out."""
        return replace(
            self,
            start=self.time(first),
            values=self.values[first:last],
            labels=None if self.labels is None else self.labels[first:last],
            notes=(*self.notes, *notes),
        )


def notes_of(every: Sequence[Series]) -> tuple[str, ...]:
    """Return what reading did, in sentences: of several series each once, with the names it is true of."""
    if len(every) == 1:
        return every[0].notes
    names: dict[str, list[str]] = {}
    for series in every:
        for note in series.notes:
            names.setdefault(note, []).append(series.id)
    return tuple(
        note if len(of) == len(every) else f"{listed(of, _MOST_NAMED)}: {note}" for note, of in names.items()
    )
