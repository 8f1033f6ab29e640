"""Cells of a column: numbers, what stands for a missing one, and what is neither."""

import math

# As statistical programs write a value that is missing, in lower case.
_MISSING = {"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "."}


def is_missing(cell: object) -> bool:
    """Whether a cell says that nothing was measured."""
    if isinstance(cell, str):
        return cell.strip().lower() in _MISSING
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def number(cell: object) -> float | None:
    """Return a cell as a finite number, or None where it is none; True and False are 1 and 0."""
    if not isinstance(cell, str | int | float) and not hasattr(cell, "__float__"):
        return None
    try:
        found = float(cell)  # Parquet has decimals, too
    except (ValueError, OverflowError):
        return None
    # Python reads 1_000 as a number, and nobody else does.
    return found if math.isfinite(found) and not (isinstance(cell, str) and "_" in cell) else None
