"""`Columns`: which columns of a file of series hold times, values and states; named, or found by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tenor.config.forecast import SeriesConfig
from tenor.data.readers import Row, read_numbered
from tenor.data.series.cells import is_missing, number
from tenor.data.series.dates import Clock
from tenor.data.suggestion import listed, suggestion
from tenor.errors import DataError

# Names of a time column, best first; other columns are taken for one by their dates alone.
TIME_NAMES = ("date", "datetime", "timestamp", "time", "ds", "day", "week", "month", "step", "index", "t")
_SAMPLE = 200  # cells of a column that tell what it is
_MOST_CLASSES = 200


@dataclass(frozen=True)
class SeriesFile:
    """The rows of a file, each with its line."""

    path: Path
    names: tuple[str, ...]
    numbers: Sequence[int]
    rows: Sequence[Row]
    series: str = ""  # which of several series of the file these are the rows of

    @property
    def where(self) -> str:
        """The file, and the series."""
        return f"{self.path}, series {self.series!r}" if self.series else str(self.path)

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

    @classmethod
    def read(cls, path: Path, encoding: str) -> "SeriesFile":
        """Read all rows. Raises `DataError` for a file that cannot be read or has one column only."""
        found = list(read_numbered(path, encoding))
        rows = [row for _, row in found]
        names = tuple(dict.fromkeys(name for row in rows[:_SAMPLE] for name in row))
        if len(names) < 2:
            raise DataError(
                f"{path} has one column only ({listed(names)}); a series needs a column of times and one of "
                "numbers"
            )
        return cls(path, names, [place for place, _ in found], rows)


@dataclass(frozen=True)
class Columns:
    """What the columns of a file are; of several series in it they are the same."""

    time: str
    clock: Clock
    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    label: str | None
    classes: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, file: SeriesFile, config: SeriesConfig) -> "Columns":
        """Find those that are not named."""
        time, clock = _time_column(file, config.time, config.series_id)
        targets, inputs, label, notes = _columns(file, time, config)
        classes = () if label is None else _classes(file, label)
        return cls(time, clock, targets, inputs, label, classes, tuple(notes))


def _time_column(file: SeriesFile, wanted: str | None, series_id: str | None) -> tuple[str, Clock]:
    if wanted is not None:
        clock = Clock.of(file.sample(file.require(wanted, "data.time")))
        if clock is None:
            raise DataError(
                f"{file.path}: column {wanted!r} holds neither dates such as 1989-01-31 or 1989-01-31 13:00 "
                f"nor whole numbers, but {file.sample(wanted)[:1]}"
            )
        return wanted, clock
    names = [name for name in file.names if name != series_id]
    lower = {name.strip().lower(): name for name in reversed(names)}
    known = [lower[name] for name in TIME_NAMES if name in lower]
    # Dates of any name come before numbers: a column called month may hold the numbers from 1 to 12.
    for kind, some in (("date", (*known, *names)), ("number", tuple(known))):
        for name in some:
            clock = Clock.of(file.sample(name))
            if clock is not None and clock.kind == kind:
                return name, clock
    raise DataError(
        f"{file.path} has no column of dates among {listed(names, 20)}; write dates as 1989-01-31 or "
        "1989-01-31 13:00, or name a column that counts steps with --time"
    )


def _columns(
    file: SeriesFile, time: str, config: SeriesConfig
) -> tuple[tuple[str, ...], tuple[str, ...], str | None, list[str]]:
    """Return targets, further inputs and the label, and notes on columns that are left out."""
    label = None if config.label is None else file.require(config.label, "data.label")
    targets = tuple(file.require(name, "data.target") for name in config.target)
    given = tuple(file.require(name, "data.inputs") for name in config.inputs or ())
    for name in (*targets, *given, *([label] if label else [])):
        if name == time:
            raise DataError(f"{file.path}: {name!r} is the column of times and cannot be read as a value too")
    if config.series_id is not None:
        file.require(config.series_id, "data.series_id")
        if config.series_id in {time, label, *targets, *given}:
            raise DataError(
                f"{file.path}: {config.series_id!r} tells series apart (data.series_id) and cannot be read "
                "as times, values or label too"
            )
    others = [name for name in file.names if name not in {time, label, config.series_id, *targets}]
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


def _is_numeric(file: SeriesFile, name: str) -> bool:
    """Whether most cells of a column are numbers: then the others are mistakes, and told."""
    cells = file.sample(name)
    return 2 * sum(number(cell) is not None for cell in cells) > len(cells)


def _classes(file: SeriesFile, name: str) -> tuple[str, ...]:
    cells = (row.get(name) for row in file.rows)
    classes = tuple(sorted({str(cell).strip() for cell in cells if not is_missing(cell)}))
    if not 2 <= len(classes) <= _MOST_CLASSES:
        raise DataError(
            f"{file.path}: column {name!r} holds {len(classes):,} different values; a label has from 2 to "
            f"{_MOST_CLASSES} classes, and numbers are forecast with --target"
        )
    return classes
