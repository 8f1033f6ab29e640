"""The bag of words and n-grams as operators: the hash of `tenor.nn.bag`, in whole numbers of 64 bits."""

import numpy as np

from tenor.config.network import NetworkConfig
from tenor.export.graph import Arrays, Embedded, Encoded, Graph, places, take_last
from tenor.nn.bag import FACTOR, NOTHING, PRIME, SHIFT


def bag(graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded) -> Encoded:
    """Return tokens as they are, and to each the n-grams that end at it."""
    sequence, longest = embedded.x(graph), network.bag.ngrams
    if longest > 1:
        table = arrays["encoder.ngrams"]  # (buckets, S)
        width = graph.shape(embedded.ids, 1)
        ids = graph.add("Pad", embedded.ids, places(0, longest - 1, 0, 0), np.int64(NOTHING))
        # tokens[n]: the token n before each, (B, T)
        tokens = [
            graph.slice(ids, 1, places(first), graph.add("Add", width, places(first)))
            for first in reversed(range(longest))
        ]
        buckets, there = [], []
        for length in range(2, longest + 1):
            buckets.append(_bucket(graph, tokens[length - 1 :: -1], len(table)))
            there.append(graph.add("Not", graph.add("Equal", tokens[length - 1], np.int64(NOTHING))))
        found = graph.rows("encoder.ngrams", table, _stacked(graph, buckets))  # (B, T, n-1, S)
        kept = graph.add(
            "Where", graph.add("Unsqueeze", _stacked(graph, there), places(-1)), found, np.float32(0)
        )
        sequence = graph.add("Add", sequence, graph.add("ReduceSum", kept, places(2), keepdims=0))
    return Encoded(sequence, take_last(graph, sequence, embedded.lengths))


def _bucket(graph: Graph, tokens: list[str], buckets: int) -> str:
    """Return the bucket of the n-gram of these tokens (B, T), the first of them first."""
    hashed: str | np.int64 = np.int64(0)
    for token in tokens:
        product = graph.add("Mul", hashed, np.int64(FACTOR))
        hashed = _rest(graph, graph.add("Add", graph.add("Add", product, token), np.int64(1)), PRIME)
    mixed = graph.add("BitwiseXor", hashed, graph.add("Div", hashed, np.int64(1 << SHIFT)))
    return _rest(graph, _rest(graph, graph.add("Mul", mixed, np.int64(FACTOR)), PRIME), buckets)


def _rest(graph: Graph, x: str, divisor: int) -> str:
    return graph.add("Mod", x, np.int64(divisor))


def _stacked(graph: Graph, parts: list[str]) -> str:
    """(B, T) each -> (B, T, parts)."""
    return graph.concat(*(graph.add("Unsqueeze", part, places(-1)) for part in parts), axis=-1)
