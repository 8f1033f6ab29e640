"""Scoring a predictor on labelled examples."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tenor.config.evaluation import EvaluationConfig
from tenor.data.example import Example
from tenor.errors import DataError
from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.inference.predictor import Predictor
from tenor.training.loop import Labelled

# Columns with so few values are sliced without being asked for: kinds and stars are, ids and dates are not.
_MOST_VALUES = 20


def label(examples: Sequence[Example], predictor_classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the class index of each example, (N,)."""
    index = {name: number for number, name in enumerate(predictor_classes)}
    unknown = [e.label for e in examples if e.label not in index]
    if unknown:
        raise DataError(
            f"{len(unknown)} examples have no known label (first: {unknown[0]!r}); "
            f"the classes are {', '.join(predictor_classes)}"
        )
    return np.array([index[str(e.label)] for e in examples], dtype=np.int64)


def score(
    predictor: Predictor,
    labelled: Labelled,
    examples: Sequence[Example],
    config: EvaluationConfig,
    *,
    columns: Sequence[str] = (),
) -> Evaluation:
    """Evaluate with intervals, sliced by `columns` or else by every column with few values, and by length."""
    return evaluate(
        labelled.targets,
        predictor.probabilities(labelled.tokens),
        predictor.classes,
        resamples=config.resamples,
        seed=config.seed,
        slices=slices(examples, columns),
        lengths=labelled.tokens.lengths,
    )


def slices(examples: Sequence[Example], columns: Sequence[str] = ()) -> Mapping[str, Sequence[str]]:
    """Return the value of every example in each column to slice by."""
    there = {name for example in examples for name in example.columns}
    for column in columns:
        if column not in there:
            raise DataError(
                f"there is no column {column!r} to slice by; found {', '.join(sorted(there)) or 'none'}"
            )
    values = {name: [e.columns.get(name, "") for e in examples] for name in (columns or sorted(there))}
    return {
        name: column for name, column in values.items() if columns or 1 < len(set(column)) <= _MOST_VALUES
    }
