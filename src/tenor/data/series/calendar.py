"""The calendar as numbers: where in the day, week and year a step stands, on a circle."""

import numpy as np
import numpy.typing as npt

from tenor.data.series.dates import DAY
from tenor.data.series.series import Series

# Name -> microseconds. 1970 began on a Thursday, which turns the circle of the week and changes nothing else.
PERIODS: dict[str, int] = {"day": DAY, "week": 7 * DAY, "year": round(365.2425 * DAY)}
_FEWEST = 4  # steps of a period below which a circle says nothing that the values do not


def periods(series: Series) -> tuple[str, ...]:
    """Return the periods that have several steps each, which a column that counts has none of."""
    return tuple(name for name, size in PERIODS.items() if series.step.in_a(size) >= _FEWEST)


def calendar(series: Series, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return sine and cosine of the time within each of these periods, (T, 2 * periods)."""
    if not names:
        return np.empty((len(series), 0))
    times = series.times()
    angles = np.stack([2 * np.pi * (times % PERIODS[name]) / PERIODS[name] for name in names], axis=1)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
