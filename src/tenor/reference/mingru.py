"""minGRU with its gradients by hand, one text at a time: the ground truth of `tenor.kernels.scan`.

Forward, for t = 1 .. T, from a given h_0, with x_s = 0 before the text begins:

    z_t = sigmoid(sum_j Wz_j x_{t-j} + bz)       j = 0 .. K-1
    c_t = tanh(sum_j Wc_j x_{t-j} + bc)
    h_t = (1 - z_t) * h_{t-1} + z_t * c_t

Backward, where g_t is the gradient of the loss with respect to h_t from all later steps and from outside:

    da_t = g_t * (c_t - h_{t-1}) * z_t (1 - z_t)
    db_t = g_t * z_t * (1 - c_t^2)
    g_{t-1} receives g_t * (1 - z_t)
    dx_s = sum_j Wz_j' da_{s+j} + Wc_j' db_{s+j}     dWz_j = sum_t da_t x_{t-j}'     dh_0 = g_0

The gate z says how much is new; that of the GRU, how much stays.

Feng et al. 2024, "Were RNNs all we needed?"; K > 1 as in Bradbury et al. 2017, "Quasi-recurrent neural
networks", eq. 1 to 3 with f-pooling.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenor.reference.activations import Array, sigmoid, sigmoid_derivative, tanh, tanh_derivative


@dataclass(frozen=True)
class Gradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    x: Array  # (T, D)
    weight: Array  # (K, 2, H, D)
    bias: Array  # (2, H)
    initial: Array  # (H,)


def mingru(
    x: Array, weight: Array, bias: Array, initial: Array | None = None
) -> tuple[Array, Callable[[Array], Gradients]]:
    """Read one text; return h (T, H) and the way back, from the gradient of h (T, H) to all gradients.

    x (T, D); weight (K, 2, H, D) of z and c, for the token itself and the K - 1 before; bias (2, H); initial
    h_0 (H,), None: zeros.
    """
    steps, width = len(x), len(weight)
    before = np.concatenate((np.zeros((width - 1, x.shape[1]), x.dtype), x))  # x_s stands at s + K - 1
    seen = [before[width - 1 - j : width - 1 - j + steps] for j in range(width)]  # x_{t-j}, (T, D) each
    a = sum(seen[j] @ weight[j, 0].T for j in range(width)) + bias[0]
    b = sum(seen[j] @ weight[j, 1].T for j in range(width)) + bias[1]
    z, c = sigmoid(a), tanh(b)
    h = np.zeros((steps + 1, bias.shape[1]), a.dtype)  # h_t stands at t
    h[0] = 0 if initial is None else initial
    for t in range(steps):
        h[t + 1] = (1 - z[t]) * h[t] + z[t] * c[t]

    def backward(d_h: Array) -> Gradients:
        g = np.zeros_like(h[0])
        d_gates = np.zeros((2, *z.shape), z.dtype)
        for t in reversed(range(steps)):
            g = g + d_h[t]
            d_gates[0, t] = g * (c[t] - h[t]) * sigmoid_derivative(z[t])
            d_gates[1, t] = g * z[t] * tanh_derivative(c[t])
            g = g * (1 - z[t])
        d_before = np.zeros_like(before)
        d_weight = np.zeros_like(weight)
        for j in range(width):
            d_seen = sum(d_gates[gate] @ weight[j, gate] for gate in (0, 1))
            d_before[width - 1 - j : width - 1 - j + steps] += d_seen
            d_weight[j] = np.stack([d_gates[gate].T @ seen[j] for gate in (0, 1)])
        return Gradients(d_before[width - 1 :], d_weight, d_gates.sum(1), g)

    return h[1:], backward
