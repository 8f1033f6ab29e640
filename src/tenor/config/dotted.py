"""Settings by dotted keys (training.epochs) and in sections ({"training": {"epochs": 5}})."""

from collections.abc import Mapping
from typing import Any

from tenor.errors import ConfigError


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in sections by dotted keys, in the same order; an empty section has none."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= {f"{key}.{inner}": one for inner, one in flat(value).items()}
        else:
            found[str(key)] = value
    return found


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings by dotted keys in sections; `ConfigError` for one that is a value and a section."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        *sections, name = key.split(".")
        inner = found
        for section in sections:
            inner = inner.setdefault(section, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"{key} is set twice, as a value and as a section")
        inner[name] = value
    return found


def at(values: Mapping[str, Any], key: str) -> Any:
    """Return what stands in sections at a dotted key; `KeyError` where there is nothing."""
    found: Any = values
    for part in key.split("."):
        found = found[part]
    return found
