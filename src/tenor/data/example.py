"""`Example` and `Dataset`: labelled texts, cut into splits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its label and where it came from.

    `label` is a class name of its `Dataset` or None; `columns` holds the other columns of its row as
    strings, for slices such as `kind`.
    """

    text: str
    label: str | None = None
    id: str = ""
    group: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class Dataset:
    """Examples by split, with the class names in the order of their indices.

    `splits` has "train" and, where there are any rows, "validation" and "test". `notes` says in plain
    sentences what reading did (rows dropped, columns chosen, how the split was made), `warnings` what is
    doubtful about how it was split; `provenance` is what a run stores of it (source, columns, split method,
    counts), as JSON-ready values.
    """

    name: str
    classes: tuple[str, ...]
    splits: Mapping[str, tuple[Example, ...]]
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def split(self, name: str) -> tuple[Example, ...]:
        """Return the examples of a split; a split that is not there is empty."""
        return self.splits.get(name, ())
