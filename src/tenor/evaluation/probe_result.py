"""`ProbeResult`: how far each model reaches, and how its gradient fades with distance."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.probes import CHANCE, TASKS

# A model reaches a distance where it is right so often; three of four combinations would be 75 %.
REACHED = 0.9


@dataclass(frozen=True)
class Gradient:
    """Mean over texts of the norm of d logit / d x at the token so many places before the last."""

    distances: tuple[int, ...]
    before: tuple[float, ...]  # training
    after: tuple[float, ...]


@dataclass(frozen=True)
class Cell:
    """One model, trained once on one task."""

    task: str
    model: str
    seed: int
    parameters: int
    seconds: float  # of training
    train_accuracy: float  # of the last epoch
    texts: int  # tested at each distance
    hits: Mapping[int, int]  # distance -> texts that were right
    gradient: Gradient

    def to_json(self) -> dict[str, Any]:
        """Return plain values; distances become text, as JSON has it."""
        values = asdict(self)
        return {**values, "hits": {str(distance): hits for distance, hits in self.hits.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Cell":
        """Return the cell of `to_json`."""
        gradient = Gradient(**{name: tuple(figures) for name, figures in values["gradient"].items()})
        hits = {int(distance): hits for distance, hits in values["hits"].items()}
        return cls(**{**values, "hits": hits, "gradient": gradient})


@dataclass(frozen=True)
class Failure:
    """A model that could not be trained on a task, and why."""

    task: str
    model: str
    seed: int
    reason: str


@dataclass(frozen=True)
class Curve:
    """A model on a task, all seeds together."""

    task: str
    model: str
    cells: tuple[Cell, ...]  # one a seed, at least one

    def accuracy(self) -> dict[int, Interval]:
        """Return the accuracy at each distance over the texts of all seeds, with its Wilson interval.

        The interval says how far another sample of texts could differ, nothing about other seeds.
        """
        return {
            distance: wilson(
                sum(cell.hits[distance] for cell in self.cells), sum(cell.texts for cell in self.cells)
            )
            for distance in self.cells[0].hits
        }

    def reach(self) -> int | None:
        """Return the greatest distance up to which accuracy is `REACHED` at every one; None: at none."""
        found = None
        for distance, accuracy in sorted(self.accuracy().items()):
            if accuracy.value < REACHED:
                break
            found = distance
        return found

    def gradient(self) -> Gradient:
        """Return the mean of the gradient norms over the seeds."""
        parts = [cell.gradient for cell in self.cells]
        before = np.mean([part.before for part in parts], axis=0)
        after = np.mean([part.after for part in parts], axis=0)
        return Gradient(parts[0].distances, tuple(before.tolist()), tuple(after.tolist()))

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        first = self.cells[0]
        return {
            "name": self.model,
            "parameters": first.parameters,
            "seeds": [cell.seed for cell in self.cells],
            "seconds": sum(cell.seconds for cell in self.cells) / len(self.cells),
            "train_accuracy": sum(cell.train_accuracy for cell in self.cells) / len(self.cells),
            "reach": self.reach(),
            "accuracy": [
                {
                    "distance": distance,
                    **interval.to_json(),
                    "each": [cell.hits[distance] / cell.texts for cell in self.cells],
                }
                for distance, interval in self.accuracy().items()
            ],
            "gradient": {name: list(figures) for name, figures in asdict(self.gradient()).items()},
        }


@dataclass(frozen=True)
class ProbeResult:
    """All cells of a probe, those that failed apart."""

    settings: Mapping[str, Any]
    cells: tuple[Cell, ...]
    failures: tuple[Failure, ...]

    def curves(self) -> Sequence[Curve]:
        """Return tasks and models in the order of the settings, without those that failed."""
        found = []
        for task in self.settings["tasks"]:
            for model in self.settings["models"]:
                cells = tuple(cell for cell in self.cells if (cell.task, cell.model) == (task, model))
                if cells:
                    found.append(Curve(task, model, cells))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return plain values: by task, what each model reached; this is what pictures and tables render."""
        curves = self.curves()
        return {
            "settings": dict(self.settings),
            "chance": CHANCE,
            "reached": REACHED,
            "tasks": [
                {
                    "name": name,
                    "meaning": TASKS[name].meaning,
                    "distance": TASKS[name].distance,
                    "models": [curve.to_json() for curve in curves if curve.task == name],
                }
                for name in self.settings["tasks"]
            ],
            "failures": [asdict(failure) for failure in self.failures],
        }
