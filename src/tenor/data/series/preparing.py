"""From series to scaled windows of each part: everything that is learned of them is learned in training.

Several series of one file stand one behind the other in one array of steps. Each is split by time, and
scaled, by itself: what they have in common is how they go on, not how large they are. No window reaches from
one into another.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenor.config.forecast import ForecastConfig, WindowConfig
from tenor.data.series.calendar import calendar, periods
from tenor.data.series.member import Member
from tenor.data.series.parts import NAMES, Parts
from tenor.data.series.scaling import Scaling
from tenor.data.series.season import find_season
from tenor.data.series.series import MISSING, Floats, Series
from tenor.data.series.windows import Windows
from tenor.errors import DataError


@dataclass(frozen=True)
class Prepared:
    """Series as a network reads them, most often a single one."""

    members: tuple[Member, ...]
    periods: tuple[str, ...]  # of the calendar
    season: int  # steps; of several series the commonest
    windows: Mapping[str, Windows]  # by part, of one member after the other

    @property
    def series(self) -> Series:
        """The first series, whose columns, targets, classes and step are those of all."""
        return self.members[0].series

    @property
    def features(self) -> int:
        """Numbers that are read of each step."""
        return int(self.windows["train"].inputs.shape[1])

    @property
    def filled(self) -> Floats:
        """The targets of all steps, scaled, with gaps filled from before, (T, K)."""
        inputs = self.windows["train"].inputs
        return np.asarray(inputs[:, : len(self.series.targets)], np.float64)

    @property
    def measured(self) -> Floats:
        """The targets of all steps as they were measured, (T, K)."""
        targets = len(self.series.targets)
        return np.concatenate([member.series.values[:, :targets] for member in self.members])

    def member_of(self, part: str) -> npt.NDArray[np.int64]:
        """Return which member each window of a part is of, (N,)."""
        offsets = [member.offset for member in self.members]
        return np.searchsorted(offsets, self.windows[part].ends, side="right").astype(np.int64) - 1

    def each(self, part: str, of: Callable[[Member], Floats]) -> Floats:
        """Return something (K,) of the member of each window, (N, K)."""
        return np.stack([of(member) for member in self.members])[self.member_of(part)]


def prepare(series: Series | Sequence[Series], config: ForecastConfig) -> Prepared:
    """Split by time, fit the scaling on training, and cut windows.

    Raises:
        DataError: parts without steps, or a part too short for a window and what comes after it.
    """
    every = (series,) if isinstance(series, Series) else tuple(series)
    names = periods(every[0]) if config.data.calendar else ()
    parts = [Parts.of(one, config.data) for one in every]
    training = [one.values[: part.validation] for one, part in zip(every, parts, strict=True)]
    season = config.data.season or _season(every, training)
    targets = len(every[0].targets)
    members, offset = [], 0
    for one, part, past in zip(every, parts, training, strict=True):
        scales = _scales(past[:, :targets], season)
        members.append(Member(one, part, Scaling.fitted(past), scales, offset))
        offset += len(one)
    return Prepared(tuple(members), names, season, _windows(members, names, config))


def _windows(members: Sequence[Member], names: tuple[str, ...], config: ForecastConfig) -> dict[str, Windows]:
    """Return the windows of each part."""
    first = members[0].series
    targets, ahead = len(first.targets), 0 if first.labels is not None else config.window.horizon
    inputs = np.concatenate([features(one.series, one.scaling, names) for one in members])
    wanted = np.concatenate([one.scaling.scale(one.series.values)[:, :targets] for one in members])
    labels = [one.series.labels for one in members if one.series.labels is not None]
    made = {}
    for part in NAMES:
        ends, starts = [], []
        for one in members:
            found = one.parts.ends(part, config.window, ahead=ahead)
            if not len(found):
                raise _too_short(one, part, config.window, ahead)
            ends.append(one.offset + found)
            starts.append(np.full(len(found), one.offset, np.int64))
        windows = _told(
            Windows(
                inputs,
                wanted.astype(np.float32),
                np.concatenate(labels) if labels else None,
                np.concatenate(ends),
                config.window.length,
                ahead,
                np.concatenate(starts),
            )
        )
        if not len(windows):
            raise _too_short(members[0], part, config.window, ahead)
        made[part] = windows
    return made


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
    starts = None if windows.starts is None else windows.starts[known]
    return replace(windows, ends=windows.ends[known], starts=starts)


def _season(every: Sequence[Series], training: Sequence[Floats]) -> int:
    """Return the season that most series have, the shortest of several; 1 where nothing is forecast."""
    if not every[0].targets:
        return 1
    found = Counter(find_season(one, past[:, 0]) for one, past in zip(every, training, strict=True))
    return min(found, key=lambda season: (-found[season], season))


def _scales(training: Floats, season: int) -> Floats:
    """Return the mean absolute difference of values a season apart, (K,); 1 where it is none or 0."""
    if len(training) <= season or not training.shape[1]:
        return np.ones(training.shape[1])
    apart = np.abs(training[season:] - training[:-season])
    there = ~np.isnan(apart)
    found = np.where(there, apart, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(found > 0, found, 1.0)


def _too_short(member: Member, part: str, window: WindowConfig, ahead: int) -> DataError:
    first, last = member.parts.bounds(part)
    after = f" and {ahead} after it" if ahead else ""
    return DataError(
        f"{member.series.where}: the {part} part has {last - first:,} steps, and not one window of "
        f"{window.length} steps{after} fits; take a shorter window (--window), a shorter horizon "
        "(--horizon), or more of the series"
    )
