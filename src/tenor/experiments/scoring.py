"""Scoring a predictor on labelled examples."""

from collections.abc import Mapping, Sequence

from tenor.data.example import Example
from tenor.evaluation.evaluation import Evaluation, evaluate
from tenor.inference.predictor import Predictor
from tenor.training.loop import Labelled

# Columns with so few values are sliced by themselves; stars and kinds are, ids and dates are not.
_MOST_VALUES = 20


def score(predictor: Predictor, labelled: Labelled, examples: Sequence[Example]) -> Evaluation:
    """Evaluate with intervals and slices."""
    return evaluate(
        labelled.targets,
        predictor.probabilities(labelled.tokens),
        predictor.classes,
        slices=sliceable(examples),
        lengths=labelled.tokens.lengths,
    )


def sliceable(examples: Sequence[Example], columns: Sequence[str] = ()) -> Mapping[str, Sequence[str]]:
    """Return the values of each column worth slicing by: those named, else those with few values."""
    return {}
