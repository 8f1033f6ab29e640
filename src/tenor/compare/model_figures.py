"""`ModelFigures`: what is known of one model of a comparison, all its trainings together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.compare.behaviour import BehaviourFigures
from tenor.compare.cell_result import CellBehaviour, CellResult, Costs
from tenor.compare.cells import NETWORK, Cell
from tenor.config.classification import ClassificationConfig
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.calibration import calibration
from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.seeds import ACCURACY, MACRO_F1, SeedFigure, seed_figures
from tenor.evaluation.slices import Slice, length_slices, slices_of

Columns = Mapping[str, Sequence[str] | npt.NDArray[np.int64]]
"""The value of each test text in each column that is sliced by; whole numbers are lengths."""


@dataclass(frozen=True)
class Finished:
    """A cell with what came of it; what its model costs and how it behaves, if that was measured."""

    cell: Cell
    result: CellResult
    costs: Costs | None
    behaviour: CellBehaviour | None = None


@dataclass(frozen=True)
class SliceFigure:
    """Accuracy on the test texts with one value of a column: the mean over the trainings.

    The interval is Wilson's, of that mean on so many texts.
    """

    value: str
    rows: int
    accuracy: Interval


@dataclass(frozen=True)
class ModelFigures:
    """Everything known of one model; without a finished training only why it failed."""

    name: str
    kind: str
    failed: str | None
    accuracy: SeedFigure | None = None
    macro_f1: SeedFigure | None = None
    calibration_error: float = 0.0  # mean over the trainings
    validation_accuracy: float | None = None  # likewise, as the next three
    training_seconds: float = 0.0
    learning_rate: float | None = None  # of a network
    epochs: float = 0.0
    best_epoch: float = 0.0
    parameters: int = 0
    size_bytes: int = 0
    costs: Costs | None = None
    slices: Mapping[str, tuple[SliceFigure, ...]] = field(default_factory=dict)
    histories: tuple[tuple[Mapping[str, float], ...], ...] = ()
    behaviour: BehaviourFigures | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        costs = self.costs
        return {
            "name": self.name,
            "kind": self.kind,
            "failed": self.failed,
            "seeds": len(self.accuracy.seeds) if self.accuracy else 0,
            "accuracy": _spread(self.accuracy),
            "macro_f1": _spread(self.macro_f1),
            "calibration_error": self.calibration_error,
            "validation_accuracy": self.validation_accuracy,
            "parameters": self.parameters,
            "training_seconds": self.training_seconds,
            "learning_rate": self.learning_rate,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "peak_memory_mib": costs and costs.peak_memory_mib,
            "latency_ms": costs and {"p50": costs.p50_ms, "p99": costs.p99_ms},
            "texts_per_second": costs and costs.texts_per_second,
            "training_texts_per_second": costs and costs.training_texts_per_second,
            "size_bytes": self.size_bytes,
            "slices": {
                column: [{"value": s.value, "rows": s.rows, "accuracy": s.accuracy.to_json()} for s in found]
                for column, found in self.slices.items()
            },
            "behaviour": self.behaviour and self.behaviour.to_json(),
            "history": [[dict(row) for row in rows] for rows in self.histories],
        }


def model_figures(
    name: str,
    kind: str,
    done: Sequence[Finished],
    failed: str | None,
    *,
    labels: npt.NDArray[np.int64],
    columns: Columns,
    config: ClassificationConfig,
) -> ModelFigures:
    """Put the finished cells of one model together.

    `labels` (N,) are the classes of the test texts, `columns` what is sliced by, `failed` why a cell of it
    could not be trained.
    """
    if not done:
        return ModelFigures(name, kind, failed or "it was not run")
    results = [one.result for one in done]
    probabilities = [result.test.astype(np.float64) for result in results]
    # float32 sums to 1 but for its rounding.
    probabilities = [one / one.sum(1, keepdims=True) for one in probabilities]
    predicted = np.stack([one.argmax(1) for one in probabilities])
    classes = probabilities[0].shape[1]
    figures = seed_figures(
        labels, predicted, classes, resamples=config.evaluation.resamples, seed=config.evaluation.seed
    )
    costs = next((one.costs for one in done if one.costs is not None), None)
    validation = [r.validation_accuracy for r in results if r.validation_accuracy is not None]
    return ModelFigures(
        name,
        kind,
        failed,
        accuracy=figures[ACCURACY],
        macro_f1=figures[MACRO_F1],
        calibration_error=fmean(calibration(labels, one).error for one in probabilities),
        validation_accuracy=fmean(validation) if validation else None,
        training_seconds=fmean(_seconds(one, costs, config) for one in results),
        learning_rate=config.training.learning_rate if kind == NETWORK else None,
        epochs=fmean(len(result.history) for result in results),
        best_epoch=fmean(result.best_epoch for result in results),
        parameters=results[0].parameters,
        size_bytes=results[0].size_bytes,
        costs=costs,
        slices={column: _sliced(labels, predicted, values, classes) for column, values in columns.items()},
        histories=tuple(tuple(result.history) for result in results),
        behaviour=BehaviourFigures.of(builtin(), [one.behaviour for one in done if one.behaviour]),
    )


def _seconds(result: CellResult, costs: Costs | None, config: ClassificationConfig) -> float:
    """Return the training time of a cell: as if it had run alone, where the speed of that was measured.

    With a limit in time cells do run alone. Epochs count as whole.
    """
    if costs is None or not result.history or config.training.minutes is not None:
        return result.seconds
    texts = sum(row["texts_per_second"] * row["seconds"] for row in result.history)
    return texts / costs.training_texts_per_second


def _sliced(
    labels: npt.NDArray[np.int64],
    predicted: npt.NDArray[np.int64],
    values: Sequence[str] | npt.NDArray[np.int64],
    classes: int,
) -> tuple[SliceFigure, ...]:
    """Return the mean accuracy over the trainings, predicted (S, N), for each value of a column."""

    def of(one: npt.NDArray[np.int64]) -> tuple[Slice, ...]:
        if isinstance(values, np.ndarray):
            return length_slices(labels, one, values, classes)
        return slices_of(labels, one, values, classes)

    return tuple(
        SliceFigure(
            same[0].value,
            same[0].rows,
            wilson(fmean(s.accuracy.value for s in same) * same[0].rows, same[0].rows),
        )
        for same in zip(*(of(one) for one in predicted), strict=True)
    )


def _spread(figure: SeedFigure | None) -> dict[str, Any] | None:
    """Return a figure as the report page has it: ends of intervals only, and each training's own."""
    if figure is None:
        return None
    ends = {
        name: interval and {"low": interval.low, "high": interval.high}
        for name, interval in (
            ("over_texts", figure.over_texts),
            ("over_seeds", figure.over_seeds),
            ("both", figure.both),
        )
    }
    return {"value": figure.value, **ends, "each": list(figure.seeds)}
