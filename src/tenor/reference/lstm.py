"""LSTM with its gradients by hand, one text at a time.

Forward, for t = 1 .. T, from a given h_0 and c_0; * is entry by entry:

    i_t = sigmoid(Wi x_t + Ui h_{t-1} + bi)      input gate: how much is written
    f_t = sigmoid(Wf x_t + Uf h_{t-1} + bf)      forget gate: how much is kept
    g_t = tanh(Wg x_t + Ug h_{t-1} + bg)         what is written
    o_t = sigmoid(Wo x_t + Uo h_{t-1} + bo)      output gate: how much is shown
    c_t = f_t * c_{t-1} + i_t * g_t
    h_t = o_t * tanh(c_t)

Backward through time, where dh_t and dc_t come from all later steps and from outside, and dc_t then receives
dh_t * o_t * (1 - tanh(c_t)^2):

    da_i = dc_t * g_t * i_t (1 - i_t)            da_f = dc_t * c_{t-1} * f_t (1 - f_t)
    da_g = dc_t * i_t * (1 - g_t^2)              da_o = dh_t * tanh(c_t) * o_t (1 - o_t)
    dc_{t-1} receives dc_t * f_t                 dh_{t-1} receives U' da_t
    dx_t = W' da_t     dW = sum_t da_t x_t'     dU = sum_t da_t h_{t-1}'     db = sum_t da_t

On the way from dc_t to dc_{t-1} stands the forget gate alone, no matrix: while it is open nothing vanishes.

Hochreiter & Schmidhuber 1997, "Long short-term memory"; the forget gate: Gers et al. 2000, "Learning to
forget". Gates are stacked in the order i, f, g, o, as in torch; b is the sum of torch's two biases.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tenor.reference.activations import Array, sigmoid, sigmoid_derivative, tanh, tanh_derivative


@dataclass(frozen=True)
class Gradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    x: Array  # (T, D)
    weight: Array  # (4H, D)
    recurrent: Array  # (4H, H)
    bias: Array  # (4H,)
    hidden: Array  # (H,)
    cell: Array  # (H,)


class Backward(Protocol):
    """The way back, from the gradients of h (T, H) and of c (T, H), None: zeros."""

    def __call__(self, d_h: Array, d_c: Array | None = None, /) -> Gradients: ...  # noqa: D102


def lstm(  # noqa: PLR0917 - its weights and its state
    x: Array,
    weight: Array,
    recurrent: Array,
    bias: Array,
    hidden: Array | None = None,
    cell: Array | None = None,
) -> tuple[Array, Array, Backward]:
    """Read one text; return h (T, H) and c (T, H), whose last rows are the last state, and the way back.

    x (T, D); weight W (4H, D); recurrent U (4H, H); bias (4H,); hidden h_0 and cell c_0 (H,), None: zeros.
    All of one dtype, which everything is computed in.
    """
    steps, size = len(x), recurrent.shape[1]
    a = x @ weight.T + bias  # all but the recurrent part, for all steps at once
    h, c = np.zeros((2, steps + 1, size), a.dtype)  # h_t stands at t
    h[0] = 0 if hidden is None else hidden
    c[0] = 0 if cell is None else cell
    gates = np.zeros((steps, 4, size), a.dtype)
    for t in range(steps):
        inputs = (a[t] + recurrent @ h[t]).reshape(4, size)
        gates[t] = sigmoid(inputs)
        gates[t, 2] = tanh(inputs[2])
        i, f, g, o = gates[t]
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * tanh(c[t + 1])

    def backward(d_h: Array, d_c: Array | None = None) -> Gradients:
        later_h, later_c = np.zeros_like(h[0]), np.zeros_like(c[0])
        d_a = np.zeros_like(gates)
        for t in reversed(range(steps)):
            i, f, g, o = gates[t]
            shown = tanh(c[t + 1])
            to_h = later_h + d_h[t]
            to_c = later_c + to_h * o * tanh_derivative(shown)
            if d_c is not None:
                to_c += d_c[t]
            d_a[t] = to_c * g, to_c * c[t], to_c * i, to_h * shown
            slope = sigmoid_derivative(gates[t])
            slope[2] = tanh_derivative(g)
            d_a[t] *= slope
            later_c = to_c * f
            later_h = d_a[t].ravel() @ recurrent
        d_inputs = d_a.reshape(steps, 4 * size)
        return Gradients(
            d_inputs @ weight, d_inputs.T @ x, d_inputs.T @ h[:-1], d_inputs.sum(0), later_h, later_c
        )

    return h[1:], c[1:], backward
