"""Plain RNN with its gradients by hand, one text at a time.

Forward, for t = 1 .. T, from a given h_0:

    h_t = tanh(W x_t + U h_{t-1} + b)

Backward through time, where g_t is the gradient of the loss with respect to h_t from all later steps and from
outside, and * is entry by entry:

    da_t = g_t * (1 - h_t^2)
    g_{t-1} receives U' da_t
    dx_t = W' da_t     dW = sum_t da_t x_t'     dU = sum_t da_t h_{t-1}'     db = sum_t da_t     dh_0 = g_0

From g_t to g_{t-1} the gradient is multiplied by U' diag(1 - h_t^2). Over many steps that is a product of
many such matrices, which vanishes or explodes (Pascanu et al. 2013).

Elman 1990, "Finding structure in time"; Werbos 1990, "Backpropagation through time: what it does and how to
do it".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenor.reference.activations import TANH, Activation, Array


@dataclass(frozen=True)
class Gradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    x: Array  # (T, D)
    weight: Array  # (H, D)
    recurrent: Array  # (H, H)
    bias: Array  # (H,)
    initial: Array  # (H,)


def rnn(
    x: Array,
    weight: Array,
    recurrent: Array,
    bias: Array,
    initial: Array | None = None,
    *,
    activation: Activation = TANH,
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Read one text; return h (T, H), whose last row is the last state, and the way back.

    x (T, D); weight W (H, D); recurrent U (H, H); bias (H,); initial h_0 (H,), None: zeros. All of one dtype,
    which everything is computed in. The way back goes from the gradient of h (T, H) to all gradients.
    """
    steps, size = len(x), len(recurrent)
    a = x @ weight.T + bias  # all but the recurrent part, for all steps at once
    h = np.zeros((steps + 1, size), a.dtype)  # h_t stands at t
    h[0] = 0 if initial is None else initial
    for t in range(steps):
        h[t + 1] = activation.function(a[t] + recurrent @ h[t])

    def backward(d_h: Array) -> Gradients:
        g = np.zeros_like(h[0])
        d_a = np.zeros_like(a)
        for t in reversed(range(steps)):
            d_a[t] = (g + d_h[t]) * activation.derivative(h[t + 1])
            g = d_a[t] @ recurrent
        return Gradients(d_a @ weight, d_a.T @ x, d_a.T @ h[:-1], d_a.sum(0), g)

    return h[1:], backward
