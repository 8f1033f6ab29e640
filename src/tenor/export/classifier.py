"""From a model at rest to an ONNX graph of its network, and which encoders have one."""

from collections.abc import Callable

import numpy as np
import onnx

from tenor.config.network import NetworkConfig
from tenor.errors import ModelError
from tenor.export import bag, convolution, mingru, pretrained, ratios, recurrent, transformer
from tenor.export.graph import Arrays, Embedded, Encoded, Graph, Output, places
from tenor.export.pooling import POOLINGS
from tenor.inference.onnx_file import IDS, LENGTHS, LOGITS, PROBABILITIES, VECTORS
from tenor.model import Model
from tenor.nn.architecture import Architecture

Exporter = Callable[[Graph, NetworkConfig, Arrays, Embedded], Encoded]

# encoder -> (graph, configuration, tensors of the model, embedded tokens) -> what it makes of them
EXPORTERS: dict[str, Exporter] = {
    "rnn": recurrent.rnn,
    "lstm": recurrent.lstm,
    "gru": recurrent.gru,
    "mingru": mingru.mingru,
    "bag": bag.bag,
    "cnn": convolution.cnn,
    "transformer": transformer.transformer,
    "pretrained": pretrained.pretrained,
}


def network(model: Model, *, int8: bool = False) -> onnx.ModelProto:
    """Return the graph: ids (B, T) and lengths (B,) -> logits, probabilities (B, C) and vectors (B, H').

    Ids behind a text's end may be anything. `int8` keeps tables of vectors in whole numbers.

    Raises:
        ModelError: there is no exporter for the encoder, or the graph is too large for a file.
    """
    config, arrays = model.config.network, model.arrays
    if config.encoder not in EXPORTERS:
        raise ModelError(
            f"a model with the encoder {config.encoder} cannot be exported to ONNX; those that can are "
            f"{', '.join(EXPORTERS)}"
        )
    graph = Graph(int8=int8)
    embedded = _embedded(graph, model)
    encoded = EXPORTERS[config.encoder](graph, config, arrays, embedded)
    pooled = POOLINGS[config.pooling](graph, arrays, encoded, embedded)
    logits = _head(graph, arrays, pooled)
    scaled = logits if model.temperature is None else graph.add("Div", logits, np.float32(model.temperature))
    head = arrays["head.hidden.weight" if "head.hidden.weight" in arrays else "head.output.weight"]
    outputs = {
        LOGITS: Output(logits, ("texts", len(model.classes))),
        PROBABILITIES: Output(graph.add("Softmax", scaled, axis=-1), ("texts", len(model.classes))),
        VECTORS: Output(pooled, ("texts", head.shape[1])),
    }
    return graph.model({IDS: ("texts", "places"), LENGTHS: ("texts",)}, outputs)


def longest(network: NetworkConfig) -> int | None:
    """Return the tokens of the longest text that a network can read; None: any."""
    if network.encoder == "pretrained":
        return Architecture.of_json(network.pretrained.architecture or "").longest
    learned = network.encoder == "transformer" and network.transformer.positions == "learned"
    return network.transformer.most_positions if learned else None


def _embedded(graph: Graph, model: Model) -> Embedded:
    """Cut what is behind the longest text, so that its width costs nothing, and look up the inputs."""
    longest = graph.add("ReduceMax", LENGTHS, keepdims=1)  # (1,)
    every = graph.add("Range", np.int64(0), graph.add("Squeeze", longest, places(0)), np.int64(1))  # (T,)
    mask = graph.add("Less", every, graph.add("Unsqueeze", LENGTHS, places(1)))  # (B, T)
    given = graph.slice(IDS, 1, 0, longest)
    ids = graph.add("Where", mask, given, np.int64(model.pipeline.vocabulary.pad))
    inputs = [graph.rows("embedding.weight", model.arrays["embedding.weight"], ids)]
    if model.ratios is not None:
        inputs.append(ratios.beside(graph, model.ratios, ids))
    return Embedded(ids, tuple(inputs), mask, LENGTHS)


def _head(graph: Graph, arrays: Arrays, pooled: str) -> str:
    """(B, H') -> logits (B, C), as `tenor.nn.classifier.Head`."""
    x = pooled
    if "head.hidden.weight" in arrays:
        hidden = graph.linear(
            x, "head.hidden.weight", arrays["head.hidden.weight"], arrays["head.hidden.bias"]
        )
        x = graph.add("Relu", hidden)
    weight, bias = arrays["head.output.weight"], arrays["head.output.bias"]
    if len(weight) == 1:  # two classes share one output z as logits (0, z)
        weight, bias = (np.concatenate((np.zeros_like(part), part)) for part in (weight, bias))
    return graph.linear(x, "head.output.weight", weight, bias)
