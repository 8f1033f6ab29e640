"""`Point`: one training of a learning curve, kept in a file of its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tenor.evaluation.paired import Right
from tenor.files import atomic_file

_FILE = "point.json"


@dataclass(frozen=True)
class Point:
    """Which validation texts a model reads right that was trained on some of the rows."""

    fingerprint: str  # of the cell and of its data
    seconds: float  # of training and reading
    right: str  # a 1 or 0 for each text

    @property
    def reads(self) -> Right:
        """Which texts are read right, (V,)."""
        return np.array([one == "1" for one in self.right])

    def save(self, folder: Path) -> None:
        """Write it into its folder, which marks the training as finished."""
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(folder / _FILE) as temporary:
            temporary.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def load(cls, folder: Path, fingerprint: str) -> "Point | None":
        """Return what lies in a folder; None where there is nothing, or the point of another cell or data."""
        try:
            found = json.loads((folder / _FILE).read_text("utf-8"))
            return cls(**found) if found["fingerprint"] == fingerprint else None
        except (OSError, ValueError, TypeError, KeyError):
            return None
