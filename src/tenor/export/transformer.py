"""The transformer as operators: what `tenor.nn.transformer` does."""

import math

import numpy as np

from tenor.config.network import NetworkConfig
from tenor.export.graph import Arrays, Embedded, Encoded, Graph, places

_EPSILON = 1e-5  # of torch's normalisation


def transformer(graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded) -> Encoded:
    """Run the blocks over the class token and the tokens of each text."""
    settings = network.transformer
    x = embedded.x(graph)
    if "encoder.projection.weight" in arrays:
        x = _linear(graph, arrays, "encoder.projection", x)
    x = _placed(graph, network, arrays, _norm(graph, arrays, "encoder.input_norm", x))
    texts = graph.concat(graph.shape(x, 0), places(1, settings.hidden_size), axis=0)
    first = graph.add("Expand", graph.weight("encoder.class_token", arrays["encoder.class_token"]), texts)
    x = graph.concat(first, x, axis=1)  # (B, 1 + T, H)
    seen = graph.add("Pad", graph.cast(embedded.mask, np.int64), places(0, 1, 0, 0), np.int64(1))
    # Added to scores: nothing for what may be looked at, minus infinity for padding.
    bias = graph.add("Where", graph.cast(seen, np.bool_), np.float32(0), np.float32(-np.inf))
    bias = graph.add("Unsqueeze", bias, places(1, 2))  # (B, 1, 1, 1 + T)
    for number in range(settings.layers):
        prefix = f"encoder.blocks.{number}"
        normed = _norm(graph, arrays, f"{prefix}.attention_norm", x)
        x = graph.add(
            "Add", x, _attention(graph, arrays, f"{prefix}.attention", normed, bias, heads=settings.heads)
        )
        normed = _norm(graph, arrays, f"{prefix}.feedforward_norm", x)
        expanded = graph.add("Relu", _linear(graph, arrays, f"{prefix}.expand", normed))
        x = graph.add("Add", x, _linear(graph, arrays, f"{prefix}.contract", expanded))
    normed = _norm(graph, arrays, "encoder.output_norm", x)
    sequence = graph.slice(normed, 1, 1, np.iinfo(np.int64).max)
    return Encoded(sequence, graph.add("Gather", normed, np.int64(0), axis=1))


def _attention(graph: Graph, arrays: Arrays, prefix: str, x: str, bias: str, *, heads: int) -> str:
    """x (B, T, H) -> (B, T, H), every head a share of the units."""
    size = arrays[f"{prefix}.output.weight"].shape[0]
    split = graph.add("Reshape", _linear(graph, arrays, f"{prefix}.inputs", x), places(0, 0, 3, heads, -1))
    # queries and values (B, heads, T, H / heads), keys turned
    q, k, v = (
        graph.add("Transpose", graph.add("Gather", split, np.int64(part), axis=2), perm=axes)
        for part, axes in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
    )
    scaled = graph.add("Mul", q, np.float32((size // heads) ** -0.5))
    scores = graph.add("Add", graph.add("MatMul", scaled, k), bias)
    found = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), v)
    joined = graph.add("Reshape", graph.add("Transpose", found, perm=[0, 2, 1, 3]), places(0, 0, -1))
    return _linear(graph, arrays, f"{prefix}.output", joined)


def _placed(graph: Graph, network: NetworkConfig, arrays: Arrays, x: str) -> str:
    """Add to each token (B, T, H) the vector of its place.

    With learned positions a text that is longer than they are is an error of the runtime, as it is one here.
    """
    kind, size = network.transformer.positions, network.transformer.hidden_size
    if kind == "none":
        return x
    width = graph.add("Squeeze", graph.shape(x, 1), places(0))
    every = graph.add("Range", np.int64(0), width, np.int64(1))  # (T,)
    if kind == "learned":
        table = graph.weight("encoder.positions", arrays["encoder.positions"])
        return graph.add("Add", x, graph.add("Gather", table, every))
    # In float64, as the network computes them: far places times high rates would lose digits.
    rates = np.exp(np.arange(0, size, 2) * (-math.log(10_000) / size))
    angles = graph.add("Mul", graph.add("Unsqueeze", graph.cast(every, np.float64), places(1)), rates)
    waves = (graph.add("Unsqueeze", graph.add(wave, angles), places(2)) for wave in ("Sin", "Cos"))
    turns = graph.add(
        "Reshape", graph.concat(*waves, axis=2), places(0, -1)
    )  # (T, H), sines and cosines in turn
    return graph.add("Add", x, graph.cast(graph.slice(turns, 1, 0, size), np.float32))


def _linear(graph: Graph, arrays: Arrays, name: str, x: str) -> str:
    return graph.linear(x, f"{name}.weight", arrays[f"{name}.weight"], arrays[f"{name}.bias"])


def _norm(graph: Graph, arrays: Arrays, name: str, x: str) -> str:
    weights = (graph.weight(f"{name}.{part}", arrays[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", x, *weights, axis=-1, epsilon=_EPSILON)
