"""Parameters of a call in Python, and the settings of a configuration that they stand for."""

import math
from pathlib import Path

import numpy as np

# parameter -> the settings it stands for, which have the default, the range and the meaning; of the sections
# of encoders only that of the chosen one counts
SETTINGS: dict[str, tuple[str, ...]] = {
    "tokenizer": ("text.tokenizer",),
    "vocabulary_size": ("text.max_size",),
    "min_count": ("text.min_count",),
    "max_length": ("text.max_length",),
    "truncation": ("text.truncation",),
    "vectors": ("text.vectors",),
    "embedding_size": ("network.embedding_size",),
    "embedding_dropout": ("network.embedding_dropout",),
    "hidden_size": (
        "network.recurrent.hidden_size",
        "network.mingru.hidden_size",
        "network.transformer.hidden_size",
    ),
    "layers": (
        "network.recurrent.layers",
        "network.mingru.layers",
        "network.cnn.layers",
        "network.transformer.layers",
    ),
    "dropout": (
        "network.recurrent.dropout",
        "network.mingru.dropout",
        "network.cnn.dropout",
        "network.transformer.dropout",
    ),
    "output_dropout": ("network.output_dropout",),
    "ensemble": ("ensemble.members",),
    "ngrams": ("ensemble.ngrams.use",),
    "start": ("transfer.source",),
    "epochs": ("training.epochs",),
    "batch_size": ("training.batch_size",),
    "learning_rate": ("training.learning_rate",),
    "weight_decay": ("training.weight_decay",),
    "validation_fraction": ("data.validation_fraction",),
    "patience": ("training.patience",),
    "device": ("training.device",),
    "precision": ("training.precision",),
    "threads": ("training.threads",),
}


def plain(value: object) -> object:
    """Return what the configuration has for a parameter; searches hand in NumPy's numbers and strings."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and math.isinf(value):
        return None
    return str(value) if isinstance(value, Path) else value
