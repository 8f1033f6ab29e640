"""How uncertain a model is of a text, from its probabilities."""

from collections.abc import Callable, Mapping

import numpy as np

from tenor.config.suggestion import Uncertainty
from tenor.evaluation.metrics import Floats


def entropy(probabilities: Floats) -> Floats:
    """Return the entropy of each row of probabilities (N, C) as a share of the largest there is, (N,)."""
    terms = np.where(probabilities > 0, probabilities * np.log(np.maximum(probabilities, 1e-300)), 0.0)
    return np.asarray(-terms.sum(axis=1) / np.log(probabilities.shape[1]))


def margin(probabilities: Floats) -> Floats:
    """Return 1 minus the lead of the likeliest class over the second, (N,) of probabilities (N, C)."""
    ranked = np.sort(probabilities, axis=1)
    return np.asarray(1.0 - (ranked[:, -1] - ranked[:, -2]))


# name -> probabilities (N, C) -> uncertainty (N,), from 0 to 1; of two classes both give the same order
UNCERTAINTIES: Mapping[Uncertainty, Callable[[Floats], Floats]] = {"entropy": entropy, "margin": margin}
