"""RNN, LSTM and GRU by ONNX's own operators, which read each text within its length, in both directions.

Gates lie in another order than torch's: the LSTM's as input, output, forget, cell; the GRU's as update,
reset, new, where torch has reset, update, new. torch's GRU multiplies the reset gate with the product of the
state (`linear_before_reset`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tenor.config.network import NetworkConfig
from tenor.export.graph import Array, Arrays, Embedded, Encoded, Graph, places

_OPERATORS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
# The place among torch's gates of each gate of ONNX.
_GATES = {"rnn": (0,), "lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}

# name -> (graph, both directions (A, B, 2, H)) -> (A, B, H) or, side by side, (A, B, 2H)
_MERGES: dict[str, Callable[[Graph, str], str]] = {
    "concat": lambda graph, x: graph.add("Reshape", x, places(0, 0, -1)),
    "sum": lambda graph, x: graph.add("ReduceSum", x, places(2), keepdims=0),
    "mean": lambda graph, x: graph.add("ReduceMean", x, places(2), keepdims=0),
    "product": lambda graph, x: graph.add("ReduceProd", x, places(2), keepdims=0),
}


def _recurrent(
    kind: str, graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded
) -> Encoded:
    """Read a batch through all layers; the operators want the places first."""
    settings = network.recurrent
    directions = 2 if network.bidirectional else 1
    attributes: dict[str, Any] = {
        "hidden_size": settings.hidden_size,
        "direction": "bidirectional" if network.bidirectional else "forward",
    }
    if kind == "rnn":
        attributes["activations"] = [settings.nonlinearity.capitalize()] * directions
    if kind == "gru":
        attributes["linear_before_reset"] = 1
    lengths = graph.cast(embedded.lengths, np.int32)
    sequence, after = graph.add("Transpose", embedded.x(graph), perm=[1, 0, 2]), ""
    for layer in range(settings.layers):
        prefix = f"encoder.layers.{layer}"
        weights = [
            graph.weight(f"{prefix}.{name}", np.stack(found))
            for name, found in _weights(kind, arrays, prefix, directions).items()
        ]
        # outputs (T, directions, B, H), after (directions, B, H): of each direction its own last
        outputs, after = graph.several(_OPERATORS[kind], 2, sequence, *weights, lengths, **attributes)
        sequence = _merged(
            graph, settings.merge, graph.add("Transpose", outputs, perm=[0, 2, 1, 3]), directions
        )
    last = graph.add("Unsqueeze", graph.add("Transpose", after, perm=[1, 0, 2]), places(0))
    last = graph.add("Squeeze", _merged(graph, settings.merge, last, directions), places(0))
    return Encoded(graph.add("Transpose", sequence, perm=[1, 0, 2]), last)


def _merged(graph: Graph, merge: str, x: str, directions: int) -> str:
    """(A, B, directions, H) -> (A, B, H')."""
    return _MERGES[merge](graph, x) if directions == 2 else graph.add("Squeeze", x, places(2))


def _weights(kind: str, arrays: Arrays, prefix: str, directions: int) -> dict[str, list[Array]]:
    """Return of each direction W (G * H, S), R (G * H, H), and both biases end to end (2 * G * H,)."""

    def ordered(direction: int, name: str) -> Array:
        gates = np.split(arrays[f"{prefix}.{direction}.{name}_l0"], len(_GATES[kind]))
        return np.concatenate([gates[place] for place in _GATES[kind]])

    found: dict[str, list[Array]] = {"W": [], "R": [], "B": []}
    for direction in range(directions):
        found["W"].append(ordered(direction, "weight_ih"))
        found["R"].append(ordered(direction, "weight_hh"))
        biases = [ordered(direction, name) for name in ("bias_ih", "bias_hh")]
        found["B"].append(np.concatenate(biases))
    return found


rnn = partial(_recurrent, "rnn")
lstm = partial(_recurrent, "lstm")
gru = partial(_recurrent, "gru")
