"""`CellResult`: what came of a cell, as two files of its folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.evaluation.behaviour.result import BehaviourResult
from tenor.files import atomic_file

RESULT, PROBABILITIES, MODEL, COSTS = "result.json", "probabilities.safetensors", "model", "costs.json"
BEHAVIOUR = "behaviour.json"
_TEST = "test"


@dataclass(frozen=True)
class Costs:
    """What a model takes, measured while nothing else of the comparison runs."""

    p50_ms: float  # for one text, from raw text, the model loaded
    p99_ms: float
    texts_per_second: float  # many texts at once, from raw text
    training_texts_per_second: float
    peak_memory_mib: float  # of a process that predicts, then trains

    def to_json(self) -> dict[str, float]:
        """Return the fields as JSON-ready values."""
        return asdict(self)

    @classmethod
    def load(cls, folder: Path) -> "Costs | None":
        """Return the costs that lie in a cell's folder."""
        values = _read(folder / COSTS)
        try:
            return None if values is None else cls(**values)
        except TypeError:  # of another version
            return None

    def save(self, folder: Path) -> None:
        """Write them there."""
        _write(folder / COSTS, self.to_json())


@dataclass(frozen=True)
class CellBehaviour:
    """How many cases of each behaviour test a model failed; cells of before have none."""

    fingerprint: str  # of the result it belongs to
    suite: str  # the fingerprint of the suite
    failures: Mapping[str, int]  # by test

    @classmethod
    def of(cls, fingerprint: str, result: BehaviourResult) -> "CellBehaviour":
        """Take what a comparison needs of a result."""
        return cls(fingerprint, result.fingerprint, {one.test.name: one.failures for one in result.tests})

    @classmethod
    def load(cls, folder: Path, fingerprint: str) -> "CellBehaviour | None":
        """Return what lies in a cell's folder; None where there is nothing, or that of another result."""
        values = _read(folder / BEHAVIOUR)
        if values is None or values.get("fingerprint") != fingerprint:
            return None
        try:
            return cls(**values)
        except TypeError:  # of another version
            return None

    def save(self, folder: Path) -> None:
        """Write it there."""
        _write(folder / BEHAVIOUR, asdict(self))


@dataclass(frozen=True)
class CellResult:
    """A finished cell."""

    fingerprint: str  # of the cell and of the data
    seconds: float  # of training, without validation and testing
    parameters: int
    size_bytes: int
    history: tuple[Mapping[str, float], ...]  # one row an epoch; empty for a baseline
    best_epoch: int
    validation_accuracy: float | None
    test: npt.NDArray[np.float32]  # (N, C) probabilities

    def save(self, folder: Path) -> None:
        """Write both files; result.json comes last and marks the cell as finished."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(folder / PROBABILITIES) as temporary:
            save_file({_TEST: np.ascontiguousarray(self.test)}, temporary)
        values = {name: value for name, value in vars(self).items() if name != _TEST}
        _write(folder / RESULT, values)

    @classmethod
    def load(cls, folder: Path, fingerprint: str) -> "CellResult | None":
        """Return the result in a folder; None where there is none, or that of another cell or other data."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        values = _read(folder / RESULT)
        if values is None or values.get("fingerprint") != fingerprint:
            return None
        try:
            test = load_file(folder / PROBABILITIES)[_TEST]
        except (OSError, SafetensorError, KeyError):
            return None
        try:
            return cls(**{**values, "history": tuple(values["history"]), _TEST: test})
        except (TypeError, KeyError):  # of another version
            return None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, values: Mapping[str, Any]) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, allow_nan=False), "utf-8")
