"""Scoring a predictor on labelled examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenor.config.evaluation import EvaluationConfig
from tenor.data.example import Example
from tenor.errors import DataError
from tenor.evaluation.confidence import Confidence
from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.inference.predictor import Predictor
from tenor.model import Model
from tenor.text.tokens import Tokens

# Columns with so few values are sliced without being asked for: kinds and stars are, ids and dates are not.
_MOST_VALUES = 20


@dataclass(frozen=True)
class Scored:
    """What a predictor says of N labelled examples."""

    labels: npt.NDArray[np.int64]  # (N,) class indices
    logits: npt.NDArray[np.float32]  # (N, C)
    probabilities: npt.NDArray[np.float64]  # (N, C)
    lengths: npt.NDArray[np.int64]  # (N,) tokens before truncation


def class_indices(examples: Sequence[Example], classes: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the class index of each example, (N,)."""
    index = {name: number for number, name in enumerate(classes)}
    unknown = [e.label for e in examples if e.label not in index]
    if unknown:
        raise DataError(
            f"{len(unknown)} examples have no known label (first: {unknown[0]!r}); "
            f"the classes are {', '.join(classes)}"
        )
    return np.array([index[str(e.label)] for e in examples], dtype=np.int64)


def predict(predictor: Predictor, examples: Sequence[Example]) -> Scored:
    """Read the examples as the model reads any text, and predict them."""
    tokens, lengths = predictor.model.pipeline.encode_with_lengths(e.text for e in examples)
    return predict_encoded(predictor, examples, tokens, lengths)


def predict_encoded(
    predictor: Predictor, examples: Sequence[Example], tokens: Tokens, lengths: npt.NDArray[np.int64]
) -> Scored:
    """Predict examples whose ids are known already."""
    labels = class_indices(examples, predictor.classes)
    logits = predictor.logits(tokens)
    return Scored(labels, logits, predictor.of_logits(logits), lengths)


def score(
    scored: Scored,
    examples: Sequence[Example],
    model: Model,
    config: EvaluationConfig,
    *,
    columns: Sequence[str] = (),
) -> Evaluation:
    """Evaluate with intervals, sliced by `columns` or else by every column with few values, and by length."""
    found = evaluate(
        scored.labels,
        scored.probabilities,
        model.classes,
        resamples=config.resamples,
        seed=config.seed,
        slices=slices(examples, columns),
        lengths=scored.lengths,
    )
    return replace(found, confidence=Confidence.of(scored.labels, scored.logits, model.scaling))


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
