"""Poolings as operators: what `tenor.nn.pooling` does, by the same names."""

import math
from collections.abc import Callable

import numpy as np

from tenor.export.graph import Arrays, Embedded, Encoded, Graph, masked, places


def last(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return the output after the last token each direction read, (B, H)."""
    return encoded.last


def mean(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return the mean over real tokens, (B, H)."""
    total = graph.add("ReduceSum", masked(graph, encoded.sequence, embedded.mask), places(1), keepdims=0)
    lengths = graph.add("Unsqueeze", graph.cast(embedded.lengths, np.float32), places(1))
    return graph.add("Div", total, lengths)


def maximum(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return the largest value of each unit over real tokens, (B, H)."""
    kept = masked(graph, encoded.sequence, embedded.mask, -math.inf)
    return graph.add("ReduceMax", kept, places(1), keepdims=0)


def mean_max(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return mean and maximum side by side, (B, 2H)."""
    parts = (pooling(graph, arrays, encoded, embedded) for pooling in (mean, maximum))
    return graph.concat(*parts, axis=1)


def attention(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return the sum weighted by the softmax of v . tanh(W h_t + b), (B, H)."""
    weight, bias = arrays["pooling.projection.weight"], arrays["pooling.projection.bias"]
    looked = graph.add("Tanh", graph.linear(encoded.sequence, "pooling.projection", weight, bias))
    scores = graph.linear(looked, "pooling.query", arrays["pooling.query.weight"])
    return _weighted(graph, encoded, embedded, scores)


def dot_attention(graph: Graph, arrays: Arrays, encoded: Encoded, embedded: Embedded) -> str:
    """Return the sum weighted by the softmax of q . h_t / sqrt(H), (B, H)."""
    query = arrays["pooling.query.weight"]  # (1, H)
    scores = graph.linear(encoded.sequence, "pooling.query", query / np.float32(query.shape[1] ** 0.5))
    return _weighted(graph, encoded, embedded, scores)


def _weighted(graph: Graph, encoded: Encoded, embedded: Embedded, scores: str) -> str:
    """Weigh the outputs (B, T, H) by the softmax of scores (B, T, 1) over real tokens: (B, H)."""
    weights = graph.add("Softmax", masked(graph, scores, embedded.mask, -math.inf), axis=1)
    # What stands in the padding may be no number, which a weight of 0 would not stop.
    kept = masked(graph, encoded.sequence, embedded.mask)
    return graph.add("ReduceSum", graph.add("Mul", weights, kept), places(1), keepdims=0)


# name -> (graph, tensors of the model, what the encoder made, what it read) -> vectors (B, H')
POOLINGS: dict[str, Callable[[Graph, Arrays, Encoded, Embedded], str]] = {
    "last": last,
    "mean": mean,
    "max": maximum,
    "mean-max": mean_max,
    "attention": attention,
    "dot-attention": dot_attention,
}
