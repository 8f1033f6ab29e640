"""The steps of GRU and plain RNN over padded texts, forward and backward.

GRU, with the reset gate after the recurrent product, as torch and cuDNN have it:

    r, z = sigmoid(a_rz + U_rz h + b_rz)      a_t: the input's products, made before
    n    = tanh(a_n + r (U_n h + b_n))
    h'   = n + z (h - n)

RNN: h' = tanh(a + U h + b), or max(0, a + U h + b).

Eight texts are read together, so that eight rows share each row of U that is brought into registers; all
steps of a group are one call, and groups know nothing of each other. Each text stops at its own end, and
`reverse` reads it from there.

Axes: B texts, T places, H units, R texts of a group; lengths (B,) int64, group (R,) int64 numbers of texts.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.kernels.activations import sigmoid, tanh
from tenor.kernels.compiled import compiled

Array = npt.NDArray[Any]

GROUP = 8  # `_add_product` is written out for so many rows

# Gradients that have vanished are set to zero before they become denormal numbers, which are slow.
_VANISHED = 1e-30


# All of fastmath is sums in another order and fused products: nothing is compared here.
@compiled(fastmath=True)
def _add_product(a: Array, w: Array, out: Array) -> None:
    """Add a (8, K) times w (K, N) to out (8, N): 32 numbers of a stay in registers while w passes."""
    inner = w.shape[0]
    o0, o1, o2, o3, o4, o5, o6, o7 = out[0], out[1], out[2], out[3], out[4], out[5], out[6], out[7]
    for k in range(0, inner - 3, 4):
        w0, w1, w2, w3 = w[k], w[k + 1], w[k + 2], w[k + 3]
        a00, a01, a02, a03 = a[0, k], a[0, k + 1], a[0, k + 2], a[0, k + 3]
        a10, a11, a12, a13 = a[1, k], a[1, k + 1], a[1, k + 2], a[1, k + 3]
        a20, a21, a22, a23 = a[2, k], a[2, k + 1], a[2, k + 2], a[2, k + 3]
        a30, a31, a32, a33 = a[3, k], a[3, k + 1], a[3, k + 2], a[3, k + 3]
        a40, a41, a42, a43 = a[4, k], a[4, k + 1], a[4, k + 2], a[4, k + 3]
        a50, a51, a52, a53 = a[5, k], a[5, k + 1], a[5, k + 2], a[5, k + 3]
        a60, a61, a62, a63 = a[6, k], a[6, k + 1], a[6, k + 2], a[6, k + 3]
        a70, a71, a72, a73 = a[7, k], a[7, k + 1], a[7, k + 2], a[7, k + 3]
        for j in range(w.shape[1]):
            x0, x1, x2, x3 = w0[j], w1[j], w2[j], w3[j]
            o0[j] += a00 * x0 + a01 * x1 + a02 * x2 + a03 * x3
            o1[j] += a10 * x0 + a11 * x1 + a12 * x2 + a13 * x3
            o2[j] += a20 * x0 + a21 * x1 + a22 * x2 + a23 * x3
            o3[j] += a30 * x0 + a31 * x1 + a32 * x2 + a33 * x3
            o4[j] += a40 * x0 + a41 * x1 + a42 * x2 + a43 * x3
            o5[j] += a50 * x0 + a51 * x1 + a52 * x2 + a53 * x3
            o6[j] += a60 * x0 + a61 * x1 + a62 * x2 + a63 * x3
            o7[j] += a70 * x0 + a71 * x1 + a72 * x2 + a73 * x3
    for k in range(inner - inner % 4, inner):
        for row in range(GROUP):
            for j in range(w.shape[1]):
                out[row, j] += a[row, k] * w[k, j]


@compiled
def gru_forward(
    gates: Array, weight: Array, bias: Array, lengths: Array, group: Array, reverse: bool,
    products: Array, h: Array,
) -> None:  # fmt: skip
    """Read the texts of one group.

    gates (B, T, 3H) hold a on entry and r, z, n afterwards; weight (H, 3H) is U transposed, bias (3H,).
    Written: h (B, T, H), zero in the padding, and products (B, T, H), U_n h + b_n, unless it is empty.
    """
    size = weight.shape[0]
    state = np.zeros((GROUP, size), gates.dtype)
    sums = np.empty((GROUP, 3 * size), gates.dtype)
    for step in range(lengths[group].max()):
        for row in range(GROUP):
            sums[row] = bias
        _add_product(state, weight, sums)
        for row in range(group.shape[0]):
            text = group[row]
            if step >= lengths[text]:
                continue
            t = lengths[text] - 1 - step if reverse else step
            own, added, before = gates[text, t], sums[row], state[row]
            r, z, n = own[:size], own[size : 2 * size], own[2 * size :]
            product = added[2 * size :]
            for j in range(2 * size):
                own[j] = sigmoid(own[j] + added[j])
            for j in range(size):
                n[j] = tanh(n[j] + r[j] * product[j])
            for j in range(size):
                before[j] = n[j] + z[j] * (before[j] - n[j])
            h[text, t] = before
            if products.shape[0]:
                products[text, t] = product
    for text in group:
        h[text, lengths[text] :] = 0


@compiled
def gru_backward(
    gates: Array, products: Array, h: Array, weight: Array, d_h: Array, lengths: Array,
    group: Array, reverse: bool, d_gates: Array, d_products: Array, before: Array,
) -> None:  # fmt: skip
    """Go back through the texts of one group.

    gates, products and h are those of `gru_forward`, weight (3H, H) is U, d_h (B, T, H). Written, zero in
    the padding: d_gates (B, T, 3H), the gradients of a; d_products (B, T, H), that of U_n h + b_n; before
    (B, T, H), the h each step began with.
    """
    size = weight.shape[1]
    number = h.dtype.type
    one, vanished = number(1), number(_VANISHED)
    grad = np.zeros((GROUP, size), h.dtype)
    sums = np.zeros((GROUP, 3 * size), h.dtype)
    start = np.zeros(size, h.dtype)
    for step in range(lengths[group].max() - 1, -1, -1):
        for row in range(group.shape[0]):
            text = group[row]
            if step >= lengths[text]:
                continue
            t = lengths[text] - 1 - step if reverse else step
            previous = h[text, t + 1 if reverse else t - 1] if step else start
            own, product, given = gates[text, t], products[text, t], d_h[text, t]
            r, z, n = own[:size], own[size : 2 * size], own[2 * size :]
            d_own, d_product, d = d_gates[text, t], d_products[text, t], grad[row]
            d_r, d_z, d_n = d_own[:size], d_own[size : 2 * size], d_own[2 * size :]
            for j in range(size):
                total = d[j] + given[j]
                d[j] = total if abs(total) > vanished else number(0)
            for j in range(size):
                d_n[j] = d[j] * (one - z[j]) * (one - n[j] * n[j])
            for j in range(size):
                d_z[j] = d[j] * (previous[j] - n[j]) * z[j] * (one - z[j])
            for j in range(size):
                d_r[j] = d_n[j] * product[j] * r[j] * (one - r[j])
            for j in range(size):
                d_product[j] = d_n[j] * r[j]
            for j in range(size):
                d[j] *= z[j]
            sums[row, : 2 * size] = d_own[: 2 * size]
            sums[row, 2 * size :] = d_product
            before[text, t] = previous
        _add_product(sums, weight, grad)
    for text in group:
        d_gates[text, lengths[text] :] = 0
        d_products[text, lengths[text] :] = 0
        before[text, lengths[text] :] = 0


@compiled
def rnn_forward(
    a: Array, weight: Array, bias: Array, lengths: Array, group: Array, reverse: bool, relu: bool,
    h: Array,
) -> None:  # fmt: skip
    """Read the texts of one group: a (B, T, H), weight (H, H) is U transposed; written: h (B, T, H)."""
    zero = a.dtype.type(0)
    state = np.zeros((GROUP, weight.shape[0]), a.dtype)
    sums = np.empty((GROUP, weight.shape[0]), a.dtype)
    for step in range(lengths[group].max()):
        for row in range(GROUP):
            sums[row] = bias
        _add_product(state, weight, sums)
        for row in range(group.shape[0]):
            text = group[row]
            if step >= lengths[text]:
                continue
            t = lengths[text] - 1 - step if reverse else step
            own, added, new = a[text, t], sums[row], state[row]
            if relu:
                for j in range(new.shape[0]):
                    total = own[j] + added[j]
                    new[j] = zero if total < zero else total
            else:
                for j in range(new.shape[0]):
                    new[j] = tanh(own[j] + added[j])
            h[text, t] = new
    for text in group:
        h[text, lengths[text] :] = 0


@compiled
def rnn_backward(
    h: Array, weight: Array, d_h: Array, lengths: Array, group: Array, reverse: bool, relu: bool,
    d_a: Array, before: Array,
) -> None:  # fmt: skip
    """Go back: weight (H, H) is U, d_h (B, T, H); written, zero in the padding: d_a and before (B, T, H)."""
    size = weight.shape[1]
    number = h.dtype.type
    zero, one, vanished = number(0), number(1), number(_VANISHED)
    grad = np.zeros((GROUP, size), h.dtype)
    sums = np.zeros((GROUP, size), h.dtype)
    start = np.zeros(size, h.dtype)
    for step in range(lengths[group].max() - 1, -1, -1):
        for row in range(group.shape[0]):
            text = group[row]
            if step >= lengths[text]:
                continue
            t = lengths[text] - 1 - step if reverse else step
            own, given, d, d_own = h[text, t], d_h[text, t], grad[row], d_a[text, t]
            for j in range(size):
                total = d[j] + given[j]
                total = total if abs(total) > vanished else zero
                slope = (one if own[j] > zero else zero) if relu else one - own[j] * own[j]
                d_own[j] = total * slope
            sums[row] = d_own
            before[text, t] = h[text, t + 1 if reverse else t - 1] if step else start
        grad[:] = 0
        _add_product(sums, weight, grad)
    for text in group:
        d_a[text, lengths[text] :] = 0
        before[text, lengths[text] :] = 0
