"""A language model of characters with its gradients by hand: an LSTM that says what comes next.

Forward, for each t = 1 .. T, where x_t is the one-hot vector of id k_t, so that W x_t is a column of W:

    h_t, c_t = LSTM(x_t, h_{t-1}, c_{t-1})
    l_t = V h_t + v
    loss_t = -log softmax(l_t)[k_{t+1}]

Backward, the loss being the sum over t: dl_t by `cross_entropy`, then

    dV = sum_t dl_t h_t'     dv = sum_t dl_t     dh_t receives V' dl_t, and `lstm` does the rest

Truncated backpropagation through time (Williams & Peng 1990): a text is read in pieces; the state (h_T, c_T)
of one is where the next begins, but no gradient goes back across.

Weights by name: weight (4H, K), recurrent (4H, H), bias (4H,) of the LSTM; output V (K, H); output_bias (K,).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.reference.activations import Array
from tenor.reference.cross_entropy import cross_entropy
from tenor.reference.lstm import Gradients, lstm

Ids = npt.NDArray[np.integer[Any]]
State = tuple[Array, Array]  # h and c, (H,) each
Weights = Mapping[str, Array]


def initial_weights(kinds: int, hidden: int, seed: int) -> dict[str, Array]:
    """Draw weights of variance 1 / inputs for ids 0 .. kinds - 1; the forget gate starts open; float32."""
    generator = np.random.default_rng(seed)
    shapes = {"weight": (4 * hidden, kinds), "recurrent": (4 * hidden, hidden), "output": (kinds, hidden)}
    weights: dict[str, Array] = {
        name: generator.normal(0, shape[1] ** -0.5, shape).astype(np.float32)
        for name, shape in shapes.items()
    }
    weights["bias"] = np.zeros(4 * hidden, np.float32)
    weights["bias"][hidden : 2 * hidden] = 1
    weights["output_bias"] = np.zeros(kinds, np.float32)
    return weights


def nothing_read(weights: Weights) -> State:
    """Return the state at the beginning of a text: zeros."""
    zeros = np.zeros_like(weights["recurrent"][0])
    return zeros, zeros


def read(
    weights: Weights, ids: Ids, state: State
) -> tuple[Array, Array, State, Callable[[Array], Gradients]]:
    """Read ids (T,), at least one.

    Returns h (T, H), the logits (T, K) of what comes next, the last state, and the way back of the LSTM.
    """
    x = np.eye(len(weights["output"]), dtype=weights["weight"].dtype)[ids]  # (T, K)
    h, c, backward = lstm(x, weights["weight"], weights["recurrent"], weights["bias"], *state)
    return h, h @ weights["output"].T + weights["output_bias"], (h[-1], c[-1]), backward


def learn(weights: Weights, ids: Ids, state: State) -> tuple[Array, dict[str, Array], State]:
    """Read ids (T + 1,), all but the last, and foretell all but the first.

    Returns the losses (T,) in nats, the gradient of their sum by each weight, and the last state.
    """
    h, logits, state, lstm_backward = read(weights, ids[:-1], state)
    losses, backward = cross_entropy(logits, ids[1:])
    d_logits = backward(np.ones_like(losses)).logits
    below = lstm_backward(d_logits @ weights["output"])
    gradients = {name: getattr(below, name) for name in ("weight", "recurrent", "bias")}
    return losses, gradients | {"output": d_logits.T @ h, "output_bias": d_logits.sum(0)}, state


def bits_per_character(weights: Weights, ids: Ids, piece: int = 1000) -> float:
    """Return the mean loss in bits of ids (N,), read from the beginning, each but the first foretold.

    piece: so many are read at once; it changes nothing but memory.
    """
    state, total = nothing_read(weights), 0.0
    for start in range(0, len(ids) - 1, piece):
        following = ids[start + 1 : start + 1 + piece]
        _, logits, state, _ = read(weights, ids[start : start + len(following)], state)
        total += float(cross_entropy(logits, following)[0].sum(dtype=np.float64))
    return total / (len(ids) - 1) / float(np.log(2))
