"""`Comparison`: what a family of models does on the same test texts, with intervals and paired tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.compare.behaviour import suite_values
from tenor.compare.cells import NO_LIMIT, Cell, jobs_of
from tenor.compare.model_figures import Columns, Finished, ModelFigures, model_figures
from tenor.compare.work import FIT, TRAIN, Data
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import to_values
from tenor.data.example import Example
from tenor.evaluation import wording
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.evaluation import LENGTH
from tenor.evaluation.paired import Difference, differences
from tenor.experiments import scoring
from tenor.experiments.machine import environment


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
            model_figures(
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


def _columns(base: ClassificationConfig, data: Data, test: Sequence[Example]) -> Columns:
    """Return what is sliced by: columns of few values, the words of turning meaning, length in tokens."""
    ours: dict[str, Sequence[str] | npt.NDArray[np.int64]] = {
        wording.COLUMN: wording.wording(example.text for example in test),
        LENGTH: np.asarray(data.prepared(base).encoded["test"][1]),
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
    report = data.prepared(base).report
    return {
        "source": base.data.source,
        "classes": list(data.dataset.classes),
        "rows": {name: len(examples) for name, examples in data.dataset.splits.items()},
        "warnings": report.warnings(),
        "notes": list(report.notes),
    }
