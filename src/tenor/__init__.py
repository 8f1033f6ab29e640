"""Tenor trains, compares, explains and serves recurrent text classifiers on an ordinary computer."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenor.config.classification import ClassificationConfig
    from tenor.config.language_model import LanguageModelConfig
    from tenor.data.example import Dataset, Example
    from tenor.errors import TenorError
    from tenor.estimator import TextClassifier
    from tenor.experiments.classification import train
    from tenor.experiments.distilling import distil
    from tenor.experiments.language_modelling import pretrain
    from tenor.inference.generation import TextGenerator, generate
    from tenor.inference.predictor import Prediction, Predictor, load
    from tenor.inference.stream import Stream, Streams
    from tenor.model import Model
    from tenor.pretrained_model import PretrainedModel

__version__ = "0.1.0"

# Public name -> the module that defines it; imported at first use, so that `import tenor` stays light.
_HOMES = {
    "ClassificationConfig": "tenor.config.classification",
    "Dataset": "tenor.data.example",
    "Example": "tenor.data.example",
    "Model": "tenor.model",
    "LanguageModelConfig": "tenor.config.language_model",
    "Prediction": "tenor.inference.predictor",
    "Predictor": "tenor.inference.predictor",
    "Stream": "tenor.inference.stream",
    "Streams": "tenor.inference.stream",
    "TenorError": "tenor.errors",
    "TextClassifier": "tenor.estimator",
    "TextGenerator": "tenor.inference.generation",
    "distil": "tenor.experiments.distilling",
    "generate": "tenor.inference.generation",
    "load": "tenor.inference.predictor",
    "pretrain": "tenor.experiments.language_modelling",
    "PretrainedModel": "tenor.pretrained_model",
    "train": "tenor.experiments.classification",
}

__all__ = [
    "ClassificationConfig",
    "Dataset",
    "Example",
    "LanguageModelConfig",
    "Model",
    "Prediction",
    "Predictor",
    "PretrainedModel",
    "Stream",
    "Streams",
    "TenorError",
    "TextClassifier",
    "TextGenerator",
    "distil",
    "generate",
    "load",
    "pretrain",
    "train",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'tenor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
