from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.config.text import TruncationName
from tenor.errors import ConfigError
from tenor.text.truncation import TRUNCATIONS, truncate


def test_the_rules_are_those_of_the_configuration() -> None:
    assert set(TRUNCATIONS) == set(get_args(TruncationName))


@pytest.mark.parametrize(
    ("truncation", "length", "kept"),
    [
        ("head", 3, "abc"),
        ("tail", 3, "efg"),
        ("head+tail", 4, "abfg"),
        ("head+tail", 3, "abg"),
        ("head+tail", 1, "a"),
        ("tail", 1, "g"),
    ],
)
def test_what_is_kept(truncation: str, length: int, kept: str) -> None:
    assert "".join(truncate("abcdefg", length, truncation)) == kept


@pytest.mark.parametrize("truncation", TRUNCATIONS)
@given(st.integers(0, 20), st.integers(1, 20))
def test_as_much_as_fits_is_kept_in_order_and_once(truncation: str, size: int, length: int) -> None:
    kept = list(truncate(range(size), length, truncation))
    assert len(kept) == min(size, length)
    assert kept == sorted(set(kept))
    assert set(kept) <= set(range(size))


@pytest.mark.parametrize("truncation", TRUNCATIONS)
def test_without_a_length_everything_is_kept(truncation: str) -> None:
    assert truncate("abc", None, truncation) == "abc"


@pytest.mark.parametrize("length", [None, 5])
def test_an_unknown_rule_is_refused(length: int | None) -> None:
    with pytest.raises(ConfigError, match=r'"middle"; choose one of: head, tail, head\+tail'):
        truncate("abc", length, "middle")


@pytest.mark.parametrize("length", [0, -3])
def test_a_length_without_room_is_refused(length: int) -> None:
    with pytest.raises(ConfigError, match=f"max_length is {length}"):
        truncate("abc", length, "tail")
