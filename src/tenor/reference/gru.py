"""GRU with its gradients by hand, one text at a time, in its two forms.

Forward, for t = 1 .. T, from a given h_0; * is entry by entry:

    r_t = sigmoid(Wr x_t + Ur h_{t-1} + br)                   reset gate
    z_t = sigmoid(Wz x_t + Uz h_{t-1} + bz)                   update gate: how much stays
    n_t = tanh(Wn x_t + bn + Un (r_t * h_{t-1}))              reset before the product: the textbook's
    n_t = tanh(Wn x_t + bn + r_t * (Un h_{t-1} + vn))         reset after it: torch's and cuDNN's
    h_t = (1 - z_t) * n_t + z_t * h_{t-1}

Backward through time, where g_t is the gradient of the loss with respect to h_t from all later steps and from
outside:

    da_n = g_t * (1 - z_t) * (1 - n_t^2)      da_z = g_t * (h_{t-1} - n_t) * z_t (1 - z_t)
    before:  e = Un' da_n        da_r = e * h_{t-1} * r_t (1 - r_t)
             g_{t-1} receives g_t * z_t + e * r_t + Ur' da_r + Uz' da_z
             dUn = sum_t da_n (r_t * h_{t-1})'
    after:   da_r = da_n * (Un h_{t-1} + vn) * r_t (1 - r_t)      e = r_t * da_n
             g_{t-1} receives g_t * z_t + Un' e + Ur' da_r + Uz' da_z
             dUn = sum_t e h_{t-1}'     dvn = sum_t e
    dx_t = W' da_t     dW = sum_t da_t x_t'     db = sum_t da_t     and all else of U as in the plain RNN

Reset after the product needs one product with h_{t-1} a step, not two in a row.

Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", eq. 5 to 8. Gates are stacked in
the order r, z, n, as in torch.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenor.reference.activations import Array, sigmoid, sigmoid_derivative, tanh, tanh_derivative


@dataclass(frozen=True)
class Gradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    x: Array  # (T, D)
    weight: Array  # (3H, D)
    recurrent: Array  # (3H, H)
    bias: Array  # (3H,), or (2, 3H) where the recurrent product has its own
    initial: Array  # (H,)


def gru_reset_before(
    x: Array, weight: Array, recurrent: Array, bias: Array, initial: Array | None = None
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Read one text; return h (T, H), whose last row is the last state, and the way back.

    x (T, D); weight W (3H, D); recurrent U (3H, H); bias (3H,); initial h_0 (H,), None: zeros. All of one
    dtype, which everything is computed in. The way back goes from the gradient of h (T, H) to all gradients.
    """
    steps, size = len(x), recurrent.shape[1]
    both, own = recurrent[: 2 * size], recurrent[2 * size :]  # of r and z; of n
    a = x @ weight.T + bias  # all but the recurrent part, for all steps at once
    h = np.zeros((steps + 1, size), a.dtype)  # h_t stands at t
    h[0] = 0 if initial is None else initial
    r, z, n = np.zeros((3, steps, size), a.dtype)
    for t in range(steps):
        r[t], z[t] = sigmoid(a[t, : 2 * size] + both @ h[t]).reshape(2, size)
        n[t] = tanh(a[t, 2 * size :] + own @ (r[t] * h[t]))
        h[t + 1] = (1 - z[t]) * n[t] + z[t] * h[t]

    def backward(d_h: Array) -> Gradients:
        g = np.zeros_like(h[0])
        d_a = np.zeros_like(a)
        for t in reversed(range(steps)):
            g = g + d_h[t]
            d_n = g * (1 - z[t]) * tanh_derivative(n[t])
            d_z = g * (h[t] - n[t]) * sigmoid_derivative(z[t])
            e = d_n @ own
            d_r = e * h[t] * sigmoid_derivative(r[t])
            d_a[t] = np.concatenate((d_r, d_z, d_n))
            g = g * z[t] + e * r[t] + d_a[t, : 2 * size] @ both
        d_both, d_own = d_a[:, : 2 * size].T @ h[:-1], d_a[:, 2 * size :].T @ (r * h[:-1])
        return Gradients(d_a @ weight, d_a.T @ x, np.concatenate((d_both, d_own)), d_a.sum(0), g)

    return h[1:], backward


def gru_reset_after(
    x: Array, weight: Array, recurrent: Array, bias: Array, initial: Array | None = None
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Read one text as `gru_reset_before`, the reset gate after the product.

    Here bias is (2, 3H): of the input's product, b, and of the recurrent one, v.
    """
    steps, size = len(x), recurrent.shape[1]
    a = x @ weight.T + bias[0]  # all but the recurrent part, for all steps at once
    h = np.zeros((steps + 1, size), a.dtype)  # h_t stands at t
    h[0] = 0 if initial is None else initial
    r, z, n, product = np.zeros((4, steps, size), a.dtype)
    for t in range(steps):
        own = recurrent @ h[t] + bias[1]
        r[t], z[t] = sigmoid(a[t, : 2 * size] + own[: 2 * size]).reshape(2, size)
        product[t] = own[2 * size :]
        n[t] = tanh(a[t, 2 * size :] + r[t] * product[t])
        h[t + 1] = (1 - z[t]) * n[t] + z[t] * h[t]

    def backward(d_h: Array) -> Gradients:
        g = np.zeros_like(h[0])
        d_a, d_own = np.zeros((2, *a.shape), a.dtype)  # of the input's product, and of the recurrent one
        for t in reversed(range(steps)):
            g = g + d_h[t]
            d_n = g * (1 - z[t]) * tanh_derivative(n[t])
            d_z = g * (h[t] - n[t]) * sigmoid_derivative(z[t])
            d_r = d_n * product[t] * sigmoid_derivative(r[t])
            d_a[t] = np.concatenate((d_r, d_z, d_n))
            d_own[t] = np.concatenate((d_r, d_z, d_n * r[t]))
            g = g * z[t] + d_own[t] @ recurrent
        d_bias = np.stack((d_a.sum(0), d_own.sum(0)))
        return Gradients(d_a @ weight, d_a.T @ x, d_own.T @ h[:-1], d_bias, g)

    return h[1:], backward
