"""Time budgets as people write them."""

import pytest

from tenor.config.budget import seconds
from tenor.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1.5 h", 5400),
        ("2H 5s", 7205),
        (" 1m ", 60),
    ],
)
def test_a_budget_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "m", "0s", "-5m", "5m2h", "ten minutes", "1d", "1e3s", "nan", "infh"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no time; write it as 90s, 10m, 2h or 1h30m"):
        seconds(text)
