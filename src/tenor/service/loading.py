"""A model that is loaded for a service: in memory, and warm."""

import sys
from contextlib import suppress
from pathlib import Path

from tenor.errors import InputError
from tenor.inference.predictor import Predictor, load
from tenor.kernels.parallel import available_cores
from tenor.text.pipeline import EFFORT

# Lengths in words, and texts of each: enough that kernels are loaded, at widths that are met often.
_LENGTHS, _EACH = (32, 64, 128, 256), 48


def load_warm(path: Path, batches: int = 1) -> Predictor:
    """Load a model, and do what would otherwise be done at first use.

    Its tensors are copied: whatever is written over the files does not reach a version that is served. So
    many batches are computed at once, and torch gets so many threads, in the whole process, that each has its
    share of the cores.

    Raises:
        ModelError: no model there, or a damaged one.
    """
    predictor = load(path, mapped=False)
    if (torch := sys.modules.get("torch")) is not None:  # it is not imported for models that do without
        torch.set_num_threads(max(1, available_cores() // batches))
    EFFORT.expect_many()
    predictor.model.pipeline.encode(["a " * EFFORT.least])
    with suppress(InputError):  # a network with places for so many tokens only
        for length in _LENGTHS:
            predictor.predict(["a " * length] * _EACH)
    return predictor
