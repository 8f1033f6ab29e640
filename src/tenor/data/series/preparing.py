"""From a series to scaled windows of each part: everything that is learned of it is learned in training."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tenor.config.forecast import ForecastConfig, WindowConfig
from tenor.data.series.calendar import calendar, periods
from tenor.data.series.parts import NAMES, Parts
from tenor.data.series.scaling import Scaling
from tenor.data.series.season import find_season
from tenor.data.series.series import MISSING, Floats, Series
from tenor.data.series.windows import Windows
from tenor.errors import DataError


@dataclass(frozen=True)
class Prepared:
    """A series as a network reads it."""

    series: Series
    parts: Parts
    scaling: Scaling  # of all columns
    periods: tuple[str, ...]  # of the calendar
    season: int  # steps
    scales: Floats  # (K,), the mean absolute error of the seasonal naive forecast in training
    windows: Mapping[str, Windows]  # by part

    @property
    def features(self) -> int:
        """Numbers that are read of each step."""
        return int(self.windows["train"].inputs.shape[1])

    @property
    def filled(self) -> Floats:
        """The targets, scaled, with gaps filled from before, (T, K)."""
        inputs = self.windows["train"].inputs
        return np.asarray(inputs[:, : len(self.series.targets)], np.float64)


def prepare(series: Series, config: ForecastConfig) -> Prepared:
    """Split by time, fit the scaling on training, and cut windows.

    Raises:
        DataError: parts without steps, or a part too short for a window and what comes after it.
    """
    parts = Parts.of(series, config.data)
    training = series.values[: parts.validation]
    scaling = Scaling.fitted(training)
    names = periods(series) if config.data.calendar else ()
    inputs = features(series, scaling, names)
    targets = len(series.targets)
    wanted = scaling.scale(series.values)[:, :targets].astype(np.float32)
    season = config.data.season or _season(series, training)
    ahead = 0 if series.labels is not None else config.window.horizon
    windows = {}
    for part in NAMES:
        ends = parts.ends(part, config.window, ahead=ahead)
        made = Windows(inputs, wanted, series.labels, ends, config.window.length, ahead)
        windows[part] = _told(made)
        if not len(windows[part]):
            raise _too_short(series, parts, part, config.window, ahead)
    return Prepared(series, parts, scaling, names, season, _scales(training[:, :targets], season), windows)


def features(
    series: Series, scaling: Scaling, names: tuple[str, ...]
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return what is read of each step, (T, F): scaled columns, gaps filled from before, the calendar."""
    read = np.concatenate([scaling.scale(series.filled()), calendar(series, names)], axis=1)
    return np.ascontiguousarray(read, np.float32)


def _told(windows: Windows) -> Windows:
    """Leave out windows after which nothing is known."""
    rows = np.arange(len(windows))
    if windows.labels is not None:
        known = windows.classes(rows) != MISSING
    else:
        known = ~np.isnan(windows.wanted(rows)).all(axis=(1, 2))
    return Windows(
        windows.inputs, windows.targets, windows.labels, windows.ends[known], windows.length, windows.horizon
    )


def _season(series: Series, training: Floats) -> int:
    return find_season(series, training[:, 0]) if series.targets else 1


def _scales(training: Floats, season: int) -> Floats:
    """Return the mean absolute difference of values a season apart, (K,); 1 where it is none or 0."""
    if len(training) <= season or not training.shape[1]:
        return np.ones(training.shape[1])
    apart = np.abs(training[season:] - training[:-season])
    there = ~np.isnan(apart)
    found = np.where(there, apart, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(found > 0, found, 1.0)


def _too_short(series: Series, parts: Parts, part: str, window: WindowConfig, ahead: int) -> DataError:
    first, last = parts.bounds(part)
    after = f" and {ahead} after it" if ahead else ""
    return DataError(
        f"{series.where}: the {part} part has {last - first:,} steps, and not one window of {window.length} "
        f"steps{after} fits; take a shorter window (--window), a shorter horizon (--horizon), or more of the "
        "series"
    )
