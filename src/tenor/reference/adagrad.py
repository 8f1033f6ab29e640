"""Adagrad: a learning rate for each weight, which falls the more the weight was moved.

    s receives g^2
    w receives -rate g / sqrt(s + 1e-8)

Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic optimization".
"""

from collections.abc import Mapping

import numpy as np

from tenor.reference.activations import Array


def adagrad(
    weights: Mapping[str, Array],
    squares: Mapping[str, Array],
    gradients: Mapping[str, Array],
    *,
    learning_rate: float,
    clip: float,
) -> None:
    """Change weights and the sums of squares by their gradients, in place.

    clip: what a gradient is larger than is cut off, entry by entry, since one that explodes would stay in the
    sums for ever.
    """
    for name, gradient in gradients.items():
        g = np.clip(gradient, -clip, clip)
        squares[name][...] += g * g
        weights[name][...] -= learning_rate * g / np.sqrt(squares[name] + 1e-8)
