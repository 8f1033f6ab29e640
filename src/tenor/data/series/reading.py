"""`read_series`: from a file to a `Series`; columns are named, or found by what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.config.forecast import SeriesConfig
from tenor.data.readers import Row, read_numbered
from tenor.data.series.cells import is_missing, number
from tenor.data.series.dates import Clock, Times
from tenor.data.series.regularity import find_step
from tenor.data.series.series import MISSING, Floats, Series
from tenor.data.suggestion import listed, suggestion
from tenor.errors import DataError

# Names of a time column, best first; other columns are taken for one by their dates alone.
TIME_NAMES = ("date", "datetime", "timestamp", "time", "ds", "day", "week", "month", "step", "index", "t")
_SAMPLE = 200  # cells of a column that tell what it is
_MOST_CLASSES = 200


@dataclass(frozen=True)
class _File:
    """The rows of a file, each with its line."""

    path: Path
    names: tuple[str, ...]
    numbers: Sequence[int]
    rows: Sequence[Row]

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return "row" if self.path.suffix.lower() == ".parquet" else "line"

    def at(self, row: int) -> str:
        """Say where a row stands."""
        return f"{self.path}, {self.unit} {self.numbers[row]:,}"

    def sample(self, name: str) -> list[object]:
        """Return the first cells of a column that say something."""
        cells = (row.get(name) for row in self.rows)
        found = []
        for cell in cells:
            if not is_missing(cell):
                found.append(cell)
                if len(found) == _SAMPLE:
                    break
        return found

    def require(self, name: str, setting: str) -> str:
        """Return `name` when there is such a column."""
        if name not in self.names:
            raise DataError(
                f"{self.path} has no column {name!r} ({setting}); it has {listed(self.names, 20)}"
                f"{suggestion(name, self.names)}"
            )
        return name


def read_series(config: SeriesConfig) -> Series:
    """Read, sort and bring to a regular step the series that `config` describes.

    Steps that are missing are there as NaN. The series begins where every column has had a value.

    Raises:
        DataError: a file or column that is not there, a cell that is no number or no time (with its line), a
            time that is there twice, no regular step, nothing to forecast.
    """
    file = _read(Path(config.source), config.encoding)
    time, clock = _time_column(file, config.time)
    targets, inputs, label, notes = _columns(file, time, config)
    times = _times(file, time, clock)
    order = np.argsort(times, kind="stable")
    if (times[1:] < times[:-1]).any():
        notes.append(f"The rows were not in the order of {time!r} and were sorted by it.")
    _refuse_repeated(file, time, times, order, clock)
    columns = (*targets, *inputs)
    values = np.stack([_numbers(file, name) for name in columns], axis=1)[order]  # (N, C)
    labels, classes = (None, ()) if label is None else _labels(file, label)
    rising = times[order]
    step, places = find_step(rising, clock, str(file.path))
    steps = int(places[-1]) + 1
    regular = np.full((steps, len(columns)), np.nan)
    regular[places] = values
    told: npt.NDArray[np.int64] | None = None
    if labels is not None:
        told = np.full(steps, MISSING)
        told[places] = labels[order]
    if steps > len(rising):
        notes.append(f"{steps - len(rising):,} of {steps:,} steps of {step} were not there and are missing.")
    series = Series(
        str(file.path), clock, step, int(rising[0]), columns, targets, regular, told, classes, tuple(notes)
    )
    if config.until is not None:
        series = _until(series, config.until)
    return _begun(series)


def _read(path: Path, encoding: str) -> _File:
    found = list(read_numbered(path, encoding))
    rows = [row for _, row in found]
    names = tuple(dict.fromkeys(name for row in rows[:_SAMPLE] for name in row))
    if len(names) < 2:
        raise DataError(
            f"{path} has one column only ({listed(names)}); a series needs a column of times and one of "
            "numbers"
        )
    return _File(path, names, [place for place, _ in found], rows)


def _time_column(file: _File, wanted: str | None) -> tuple[str, Clock]:
    if wanted is not None:
        clock = Clock.of(file.sample(file.require(wanted, "data.time")))
        if clock is None:
            raise DataError(
                f"{file.path}: column {wanted!r} holds neither dates such as 1989-01-31 or 1989-01-31 13:00 "
                f"nor whole numbers, but {file.sample(wanted)[:1]}"
            )
        return wanted, clock
    lower = {name.strip().lower(): name for name in reversed(file.names)}
    known = [lower[name] for name in TIME_NAMES if name in lower]
    # Dates of any name come before numbers: a column called month may hold the numbers from 1 to 12.
    for kind, names in (("date", (*known, *file.names)), ("number", tuple(known))):
        for name in names:
            clock = Clock.of(file.sample(name))
            if clock is not None and clock.kind == kind:
                return name, clock
    raise DataError(
        f"{file.path} has no column of dates among {listed(file.names, 20)}; write dates as 1989-01-31 or "
        "1989-01-31 13:00, or name a column that counts steps with --time"
    )


def _columns(
    file: _File, time: str, config: SeriesConfig
) -> tuple[tuple[str, ...], tuple[str, ...], str | None, list[str]]:
    """Return targets, further inputs and the label, and notes on columns that are left out."""
    label = None if config.label is None else file.require(config.label, "data.label")
    targets = tuple(file.require(name, "data.target") for name in config.target)
    given = tuple(file.require(name, "data.inputs") for name in config.inputs or ())
    for name in (*targets, *given, *([label] if label else [])):
        if name == time:
            raise DataError(f"{file.path}: {name!r} is the column of times and cannot be read as a value too")
    others = [name for name in file.names if name not in {time, label, *targets}]
    numeric = [name for name in others if _is_numeric(file, name)]
    notes = []
    if label is None and not targets:
        if len(numeric) != 1:
            some = (
                f"several columns of numbers ({listed(numeric, 20)})" if numeric else "no column of numbers"
            )
            raise DataError(f"{file.path} has {some} beside {time!r}; name the one to forecast with --target")
        targets = (numeric[0],)
    if config.inputs is None:
        left_out = [name for name in others if name not in numeric]
        if left_out:
            notes.append(f"Not read, since they hold no numbers: {listed(map(repr, left_out))}.")
        inputs = tuple(name for name in numeric if name not in targets)
    else:
        inputs = tuple(dict.fromkeys(name for name in given if name not in targets))
    if not targets and not inputs:
        raise DataError(f"{file.path} has no column of numbers beside {time!r} and {label!r} to tell it by")
    if label in inputs:
        raise DataError(f"{file.path}: {label!r} is the label and cannot be an input too")
    return targets, inputs, label, notes


def _is_numeric(file: _File, name: str) -> bool:
    """Whether most cells of a column are numbers: then the others are mistakes, and told."""
    cells = file.sample(name)
    return 2 * sum(number(cell) is not None for cell in cells) > len(cells)


def _times(file: _File, name: str, clock: Clock) -> Times:
    times = np.empty(len(file.rows), np.int64)
    for row, cells in enumerate(file.rows):
        found = clock.read(cells.get(name))
        if found is None:
            what = "date such as 1989-01-31 or 1989-01-31 13:00" if clock.kind == "date" else "whole number"
            raise DataError(f"{file.at(row)}: {name!r} is {cells.get(name)!r}, and should be a {what}")
        times[row] = found
    return times


def _refuse_repeated(
    file: _File, name: str, times: Times, order: npt.NDArray[np.int64], clock: Clock
) -> None:
    repeated = np.flatnonzero(np.diff(times[order]) == 0)
    if len(repeated):
        first, second = (int(order[repeated[0] + i]) for i in range(2))
        raise DataError(
            f"{file.path}: {name!r} is {clock.show(int(times[first]))} in {file.unit}s "
            f"{file.numbers[first]:,} and {file.numbers[second]:,}; a time must be there once, so take one "
            "out, or write a file for each series"
        )


def _numbers(file: _File, name: str) -> Floats:
    values = np.empty(len(file.rows))
    for row, cells in enumerate(file.rows):
        cell = cells.get(name)
        found = np.nan if is_missing(cell) else number(cell)
        if found is None:
            raise DataError(
                f"{file.at(row)}: {name!r} is {cell!r}, which is no number; write numbers as 20.7, leave the "
                "cell empty where nothing was measured, or leave the column out (--inputs)"
            )
        values[row] = found
    if np.isnan(values).all():
        raise DataError(f"{file.path}: column {name!r} holds no value at all; leave it out (--inputs)")
    return values


def _labels(file: _File, name: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    cells = [row.get(name) for row in file.rows]
    texts = [None if is_missing(cell) else str(cell).strip() for cell in cells]
    classes = tuple(sorted({text for text in texts if text is not None}))
    if not 2 <= len(classes) <= _MOST_CLASSES:
        raise DataError(
            f"{file.path}: column {name!r} holds {len(classes):,} different values; a label has from 2 to "
            f"{_MOST_CLASSES} classes, and numbers are forecast with --target"
        )
    index = {text: number for number, text in enumerate(classes)}
    return np.array([MISSING if text is None else index[text] for text in texts], np.int64), classes


def _until(series: Series, until: str) -> Series:
    last = series.before(series.clock.named(until, "data.until"))
    if last < 2:
        raise DataError(f"{series.where} has {last} steps before {until}; name a later time (data.until)")
    left = len(series) - last
    return series.cut(0, last, [f"{left:,} steps from {until} on are not read."] if left > 0 else ())


def _begun(series: Series) -> Series:
    """Take off the steps before every column has a value, and say how many gaps are filled and how."""
    there = ~np.isnan(series.values)
    empty = [name for place, name in enumerate(series.columns) if not there[:, place].any()]
    if empty:
        raise DataError(f"{series.where}: {empty[0]!r} holds no value before the end of what is read")
    first = int(there.argmax(axis=0).max())
    notes = []
    if first:
        notes.append(f"The first {first:,} steps are not read: not every column has a value by then.")
    gaps = int((~there[first:]).sum())
    if gaps:
        notes.append(
            f"{gaps:,} of {there[first:].size:,} values are missing; where they are read, the last value "
            "before them stands in, and no forecast is judged by them."
        )
    return series.cut(first, len(series), notes)
