"""`Comparison`: what a family of models does on the same test texts, with intervals and paired tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.compare.behaviour import BehaviourFigures, suite_values
from tenor.compare.cell_result import CellBehaviour, CellResult, Costs
from tenor.compare.cells import NETWORK, NO_LIMIT, Cell, jobs_of
from tenor.compare.work import FIT, TRAIN, Data
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import to_values
from tenor.data.example import Example
from tenor.evaluation import wording
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.calibration import calibration
from tenor.evaluation.evaluation import LENGTH
from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.paired import Difference, differences
from tenor.evaluation.seeds import ACCURACY, MACRO_F1, SeedFigure, seed_figures
from tenor.evaluation.slices import Slice, length_slices, slices_of
from tenor.experiments import scoring
from tenor.experiments.machine import environment


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


@dataclass(frozen=True)
class Comparison:
    """A finished comparison; models in the order in which they were named, baselines first."""

    models: tuple[ModelFigures, ...]
    differences: tuple[Difference, ...]
    failures: tuple[Mapping[str, Any], ...]  # model, seed, reason
    data: Mapping[str, Any]
    terms: Mapping[str, Any]
    texts: tuple[Mapping[str, Any], ...]  # some test texts as every model reads them
    settings: Mapping[str, Any]
    environment: Mapping[str, Any]
    sweep: Mapping[str, Any] | None
    behaviour: Mapping[str, Any] | None  # the suite that models were checked by, if any was

    @classmethod
    def of(
        cls,
        base: ClassificationConfig,
        comparison: ComparisonConfig,
        data: Data,
        cells: Sequence[Cell],
        *,
        finished: Mapping[str, Finished],
        failures: Mapping[tuple[str, str], str],
    ) -> "Comparison":
        """Put the results of all cells together; `finished` by their names, `failures` by names and work."""
        test = data.dataset.split("test")
        labels = scoring.class_indices(test, data.dataset.classes)
        columns = _columns(base, data, test)
        by_model: dict[str, list[Cell]] = {}
        for cell in cells:
            by_model.setdefault(cell.model, []).append(cell)
        done = {
            model: [finished[cell.name] for cell in own if cell.name in finished]
            for model, own in by_model.items()
        }
        reasons = {
            model: next((why for cell in own if (why := _training_failure(cell, failures))), None)
            for model, own in by_model.items()
        }
        models = tuple(
            _figures(
                model,
                own[0].kind,
                done[model],
                reasons[model],
                labels=labels,
                columns=columns,
                config=own[0].config,
            )
            for model, own in by_model.items()
        )
        right = {
            m: np.stack([f.result.test.argmax(1) == labels for f in found])
            for m, found in done.items()
            if found
        }
        return cls(
            models=models,
            differences=differences(right, resamples=base.evaluation.resamples, seed=base.evaluation.seed),
            failures=tuple(
                {"model": cell.model, "seed": cell.seed, "work": work, "reason": reason}
                for cell in cells
                for (name, work), reason in failures.items()
                if name == cell.name
            ),
            data=_data(base, data),
            terms={
                "epochs": epochs if (epochs := base.training.epochs) < NO_LIMIT else None,
                "budget_seconds": comparison.budget_seconds,
                "rates": list(comparison.rates),
                "seeds": sorted({cell.seed for cell in cells}),
                "jobs": jobs_of(base, comparison),
                "threads": cells[0].config.training.threads,
                "precision": cells[0].config.training.precision,
            },
            texts=_texts(base.evaluation.texts, data, test, done),
            settings=to_values(base),
            environment=environment(),
            sweep={"key": comparison.sweep, "values": list(comparison.values)} if comparison.sweep else None,
            behaviour=suite_values(builtin()) if any(model.behaviour for model in models) else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON-ready values; what the report page is made of."""
        return {
            "data": dict(self.data),
            "terms": dict(self.terms),
            "models": [model.to_json() for model in self.models],
            "differences": [one.to_json() for one in self.differences],
            "texts": [dict(one) for one in self.texts],
            "failures": [dict(one) for one in self.failures],
            "settings": dict(self.settings),
            "environment": dict(self.environment),
            "sweep": self.sweep and dict(self.sweep),
            "behaviour": self.behaviour and dict(self.behaviour),
        }


def _training_failure(cell: Cell, failures: Mapping[tuple[str, str], str]) -> str | None:
    """Return why a cell could not be trained; costs that could not be measured are another matter."""
    return next((failures[cell.name, work] for work in (TRAIN, FIT) if (cell.name, work) in failures), None)


def _figures(
    name: str,
    kind: str,
    done: Sequence[Finished],
    failed: str | None,
    *,
    labels: npt.NDArray[np.int64],
    columns: Mapping[str, Sequence[str] | npt.NDArray[np.int64]],
    config: ClassificationConfig,
) -> ModelFigures:
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


def _columns(
    base: ClassificationConfig, data: Data, test: Sequence[Example]
) -> dict[str, Sequence[str] | npt.NDArray[np.int64]]:
    """Return what is sliced by: columns of few values, the words of turning meaning, length in tokens."""
    ours: dict[str, Sequence[str] | npt.NDArray[np.int64]] = {
        wording.COLUMN: wording.wording(example.text for example in test),
        LENGTH: np.asarray(data.prepared(base.text).encoded["test"][1]),
    }
    return {**ours, **scoring.slices(test)}  # a column of the data that is called so goes before


def _texts(
    most: int,
    data: Data,
    test: Sequence[Example],
    done: Mapping[str, Sequence[Finished]],
) -> tuple[Mapping[str, Any], ...]:
    """Return test texts drawn at random, always the same, with what each model's first training says."""
    classes = data.dataset.classes
    rows = np.sort(np.random.default_rng(0).permutation(len(test))[:most])
    return tuple(
        {
            "text": test[row].text,
            "label": test[row].label,
            "predictions": {
                model: {
                    "label": classes[int(found[0].result.test[row].argmax())],
                    "probability": float(found[0].result.test[row].max()),
                }
                for model, found in done.items()
                if found
            },
        }
        for row in rows.tolist()
    )


def _data(base: ClassificationConfig, data: Data) -> dict[str, Any]:
    report = data.prepared(base.text).report
    return {
        "source": base.data.source,
        "classes": list(data.dataset.classes),
        "rows": {name: len(examples) for name, examples in data.dataset.splits.items()},
        "warnings": report.warnings(),
        "notes": list(report.notes),
    }


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
