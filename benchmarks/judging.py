"""What contestants say of texts: trained once, kept, and every reading of a test split written down."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import record
from contestants import Contestant, Lots
from pieces import Figures, Pieces

from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.evaluation.seeds import ACCURACY, MACRO_F1, seed_figures
from tenor.files import atomic_file

Predicted = dict[str, npt.NDArray[np.int64]]  # by lot, (S, N) class indices, a row a training

READINGS = "test_readings"  # the log
TEST, VALIDATION = "test", "validation"
RESAMPLES = 1000


@dataclass(frozen=True)
class Judge:
    """The judge of one study; `split` is what its lots are of, and `log` the folder of the log."""

    study: str
    pieces: Pieces
    split: str
    log: Path | None = None

    def predicted(
        self, contestant: Contestant, dataset: Dataset, lots: Lots, *, about: str, seeds: int
    ) -> tuple[Predicted, list[float]]:
        """Train with each seed on `dataset`, and return what is said of the lots, and the seconds it took.

        Where the seed changes nothing there is one training. `about` tells its pieces from others.
        """
        parts = [
            self.once(contestant, dataset, lots, about=about, seed=seed)
            for seed in range(seeds if contestant.random else 1)
        ]
        found = {name: np.stack([part.classes[name] for part in parts]) for name in lots}
        return found, [part.seconds for part in parts]

    def once(self, contestant: Contestant, dataset: Dataset, lots: Lots, *, about: str, seed: int) -> "Said":
        """Train once and return what is said, or return what is kept of that."""

        def measure() -> Figures:
            found = contestant.classes(dataset, lots, seed, self.pieces.clock)
            reading = {
                "study": self.study,
                "contestant": contestant.name,
                "about": about,
                "seed": seed,
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            accuracy = {name: _right(found[name], lot, dataset) for name, lot in lots.items()}
            if self.split == TEST:
                write_down([{**reading, "data": name, "accuracy": accuracy[name]} for name in lots], self.log)
            packed = {name: _packed(classes) for name, classes in found.items()}
            return {**reading, "accuracy": accuracy, "lots": packed}

        told = {split: fingerprint(rows) for split, rows in dataset.splits.items()}
        judged = {name: fingerprint(lot) for name, lot in lots.items()}
        name = f"{self.split}-{about}-{contestant.name}-seed-{seed}"
        safe = "".join(letter if letter.isalnum() or letter in "-.=" else "_" for letter in name)
        kept = self.pieces.once(safe, [contestant.decides, told, judged, seed], measure)
        classes = {name: _unpacked(packed) for name, packed in kept["lots"].items()}
        return Said(classes, float(kept["seconds"]))


@dataclass(frozen=True)
class Said:
    """What one training says: (N,) class indices of each lot, and the seconds all of it took."""

    classes: Mapping[str, npt.NDArray[np.int64]]
    seconds: float


def write_down(readings: Sequence[Mapping[str, Any]], folder: Path | None) -> None:
    """Append readings of test splits to the log in that folder; None: nowhere."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{READINGS}.json"
    before = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else []
    values = {"environment": record.environment(), "figures": [*before, *readings]}
    with atomic_file(file) as temporary:
        temporary.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def indices(lot: Sequence[Example], dataset: Dataset) -> npt.NDArray[np.int64]:
    """Return the class of each text, (N,)."""
    return np.array([dataset.classes.index(str(one.label)) for one in lot], dtype=np.int64)


def figures(
    lot: Sequence[Example], dataset: Dataset, predicted: npt.NDArray[np.int64], seconds: Sequence[float]
) -> Figures:
    """Return accuracy and macro-F1 of predictions (S, N), with intervals over texts and trainings."""
    found = seed_figures(indices(lot, dataset), predicted, len(dataset.classes), resamples=RESAMPLES, seed=0)
    return {name: found[name].to_json() for name in (ACCURACY, MACRO_F1)} | {"seconds": list(seconds)}


def line(name: str, figure: Mapping[str, Any], width: int = 28) -> str:
    """Return a figure with its interval as a line for the screen."""
    both = figure["both"]
    return f"{name:{width}} {figure['value']:.2%} ({both['low']:.2%}-{both['high']:.2%})"


def _right(classes: Sequence[int], lot: Sequence[Example], dataset: Dataset) -> float:
    return float((np.asarray(classes) == indices(lot, dataset)).mean())


def _packed(classes: Sequence[int]) -> str:
    """Return class indices as a short text: one byte each, compressed."""
    return base64.b64encode(zlib.compress(np.asarray(classes, np.uint8).tobytes(), 9)).decode()


def _unpacked(text: str) -> npt.NDArray[np.int64]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).astype(np.int64)
