"""Time budgets as people write them: 90s, 10m, 2h, 1h30m."""

import re

from tenor.errors import ConfigError

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_PART = r"(\d+(?:\.\d+)?)\s*"
_BUDGET = re.compile(rf"(?:{_PART}h)?\s*(?:{_PART}m)?\s*(?:{_PART}s)?", re.IGNORECASE)


def seconds(budget: str) -> float:
    """Return a time budget in seconds.

    Raises:
        ConfigError: it is not hours, minutes and seconds in this order, or no time at all.
    """
    found = _BUDGET.fullmatch(budget.strip())
    parts = found.groups() if found else ()
    total = sum(float(part) * unit for part, unit in zip(parts, _UNITS.values(), strict=False) if part)
    if not 0 < total < float("inf"):
        raise ConfigError(f"budget {budget!r} is no time; write it as 90s, 10m, 2h or 1h30m")
    return total
