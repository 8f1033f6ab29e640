"""How far the gates of minGRU, GRU and LSTM stand open at each token, from a model's tensors in NumPy.

Only the first layer is read: what later ones see are states, not words. With x the token's input and h the
state before it, torch's gates are

    LSTM:    i, f, o = sigmoid(W x + b + U h + c)      weights stacked as i, f, g, o
    GRU:     r, z    = sigmoid(W x + b + U h + c)      stacked as r, z, n
    minGRU:  z       = sigmoid(W x + b)                over the last K tokens; no state

A gate is reported as the mean over the units of all directions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.model import Model
from tenor.text.tokens import Tokens

Array = npt.NDArray[np.float32]
Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Gate:
    """A gate as it is shown: 1 is open."""

    name: str
    high: str  # what a value near 1 means
    low: str  # what a value near 0 means


@dataclass(frozen=True)
class Read:
    """What one direction of the first layer did with B texts of T tokens."""

    gates: Array  # (G, B, T, H), in the order of `GATES`
    states: Array  # (B, T, H)


GATES: dict[str, tuple[Gate, ...]] = {
    "mingru": (Gate("update", "takes the word in and forgets as much", "leaves the state as it is"),),
    "gru": (
        Gate("update", "takes the word in and forgets as much", "leaves the state as it is"),
        Gate("reset", "reads the word in the light of the state", "reads the word by itself"),
    ),
    "lstm": (
        Gate("input", "takes the word in", "passes over the word"),
        Gate("forget", "keeps what was read before", "forgets what was read before"),
        Gate("output", "shows the state", "hides the state"),
    ),
}

# Encoder -> why there is nothing to show.
WITHOUT: dict[str, str] = {
    "rnn": "A plain RNN has no gates: each token changes all of its state.",
    "bag": "A bag of words has no gates: it has no state that a token could be kept from.",
    "cnn": "A convolutional network has no gates: it has no state that a token could be kept from.",
    "transformer": "A transformer has no gates: tokens look at each other by attention.",
    "pretrained": "A transformer has no gates: tokens look at each other by attention.",
}


def openness(model: Model, tokens: Tokens) -> Array:
    """Return how far each gate of `GATES` is open at each token, (N, G); the model has gates.

    Texts start from a state of zeros, and are read to their own end by each direction. Of several networks it
    is the mean.
    """
    return np.asarray(np.mean([_openness(member, tokens) for member in model.members], axis=0))


def _openness(model: Model, tokens: Tokens) -> Array:
    network = model.config.network
    out = np.empty((len(tokens.ids), len(GATES[network.encoder])), np.float32)
    for length in np.unique(tokens.lengths):
        texts = np.flatnonzero(tokens.lengths == length)
        places = tokens.offsets[texts, None] + np.arange(length)  # (B, T)
        every = read(model, tokens.select(texts))
        out[places] = np.mean([one.gates.mean(-1) for one in every], 0).transpose(1, 2, 0)
    return out


def read(model: Model, tokens: Tokens) -> list[Read]:
    """Read texts of one length through the first layer: one `Read` a direction, places as in the text."""
    network = model.config.network
    x = _inputs(model, tokens).reshape(len(tokens), -1, _input_size(model))
    found = []
    for direction in range(2 if network.bidirectional else 1):
        turned = slice(None, None, -1) if direction else slice(None)
        one = READERS[network.encoder](model.arrays, direction, x[:, turned])
        found.append(Read(one.gates[:, :, turned], one.states[:, turned]))
    return found


def sees_words_alone(model: Model) -> bool:
    """Whether the gates of the first layer depend on nothing but the word itself."""
    network = model.config.network
    return network.encoder == "mingru" and network.mingru.width == 1 and not network.ratios.use


def _inputs(model: Model, tokens: Tokens) -> Array:
    """Return what the encoder is given for each token, (N, D)."""
    x = model.arrays["embedding.weight"][tokens.ids]
    if model.ratios is None:
        return x
    of_bigrams = model.ratios.of_bigrams(model.ratios.bigrams.find_plainly(tokens))
    return np.concatenate((x, model.ratios.of_words(tokens.ids), of_bigrams), 1)


def _input_size(model: Model) -> int:
    beside = 0 if model.ratios is None else model.ratios.size
    return int(model.arrays["embedding.weight"].shape[1]) + beside


def _mingru(arrays: Arrays, direction: int, x: Array) -> Read:
    """(B, T, D) -> the gate z, and h = (1 - z) h + z c."""
    weight = arrays["encoder.layers.0.weight"][:, direction]  # (K, 2, H, D)
    bias = arrays["encoder.layers.0.bias"][direction]  # (2, H)
    products = np.einsum("btd,kghd->kbtgh", x, weight, optimize=True)
    sums = products[0] + bias
    for back in range(1, min(len(products), x.shape[1])):
        sums[:, back:] += products[back][:, :-back]
    z, c = _sigmoid(sums[:, :, 0]), np.tanh(sums[:, :, 1])

    def step(t: int, h: Array) -> Array:
        return np.asarray((1 - z[:, t]) * h + z[:, t] * c[:, t])

    return Read(z[None], _steps(step, z))


def _gru(arrays: Arrays, direction: int, x: Array) -> Read:
    """(B, T, D) -> 1 - z and r of torch's GRU, whose z is the share of the state that is kept."""
    given, own, own_bias = _products(arrays, direction, x)
    gates = np.empty((2, *given.shape[:2], own.shape[0]), np.float32)

    def step(t: int, h: Array) -> Array:
        recurrent = np.split(h @ own + own_bias, 3, axis=-1)
        r, z, n = np.split(given[:, t], 3, axis=-1)
        r, z = _sigmoid(r + recurrent[0]), _sigmoid(z + recurrent[1])
        gates[:, :, t] = 1 - z, r
        return np.asarray((1 - z) * np.tanh(n + r * recurrent[2]) + z * h)

    return Read(gates, _steps(step, gates[0]))


def _lstm(arrays: Arrays, direction: int, x: Array) -> Read:
    """(B, T, D) -> i, f, o of torch's LSTM."""
    given, own, own_bias = _products(arrays, direction, x)
    gates = np.empty((3, *given.shape[:2], own.shape[0]), np.float32)
    cell = np.zeros((len(x), own.shape[0]), np.float32)

    def step(t: int, h: Array) -> Array:
        nonlocal cell
        i, f, g, o = np.split(given[:, t] + h @ own + own_bias, 4, axis=-1)
        gates[:, :, t] = i, f, o = _sigmoid(i), _sigmoid(f), _sigmoid(o)
        cell = f * cell + i * np.tanh(g)
        return np.asarray(o * np.tanh(cell))

    return Read(gates, _steps(step, gates[0]))


READERS: dict[str, Callable[[Arrays, int, Array], Read]] = {"mingru": _mingru, "gru": _gru, "lstm": _lstm}


def _products(arrays: Arrays, direction: int, x: Array) -> tuple[Array, Array, Array]:
    """Return the inputs' products (B, T, G * H), and weight (H, G * H) and bias of the recurrent ones."""
    name = f"encoder.layers.0.{direction}."
    given = x @ arrays[f"{name}weight_ih_l0"].T + arrays[f"{name}bias_ih_l0"]
    return given, arrays[f"{name}weight_hh_l0"].T, arrays[f"{name}bias_hh_l0"]


def _steps(step: Callable[[int, Array], Array], like: Array) -> Array:
    """Run the steps of all tokens from a state of zeros: h (B, T, H), of the shape of `like`."""
    states = np.empty_like(like)
    h = np.zeros_like(like[:, 0])
    for t in range(like.shape[1]):
        states[:, t] = h = step(t, h)
    return states


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), np.float32)  # without overflow
