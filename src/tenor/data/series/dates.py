"""Times of a series as whole numbers: microseconds since 1970, or the numbers of a column that counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from tenor.errors import DataError

Times = npt.NDArray[np.int64]
ClockName = Literal["date", "number"]

SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1)
_WHOLE = re.compile(r"[+-]?\d{1,17}$")
_YEAR_FIRST = re.compile(r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?")


@dataclass(frozen=True)
class Clock:
    """How cells of a time column are read: as dates, or as numbers that count steps."""

    kind: ClockName

    @classmethod
    def of(cls, cells: Sequence[object]) -> "Clock | None":
        """Return what reads all of these cells, or None; eight digits are a date if they can be one."""
        for kind in ("date", "number"):
            clock = cls(kind)
            if cells and all(clock.read(cell) is not None for cell in cells):
                return clock
        return None

    def read(self, cell: object) -> int | None:
        """Return a cell as a number, or None where it is no time."""
        return _date(cell) if self.kind == "date" else _number(cell)

    def show(self, time: int) -> str:
        """Return a time as it is written: 1981-01-01, 1981-01-01 13:00 or a number."""
        if self.kind == "number":
            return f"{time}"
        found = _EPOCH + timedelta(microseconds=int(time))
        if time % DAY == 0:
            return found.date().isoformat()
        return found.isoformat(sep=" ", timespec="minutes" if time % (60 * SECOND) == 0 else "auto")

    def named(self, text: str, setting: str) -> int:
        """Return the time that a setting names; `DataError` when it is none."""
        found = self.read(text)
        if found is None:
            example = "1989-01-01 or 1989-01-01 13:00" if self.kind == "date" else "a whole number"
            raise DataError(f"{setting} is {text!r}, which is no time of this series; write {example}")
        return found


def months(times: Times) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return, of dates: months since 1970, microseconds since the month began, whether it is its last day."""
    stamps = times.astype("datetime64[us]")
    whole = stamps.astype("datetime64[M]")
    within = (stamps - whole.astype("datetime64[us]")).astype(np.int64)
    following = (stamps + np.timedelta64(1, "D")).astype("datetime64[M]")
    return whole.astype(np.int64), within, following != whole


def month_start(month: int) -> int:
    """Return the time at which a month since 1970 begins."""
    return int(np.datetime64(month, "M").astype("datetime64[us]").astype(np.int64))


def _date(cell: object) -> int | None:
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        found = datetime(cell.year, cell.month, cell.day)
    elif isinstance(cell, str):
        parsed = _parsed(cell.strip())
        if parsed is None:
            return None
        found = parsed
    else:
        return None
    if found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return (found - _EPOCH) // timedelta(microseconds=1)


def _parsed(text: str) -> datetime | None:
    if _WHOLE.match(text) and len(text) != len("19810101"):
        return None
    if head := _YEAR_FIRST.match(text):
        parts = re.split("[-/.]", head[0])
        day = "-".join(
            [parts[0], *(part.zfill(2) for part in parts[1:]), *(["01"] if len(parts) == 2 else [])]
        )
        text = day + text[head.end() :]
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(cell: object) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    return int(cell) if isinstance(cell, str) and _WHOLE.match(cell.strip()) else None
