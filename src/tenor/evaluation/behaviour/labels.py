"""How the labels of a suite say the classes of a model."""

from collections.abc import Mapping, Sequence

from tenor.data.suggestion import listed, suggestion
from tenor.errors import ConfigError

_SPELLINGS = {"negative": ("neg",), "positive": ("pos",)}


def match(
    labels: Sequence[str], classes: Sequence[str], given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the class of each label: the one that is `given`, else the one of its name in any case.

    Raises:
        ConfigError: a label without a class, a class or a label that is not there, two labels of one class.
    """
    given = given or {}
    for label, name in given.items():
        if label not in labels:
            raise ConfigError(
                f"the suite has no label {label!r}; it has {listed(labels) or 'none'}"
                f"{suggestion(label, labels)}"
            )
        if name not in classes:
            raise ConfigError(
                f"{label} cannot be {name!r}, which is no class of the model; it has "
                f"{listed(classes)}{suggestion(name, classes)}"
            )
    found = {label: given.get(label) or _same(label, classes) for label in labels}
    matched = {label: name for label, name in found.items() if name is not None}
    if unknown := [label for label in labels if label not in matched]:
        example = ",".join(f"{label}=CLASS" for label in unknown)
        raise ConfigError(
            f"the suite speaks of {listed(map(repr, unknown))}, but the classes of the model are "
            f"{listed(map(repr, classes))}; say which is which: --labels {example}"
        )
    if len(set(matched.values())) < len(matched):
        raise ConfigError(f"two labels of the suite are one class of the model: {listed(matched.items())}")
    return matched


def fits(labels: Sequence[str], classes: Sequence[str]) -> bool:
    """Return whether each label is a class by its name."""
    return all(_same(label, classes) is not None for label in labels)


def _same(label: str, classes: Sequence[str]) -> str | None:
    """Return the only class with the name of a label, or a usual shorter one, in any case."""
    for spelled in (label.lower(), *_SPELLINGS.get(label.lower(), ())):
        found = [name for name in classes if name.lower() == spelled]
        if found:
            return found[0] if len(found) == 1 else None
    return None
