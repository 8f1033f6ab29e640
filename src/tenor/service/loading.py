"""A model that is loaded for a service: in memory, and warm."""

from pathlib import Path

from tenor.inference.predictor import Predictor, load


def load_warm(path: Path) -> Predictor:
    """Load a model and have done what is otherwise done at first use.

    Raises:
        ModelError: no model there, or a damaged one.
    """
    predictor = load(path)
    list(predictor.predictions(["warm"]))
    return predictor
