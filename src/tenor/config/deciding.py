"""`deciding`: the settings that a result depends on."""

from collections.abc import Mapping
from typing import Any

from tenor.config.ensemble import EnsembleConfig
from tenor.config.load import Values, to_values
from tenor.config.subset import SubsetConfig
from tenor.config.unlabelled import UnlabelledConfig

# Settings and sections, by their dotted keys, that came later with a default that changes nothing: what was
# computed before there was such a one still counts.
_ADDED: Mapping[str, Any] = {
    "data.drop_where": [],
    "data.subset": to_values(SubsetConfig()),
    "ensemble": to_values(EnsembleConfig()),
    "transfer.head": False,
    "transfer.replay": 1.0,
    "unlabelled": to_values(UnlabelledConfig()),
    "training.average": None,
}
# Sections about a model elsewhere -> the setting that says where it is.
_PLACES: Mapping[str, str] = {"transfer": "source", "distillation": "teacher"}


def deciding(values: Values) -> Values:
    """Return the nested values of a settled configuration without what decides nothing in them.

    Left out are later additions at their defaults, sections that name no model elsewhere, and the place of
    one that is known by its digest.
    """
    found = _without_added(values)
    for name, place in _PLACES.items():
        section = found.pop(name, None)
        if section is not None and section[place] is not None:
            known = () if section["digest"] is None else (place,)
            found[name] = {key: value for key, value in section.items() if key not in known}
    return found


def _without_added(values: Values, section: str = "") -> Values:
    found: Values = {}
    for name, value in values.items():
        key = section + name
        if key not in _ADDED or value != _ADDED[key]:
            found[name] = _without_added(value, f"{key}.") if isinstance(value, dict) else value
    return found
