"""Pretrained encoders: special tokens are put in by operators, the library's network by torch's exporter."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import cast

import numpy as np
import onnx
import torch
from onnx import compose
from torch import Tensor, nn

from tenor.config.network import NetworkConfig
from tenor.errors import MissingExtraError, ModelError
from tenor.export.graph import OPSET, Array, Arrays, Embedded, Encoded, Graph, places, take_last
from tenor.nn.architecture import Architecture

_PREFIX = "encoder.transformer."


def pretrained(graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded) -> Encoded:
    """Surround each text with the special tokens, and run the library's network over it.

    Raises:
        ModelError: torch's exporter cannot export the network.
    """
    before, after = arrays["encoder.before"], arrays["encoder.after"]  # (P, D), (S, D)
    x, mask = _surrounded(graph, before, after, embedded)
    inner = _exported(_module(network, arrays), before.shape[1])
    made = _inlined(graph, inner, x, graph.cast(mask, np.int64))  # (B, P+T+S, H)
    width = graph.add("Add", graph.shape(embedded.mask, 1), places(len(before)))
    sequence = graph.slice(made, 1, len(before), width)
    if len(before):
        return Encoded(sequence, graph.add("Gather", made, np.int64(0), axis=1))
    return Encoded(sequence, take_last(graph, sequence, embedded.lengths))


def _surrounded(graph: Graph, before: Array, after: Array, embedded: Embedded) -> tuple[str, str]:
    """Return tokens with the special ones, (B, P+T+S, D), and their mask."""
    first, last, size = len(before), len(after), before.shape[1]
    x = embedded.x(graph)
    texts = graph.shape(x, 0)
    parts = [x]
    if first:
        shape = graph.concat(texts, places(first, size), axis=0)
        parts.insert(0, graph.add("Expand", graph.weight("encoder.before", before), shape))
    if last:
        shape = graph.concat(texts, places(last, size), axis=0)
        parts.append(graph.add("Expand", np.zeros(1, np.float32), shape))
    whole = graph.concat(*parts, axis=1)
    end = graph.add("Unsqueeze", graph.add("Add", embedded.lengths, np.int64(first)), places(1))  # (B, 1)
    width = graph.add("Squeeze", graph.shape(whole, 1), places(0))
    every = graph.add("Range", np.int64(0), width, np.int64(1))  # (P+T+S,)
    mask = graph.add("Less", every, graph.add("Add", end, np.int64(last)))
    if last:  # behind each text itself
        behind = graph.add("Sub", every, end)  # (B, P+T+S)
        place = graph.add("Clip", behind, np.int64(0), np.int64(last - 1))
        specials = graph.add("Gather", graph.weight("encoder.after", after), place)
        there = graph.add("And", mask, graph.add("GreaterOrEqual", behind, np.int64(0)))
        whole = graph.add("Where", graph.add("Unsqueeze", there, places(-1)), specials, whole)
    return whole, mask


class _Reader(nn.Module):
    """The library's network with two inputs and one output."""

    def __init__(self, transformer: nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(B, W, D), (B, W) -> (B, W, H)."""
        return cast(Tensor, self.transformer(inputs_embeds=x, attention_mask=mask)[0])


def _module(network: NetworkConfig, arrays: Arrays) -> nn.Module:
    module = Architecture.of_json(network.pretrained.architecture or "").module(network.pretrained.layers)
    tensors = {n.removeprefix(_PREFIX): a for n, a in arrays.items() if n.startswith(_PREFIX)}
    module.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in tensors.items()})
    return _Reader(module).eval()


def _exported(module: nn.Module, size: int) -> onnx.ModelProto:
    try:
        import onnxscript  # noqa: F401 - the exporter is written in it
    except ImportError:
        raise MissingExtraError("onnxscript", "onnx") from None
    example = torch.zeros(2, 7, size), torch.ones(2, 7, dtype=torch.int64)
    axes = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    try:
        with _silence():
            program = torch.onnx.export(
                module, example, dynamo=True, opset_version=OPSET, dynamic_shapes=(axes, axes), verbose=False
            )
    except Exception as error:  # it fails in many ways
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"the pretrained encoder cannot be exported to ONNX: torch's exporter refuses it ({reason}); "
            "models with an encoder of Tenor's own can be"
        ) from error
    assert program is not None  # noqa: S101
    return program.model_proto


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep to itself what the exporter says of its own parts, which nobody here can change."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)


def _inlined(graph: Graph, model: onnx.ModelProto, x: str, mask: str) -> str:
    """Put the operators of a model into the graph, whose names begin with a prefix of their own."""
    if model.functions or any(one.domain for one in model.opset_import if one.domain not in {"", "ai.onnx"}):
        raise ModelError(
            "the pretrained encoder cannot be exported to ONNX: torch's exporter writes operators for it "
            "that are not ONNX's own; models with an encoder of Tenor's own can be"
        )
    inner = compose.add_prefix(model, "transformer/").graph
    for value, inside in zip((x, mask), inner.input, strict=True):
        graph.nodes.append(onnx.helper.make_node("Identity", [value], [inside.name], name=inside.name))
    for node in inner.node:  # without where in whose code each came from
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    graph.nodes.extend(inner.node)
    graph.constants.extend(inner.initializer)
    return str(inner.output[0].name)
