"""From a model at rest to an ONNX graph of its network, and which encoders have one."""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
    config = model.config.network
    if config.encoder not in EXPORTERS:
        raise ModelError(
            f"a model with the encoder {config.encoder} cannot be exported to ONNX; those that can are "
            f"{', '.join(EXPORTERS)}"
        )
    if model.ngrams is not None:
        raise ModelError(
            "a model with n-grams cannot be exported to ONNX, which has no search for them; export one that "
            "was trained with ensemble.ngrams.use=false"
        )
    graph = Graph(int8=int8)
    text = _text(graph, model)
    vectors, sums = zip(*(_member(graph, member, text) for member in _named(graph, model)), strict=True)
    pooled, logits = graph.concat(*vectors, axis=-1), sums[0]
    if len(sums) > 1:
        logits = graph.add("Mean", *sums)
    scaled = logits if model.temperature is None else graph.add("Div", logits, np.float32(model.temperature))
    size = sum(_head_input(member.arrays) for member in model.members)
    outputs = {
        LOGITS: Output(logits, ("texts", len(model.classes))),
        PROBABILITIES: Output(graph.add("Softmax", scaled, axis=-1), ("texts", len(model.classes))),
        VECTORS: Output(pooled, ("texts", size)),
    }
    return graph.model({IDS: ("texts", "places"), LENGTHS: ("texts",)}, outputs)


def _named(graph: Graph, model: Model) -> Iterator[Model]:
    """Yield the networks of a model, the weights of each of several under a name of its own."""
    for number, member in enumerate(model.members):
        graph.owner = f"{number}." if len(model.members) > 1 else ""
        yield member
    graph.owner = ""


def _member(graph: Graph, member: Model, text: Embedded) -> tuple[str, str]:
    """Return the vectors (B, H') and logits (B, C) that a network makes of texts."""
    config, arrays = member.config.network, member.arrays
    vectors = graph.rows("embedding.weight", arrays["embedding.weight"], text.ids)
    embedded = replace(text, inputs=(vectors, *text.inputs))
    encoded = EXPORTERS[config.encoder](graph, config, arrays, embedded)
    pooled = POOLINGS[config.pooling](graph, arrays, encoded, embedded)
    return pooled, _head(graph, arrays, pooled)


def longest(network: NetworkConfig) -> int | None:
    """Return the tokens of the longest text that a network can read; None: any."""
    if network.encoder == "pretrained":
        return Architecture.of_json(network.pretrained.architecture or "").longest
    learned = network.encoder == "transformer" and network.transformer.positions == "learned"
    return network.transformer.most_positions if learned else None


def _text(graph: Graph, model: Model) -> Embedded:
    """Cut what is behind the longest text, so that its width costs nothing; look up what is no vector."""
    longest = graph.add("ReduceMax", LENGTHS, keepdims=1)  # (1,)
    every = graph.add("Range", np.int64(0), graph.add("Squeeze", longest, places(0)), np.int64(1))  # (T,)
    mask = graph.add("Less", every, graph.add("Unsqueeze", LENGTHS, places(1)))  # (B, T)
    given = graph.slice(IDS, 1, 0, longest)
    ids = graph.add("Where", mask, given, np.int64(model.pipeline.vocabulary.pad))
    beside = () if model.ratios is None else (ratios.beside(graph, model.ratios, ids),)
    return Embedded(ids, beside, mask, LENGTHS)


def _head_input(arrays: Arrays) -> int:
    """Return H', the numbers that the head is given."""
    return int(
        arrays["head.hidden.weight" if "head.hidden.weight" in arrays else "head.output.weight"].shape[1]
    )


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
