"""`Source`: the raw rows of a source by split, before labels are parsed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenor.data.readers import Row

# What a split may be called -> its name here, in the order of use.
SPLIT_NAMES = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "dev": "validation",
    "val": "validation",
    "test": "test",
}
UNSPLIT = "all"


@dataclass(frozen=True)
class Source:
    """Rows by split ("train", "validation", "test", or `UNSPLIT` alone) and what is known of their columns.

    A column that is None is still to be found. `notes` are plain sentences on what reading left out.
    """

    name: str
    splits: Mapping[str, Sequence[Row]]
    text_column: str | None = None
    label_column: str | None = None
    notes: tuple[str, ...] = ()

    def where(self, split: str) -> str:
        """Return what messages call a split."""
        return self.name if split == UNSPLIT else f"{self.name} ({split})"
