"""What the shell completes after Tab; none of it imports torch."""

import itertools
from collections.abc import Callable, Iterable
from typing import get_args

from tenor.config.load import recipes, settings
from tenor.config.network import HAS_DIRECTIONS, PoolingName

_PRIMITIVES = {"str", "int", "float", "none"}

Completer = Callable[[str], list[str]]


def words(type_name: str) -> list[str]:
    """Return the choices of a setting whose type is such as "auto | cpu | cuda"; none for any other type."""
    found = type_name.split(" | ")
    free = not _PRIMITIVES.isdisjoint(found) or any(one.startswith("list of ") for one in found)
    return [] if len(found) < 2 or free else found


def among(choices: list[str]) -> Completer | None:
    """Return what completes one of `choices`, if there are any."""
    return (lambda incomplete: _beginning(choices, incomplete)) if choices else None


def sources(incomplete: str) -> list[str]:
    """Complete the names of built-in corpora."""
    from tenor.data.builtin.corpus import BUILTIN

    return _beginning(BUILTIN, incomplete)


def recipe_names(incomplete: str) -> list[str]:
    """Complete the names of recipes."""
    return _beginning(recipes(), incomplete)


def setting_keys(incomplete: str) -> list[str]:
    """Complete the keys of --set."""
    return _beginning((f"{setting.key}=" for setting in settings()), incomplete)


def model_names(incomplete: str) -> list[str]:
    """Complete [bi]encoder[-pooling]."""
    both_ways = (f"bi{encoder}" for encoder, has_directions in HAS_DIRECTIONS.items() if has_directions)
    poolings = ("", *(f"-{pooling}" for pooling in get_args(PoolingName)))
    names = map("".join, itertools.product((*HAS_DIRECTIONS, *both_ways), poolings))
    return _beginning(names, incomplete)


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
