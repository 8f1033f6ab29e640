"""Duplicates: texts, and groups, that stand where they should not stand twice.

Which texts are the same, `data.duplicates` says. Empty texts count as none.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tenor.data.duplicates import digest
from tenor.data.example import Dataset

_NAMED = 5  # rows that a finding names, so that one can look at them


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows of `split` whose text, or group, is also in `other`; `examples` names the first of them."""

    split: str
    other: str
    rows: int
    examples: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "split": self.split,
            "other": self.other,
            "rows": self.rows,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Texts that stand there with more than one label: how many, in how many rows, and some of the rows."""

    texts: int
    rows: int
    examples: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {"texts": self.texts, "rows": self.rows, "examples": list(self.examples)}


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What stands twice in a dataset.

    `repeated` counts, for each split, the rows whose text an earlier row of the split has. `texts` and
    `groups` are the overlaps of each two splits that have any.
    """

    repeated: Mapping[str, int]
    texts: tuple[Overlap, ...]
    groups: tuple[Overlap, ...]
    conflicts: Conflicts

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "repeated": dict(self.repeated),
            "texts": [one.to_json() for one in self.texts],
            "groups": [one.to_json() for one in self.groups],
            "conflicts": self.conflicts.to_json(),
        }


def find_duplicates(dataset: Dataset) -> Duplicates:
    """Compare all texts and groups of a dataset, within and across its splits."""
    digests = {name: [digest(one.text) for one in rows] for name, rows in dataset.splits.items()}
    groups = {name: [one.group for one in rows] for name, rows in dataset.splits.items()}
    return Duplicates(
        {name: len(there := [d for d in found if d]) - len(set(there)) for name, found in digests.items()},
        _overlaps(dataset, digests),
        _overlaps(dataset, groups),
        _conflicts(dataset, digests),
    )


def _overlaps(dataset: Dataset, keys: Mapping[str, Sequence[Hashable | None]]) -> tuple[Overlap, ...]:
    """Compare the keys of each two splits, one key a row; None is equal to nothing."""
    found = []
    for earlier, later in combinations(keys, 2):
        known = set(keys[earlier]) - {None}
        shared = [index for index, key in enumerate(keys[later]) if key in known]
        if shared:
            named = tuple(_row_name(dataset, later, index) for index in shared[:_NAMED])
            found.append(Overlap(later, earlier, len(shared), named))
    return tuple(found)


def _conflicts(dataset: Dataset, digests: Mapping[str, Sequence[bytes | None]]) -> Conflicts:
    labels: dict[bytes, set[str]] = defaultdict(set)
    rows: dict[bytes, list[tuple[str, int]]] = defaultdict(list)
    for split, found in digests.items():
        for index, (key, example) in enumerate(zip(found, dataset.split(split), strict=True)):
            if key and example.label is not None:
                labels[key].add(example.label)
                rows[key].append((split, index))
    torn = [row for key, row in rows.items() if len(labels[key]) > 1]
    named = [_row_name(dataset, split, index) for row in torn for split, index in row]
    return Conflicts(len(torn), len(named), tuple(named[:_NAMED]))


def _row_name(dataset: Dataset, split: str, index: int) -> str:
    """Name a row by its id, or by its split and its number from 0."""
    return dataset.split(split)[index].id or f"{split}[{index}]"
