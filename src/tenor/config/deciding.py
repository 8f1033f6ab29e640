"""`deciding`: the settings that a result depends on."""

from typing import Any

from tenor.config.load import Values, to_values
from tenor.config.transfer import without_place
from tenor.config.unlabelled import UnlabelledConfig

# Settings and sections that were added with a default that changes nothing: what was computed before there
# was such a one still counts.
_ADDED: dict[str, dict[str, Any]] = {"training": {"average": None}, "data": {"drop_where": []}}
_ADDED_SECTIONS = {"unlabelled": to_values(UnlabelledConfig())}


def deciding(values: Values) -> Values:
    """Return the nested values of a settled configuration without what decides nothing in them.

    That is what training starts from by its place, if it has a digest, and later additions left at their
    defaults.
    """
    return {
        name: _without(section, _ADDED[name]) if name in _ADDED else section
        for name, section in without_place(values).items()
        if not (name in _ADDED_SECTIONS and section == _ADDED_SECTIONS[name])
    }


def _without(section: Values, added: Values) -> Values:
    return {name: value for name, value in section.items() if not (name in added and value == added[name])}
