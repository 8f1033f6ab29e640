"""Attention pooling with its gradients by hand: from the outputs h_t of one text to one vector.

Forward, for t = 1 .. T, with a learned query q:

    s_t = q . tanh(W h_t + b)           additive (Yang et al. 2016; after Bahdanau et al. 2015)
    s_t = q . h_t / sqrt(H)             scaled dot product (Vaswani et al. 2017)
    w = softmax(s)                      the weight of each token, 1 in sum
    p = sum_t w_t h_t

Backward, with dp from outside (and dw, where something else looks at the weights, too):

    dw_t receives dp . h_t                         by the product
    ds_t = w_t (dw_t - sum_j w_j dw_j)             by softmax
    dh_t receives w_t dp                           by the sum
    additive, u_t = tanh(W h_t + b):
        dq = sum_t ds_t u_t     da_t = ds_t q * (1 - u_t^2)
        dW = sum_t da_t h_t'     db = sum_t da_t     dh_t receives W' da_t
    scaled dot product:
        dq = sum_t ds_t h_t / sqrt(H)     dh_t receives ds_t q / sqrt(H)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tenor.reference.activations import Array, softmax, tanh, tanh_derivative


@dataclass(frozen=True)
class AdditiveGradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    h: Array  # (T, H)
    projection: Array  # (A, H)
    bias: Array  # (A,)
    query: Array  # (A,)


@dataclass(frozen=True)
class DotGradients:
    """Of all that went in, in its order, each in the shape of what it belongs to."""

    h: Array  # (T, H)
    query: Array  # (H,)


Gradients_co = TypeVar("Gradients_co", covariant=True)


class Backward(Protocol[Gradients_co]):
    """The way back, from the gradients of the pooled vector (H,) and of the weights (T,), None: zeros."""

    def __call__(self, d_pooled: Array, d_weights: Array | None = None, /) -> Gradients_co: ...  # noqa: D102


def additive_attention(
    h: Array, projection: Array, bias: Array, query: Array
) -> tuple[Array, Array, Backward[AdditiveGradients]]:
    """Pool one text of at least one token; return p (H,), the weights w (T,), and the way back.

    h (T, H); projection W (A, H); bias (A,); query (A,). All of one dtype.
    """
    u = tanh(h @ projection.T + bias)
    pooled, weights, back = _weighted(h, u @ query)

    def backward(d_pooled: Array, d_weights: Array | None = None) -> AdditiveGradients:
        d_h, d_scores = back(d_pooled, d_weights)
        d_a = d_scores[:, None] * query * tanh_derivative(u)
        return AdditiveGradients(d_h + d_a @ projection, d_a.T @ h, d_a.sum(0), d_scores @ u)

    return pooled, weights, backward


def dot_attention(h: Array, query: Array) -> tuple[Array, Array, Backward[DotGradients]]:
    """Pool one text of at least one token; return p (H,), the weights w (T,), and the way back.

    h (T, H); query (H,). Both of one dtype.
    """
    scale = 1 / h.shape[1] ** 0.5
    pooled, weights, back = _weighted(h, h @ query * scale)

    def backward(d_pooled: Array, d_weights: Array | None = None) -> DotGradients:
        d_h, d_scores = back(d_pooled, d_weights)
        return DotGradients(d_h + d_scores[:, None] * query * scale, d_scores @ h * scale)

    return pooled, weights, backward


def _weighted(
    h: Array, scores: Array
) -> tuple[Array, Array, Callable[[Array, Array | None], tuple[Array, Array]]]:
    """Sum of h by softmax of the scores (T,); the way back gives the gradients of h and of the scores."""
    weights = softmax(scores)

    def backward(d_pooled: Array, d_weights: Array | None) -> tuple[Array, Array]:
        by_weight = h @ d_pooled if d_weights is None else h @ d_pooled + d_weights
        return weights[:, None] * d_pooled, weights * (by_weight - weights @ by_weight)

    return weights @ h, weights, backward
