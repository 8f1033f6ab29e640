"""Every layer of the reference by name, with the shapes of what goes in: what is checked, and by how much."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from tenor.reference.activations import RELU, Array
from tenor.reference.attention import additive_attention, dot_attention
from tenor.reference.cross_entropy import cross_entropy
from tenor.reference.gru import gru_reset_after, gru_reset_before
from tenor.reference.lstm import lstm
from tenor.reference.mingru import mingru
from tenor.reference.rnn import rnn

Shape = tuple[int, ...]


class Layer(NamedTuple):
    """A function of arrays that returns outputs and the way back, and the shapes of the arrays by T, D, H."""

    function: Callable[..., tuple[Any, ...]]
    shapes: Callable[[int, int, int], tuple[Shape, ...]]

    def arrays(self, steps: int, size: int, hidden: int, generator: np.random.Generator) -> list[Array]:
        """Return normal random inputs for T steps, D inputs and H units, in float64."""
        return [generator.normal(size=shape) for shape in self.shapes(steps, size, hidden)]


def _cross_entropy(logits: Array) -> tuple[Any, ...]:
    return cross_entropy(logits, np.arange(len(logits)) % logits.shape[1])


LAYERS: Mapping[str, Layer] = {
    "RNN": Layer(rnn, lambda t, d, h: ((t, d), (h, d), (h, h), (h,), (h,))),
    "RNN, relu": Layer(partial(rnn, activation=RELU), lambda t, d, h: ((t, d), (h, d), (h, h), (h,), (h,))),
    "LSTM": Layer(lstm, lambda t, d, h: ((t, d), (4 * h, d), (4 * h, h), (4 * h,), (h,), (h,))),
    "GRU, reset before the product": Layer(
        gru_reset_before, lambda t, d, h: ((t, d), (3 * h, d), (3 * h, h), (3 * h,), (h,))
    ),
    "GRU, reset after the product": Layer(
        gru_reset_after, lambda t, d, h: ((t, d), (3 * h, d), (3 * h, h), (2, 3 * h), (h,))
    ),
    "minGRU": Layer(mingru, lambda t, d, h: ((t, d), (1, 2, h, d), (2, h), (h,))),
    "minGRU, three tokens wide": Layer(mingru, lambda t, d, h: ((t, d), (3, 2, h, d), (2, h), (h,))),
    "additive attention": Layer(additive_attention, lambda t, d, h: ((t, h), (d, h), (d,), (d,))),
    "scaled dot attention": Layer(dot_attention, lambda t, d, h: ((t, h), (h,))),
    "softmax cross-entropy": Layer(_cross_entropy, lambda t, d, h: ((t, h),)),
}
