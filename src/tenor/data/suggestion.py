"""`suggestion`: the "did you mean" of an error message."""

import difflib
from collections.abc import Iterable


def suggestion(word: str, options: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the option closest to `word` whatever its case, or nothing."""
    by_lower = {option.lower(): option for option in options}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[close[0]]!r}?" if close else ""


def listed(values: Iterable[object], most: int = 10) -> str:
    """Return "a, b, c" with at most `most` values and how many more there are."""
    everything = [str(value) for value in values]
    shown = ", ".join(everything[:most])
    return shown if len(everything) <= most else f"{shown} and {len(everything) - most:,} more"
