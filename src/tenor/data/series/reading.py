"""From a file to one `Series` or several, each sorted and brought to a regular step."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.config.forecast import SeriesConfig
from tenor.data.series.cells import is_missing, number
from tenor.data.series.columns import Columns, SeriesFile
from tenor.data.series.dates import Clock, Times
from tenor.data.series.regularity import find_step
from tenor.data.series.series import MISSING, Floats, Series
from tenor.errors import DataError

_MOST_SERIES = 10_000


def read_series(config: SeriesConfig) -> Series:
    """Read, sort and bring to a regular step the only series of a file (`series_id` is not looked at).

    Steps that are missing are there as NaN. The series begins where every column has had a value.

    Raises:
        DataError: a file or column that is not there, a cell that is no number or no time (with its line), a
            time that is there twice, no regular step, nothing to forecast.
    """
    file = SeriesFile.read(Path(config.source), config.encoding)
    return _series(file, Columns.of(file, config), config)


def read_all(config: SeriesConfig) -> tuple[Series, ...]:
    """Read every series of a file: one, or one for each value of `config.series_id`, in the order of these.

    Raises:
        DataError: as `read_series`, with the series it is about; a row of no series; series of different
            steps.
    """
    file = SeriesFile.read(Path(config.source), config.encoding)
    columns = Columns.of(file, config)
    if config.series_id is None:
        return (_series(file, columns, config),)
    rows = _rows_by_id(file, config.series_id)
    found = []
    for name in sorted(rows):
        numbers = [file.numbers[row] for row in rows[name]]
        part = SeriesFile(file.path, file.names, numbers, [file.rows[row] for row in rows[name]], name)
        found.append(replace(_series(part, columns, config), id=name))
    for one in found:
        if one.step != found[0].step:
            raise DataError(
                f"{one.where} has a step of {one.step}, and {found[0].where} one of {found[0].step}; "
                "bring all series to one step, or leave some out"
            )
    return tuple(found)


def _rows_by_id(file: SeriesFile, column: str) -> dict[str, list[int]]:
    """Return the rows of each series by its name."""
    rows: dict[str, list[int]] = {}
    for row, cells in enumerate(file.rows):
        cell = cells.get(column)
        if is_missing(cell):
            raise DataError(
                f"{file.at(row)}: {column!r} is {cell!r}, so the row is of no series; give it a name, or "
                "take the row out"
            )
        rows.setdefault(str(cell).strip(), []).append(row)
    if len(rows) > _MOST_SERIES:
        raise DataError(
            f"{file.path}: {column!r} holds {len(rows):,} different values, and a file has at most "
            f"{_MOST_SERIES:,} series; is that the column that tells series apart (--series-id)?"
        )
    return rows


def _series(file: SeriesFile, columns: Columns, config: SeriesConfig) -> Series:
    time, clock, targets, notes = columns.time, columns.clock, columns.targets, list(columns.notes)
    times = _times(file, time, clock)
    order = np.argsort(times, kind="stable")
    if (times[1:] < times[:-1]).any():
        notes.append(f"The rows were not in the order of {time!r} and were sorted by it.")
    _refuse_repeated(file, time, times, order, clock)
    names = (*targets, *columns.inputs)
    values = np.stack([_numbers(file, name) for name in names], axis=1)[order]  # (N, C)
    rising = times[order]
    step, places = find_step(rising, clock, file.where)
    steps = int(places[-1]) + 1
    regular = np.full((steps, len(names)), np.nan)
    regular[places] = values
    told: npt.NDArray[np.int64] | None = None
    if columns.label is not None:
        told = np.full(steps, MISSING)
        told[places] = _labels(file, columns.label, columns.classes)[order]
    if steps > len(rising):
        notes.append(f"{steps - len(rising):,} of {steps:,} steps of {step} were not there and are missing.")
    series = Series(
        file.where, clock, step, int(rising[0]), names, targets, regular, told, columns.classes, tuple(notes)
    )
    if config.until is not None:
        series = _until(series, config.until)
    return _begun(series)


def _times(file: SeriesFile, name: str, clock: Clock) -> Times:
    times = np.empty(len(file.rows), np.int64)
    for row, cells in enumerate(file.rows):
        found = clock.read(cells.get(name))
        if found is None:
            what = "date such as 1989-01-31 or 1989-01-31 13:00" if clock.kind == "date" else "whole number"
            raise DataError(f"{file.at(row)}: {name!r} is {cells.get(name)!r}, and should be a {what}")
        times[row] = found
    return times


def _refuse_repeated(
    file: SeriesFile, name: str, times: Times, order: npt.NDArray[np.int64], clock: Clock
) -> None:
    repeated = np.flatnonzero(np.diff(times[order]) == 0)
    if len(repeated):
        first, second = (int(order[repeated[0] + i]) for i in range(2))
        raise DataError(
            f"{file.where}: {name!r} is {clock.show(int(times[first]))} in {file.unit}s "
            f"{file.numbers[first]:,} and {file.numbers[second]:,}; a time must be there once in a series, "
            "so take one out, or name the column that tells several series apart (--series-id)"
        )


def _numbers(file: SeriesFile, name: str) -> Floats:
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
        raise DataError(f"{file.where}: column {name!r} holds no value at all; leave it out (--inputs)")
    return values


def _labels(file: SeriesFile, name: str, classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    index = {text: number for number, text in enumerate(classes)}
    cells = [row.get(name) for row in file.rows]
    return np.array([MISSING if is_missing(cell) else index[str(cell).strip()] for cell in cells], np.int64)


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
