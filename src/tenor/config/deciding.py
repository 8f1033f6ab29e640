"""`deciding`: the settings that a result depends on."""

from tenor.config.load import Values, to_values
from tenor.config.transfer import without_place
from tenor.config.unlabelled import UnlabelledConfig

# Sections and settings that were added with a default that changes nothing: what was computed before there
# was such a one still counts.
_ADDED = {"unlabelled": to_values(UnlabelledConfig())}
_ADDED_TO_TRAINING = {"average": None}


def deciding(values: Values) -> Values:
    """Return the nested values of a settled configuration without what decides nothing in them.

    That is what training starts from by its place, if it has a digest, and later additions left at their
    defaults.
    """
    kept = {name: section for name, section in without_place(values).items() if not _is_added(name, section)}
    training = {
        name: value
        for name, value in kept["training"].items()
        if not (name in _ADDED_TO_TRAINING and value == _ADDED_TO_TRAINING[name])
    }
    return {**kept, "training": training}


def _is_added(name: str, section: object) -> bool:
    return name in _ADDED and section == _ADDED[name]
