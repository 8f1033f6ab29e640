"""`Marks`: columns of true and false that mark rows which are not to be read, such as in_test."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenor.data.readers import Row
from tenor.data.suggestion import listed, suggestion
from tenor.errors import DataError

_TRUE = ("true", "1", "1.0", "yes", "y", "t")
_FALSE = ("false", "0", "0.0", "no", "n", "f", "", "none", "nan")


@dataclass
class Marks:
    """The columns, what setting names them, for messages, and what was seen in the sources so far."""

    columns: tuple[str, ...]
    setting: str
    _seen: set[str] = field(default_factory=set)

    def unmarked(self, rows: Sequence[Row], where: str) -> tuple[Sequence[Row], list[str]]:
        """Return the rows where none of the columns is true, and a sentence for each that marks some.

        Raises:
            DataError: a column holds something else than true and false.
        """
        notes = []
        names = {name for row in rows for name in row}
        self._seen |= names
        for column in self.columns:
            if column not in names:
                continue
            marked = [self._is_true(row.get(column), column, where) for row in rows]
            if any(marked):
                notes.append(
                    f"{where}: {sum(marked):,} of {len(rows):,} rows were left out: their {column} is true."
                )
            rows = [row for row, out in zip(rows, marked, strict=True) if not out]
        return rows, notes

    def check(self, sources: Sequence[str]) -> None:
        """Refuse a column that none of the sources has; each may lack some.

        Raises:
            DataError: there is one.
        """
        for column in self.columns:
            if column not in self._seen:
                names = sorted(self._seen)
                there = listed(names, 20) if names else "none, only text"
                raise DataError(
                    f"{', '.join(sources)}: no column {column!r} ({self.setting}); there is {there}"
                    f"{suggestion(column, names)}"
                )

    def _is_true(self, value: object, column: str, where: str) -> bool:
        said = str(value).strip().lower()
        if said not in (*_TRUE, *_FALSE):
            raise DataError(
                f"{where}: column {column!r} holds {str(value)[:40]!r}, which is neither true nor false; "
                f"{self.setting} takes columns of true and false (or 1 and 0, yes and no)"
            )
        return said in _TRUE
