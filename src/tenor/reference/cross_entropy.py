"""Softmax cross-entropy with its gradient by hand.

Forward, for each row t of the logits l (T, C) and its class y_t:

    p_t = softmax(l_t)
    loss_t = -log p_t[y_t] = log sum_k e^(l_t[k]) - l_t[y_t]        in nats; over log 2, in bits

Backward, where g_t is the gradient with respect to loss_t:

    dl_t = g_t (p_t - onehot(y_t))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.reference.activations import Array, softmax


@dataclass(frozen=True)
class Gradients:
    """Of the logits, in their shape."""

    logits: Array  # (T, C)


def cross_entropy(
    logits: Array, classes: npt.NDArray[np.integer[Any]]
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Return the loss of each row, (T,), and the way back from its gradient (T,) to that of the logits.

    logits (T, C); classes (T,), from 0 to C - 1.
    """
    rows = np.arange(len(logits))
    above = logits - logits.max(-1, keepdims=True)  # the same probabilities, without overflow
    losses = np.log(np.exp(above).sum(-1)) - above[rows, classes]

    def backward(d_losses: Array) -> Gradients:
        d_logits = softmax(logits)
        d_logits[rows, classes] -= 1
        return Gradients(d_logits * d_losses[:, None])

    return losses, backward
