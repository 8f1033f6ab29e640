"""Truncation: which part of a long text is kept."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tenor.errors import ConfigError

Item = TypeVar("Item")


def head(items: Sequence[Item], length: int) -> Sequence[Item]:
    """Keep the first `length` items."""
    return items[:length]


def tail(items: Sequence[Item], length: int) -> Sequence[Item]:
    """Keep the last `length` items."""
    return items[max(len(items) - length, 0) :]


def head_and_tail(items: Sequence[Item], length: int) -> Sequence[Item]:
    """Keep half from the start, rounded up, and the rest from the end (Sun et al. 2019)."""
    if len(items) <= length:
        return items
    first = (length + 1) // 2
    return [*items[:first], *tail(items, length - first)]


TRUNCATIONS: dict[str, Callable[[Sequence[Item], int], Sequence[Item]]] = {
    "head": head,
    "tail": tail,
    "head+tail": head_and_tail,
}


def truncate(items: Sequence[Item], length: int | None, truncation: str) -> Sequence[Item]:
    """Keep at most `length` items by the rule called `truncation`; all of them where `length` is None."""
    if truncation not in TRUNCATIONS:
        raise ConfigError(f'no truncation is called "{truncation}"; choose one of: {", ".join(TRUNCATIONS)}')
    if length is None:
        return items
    if length < 1:
        raise ConfigError(f"max_length is {length}; give 1 or more, or none to read whole texts")
    return TRUNCATIONS[truncation](items, length)
