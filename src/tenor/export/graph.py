"""`Graph`: an ONNX graph as it grows, operator by operator; a value is known by its name.

Axes in this package: B texts, T places, D inputs of a token, H outputs of an encoder, C classes.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from tenor.errors import ModelError

# Operators as of ONNX 1.13, which torch's exporter writes as well; and a file format of the same age.
OPSET, IR_VERSION = 18, 8
# A file is one message of protobuf, which can be no larger; weights in files of their own are not written.
_MOST_BYTES = (1 << 31) - (1 << 20)

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Value = str | Array | np.generic  # a name, or a constant


class Graph:
    """Operators in the order in which they are computed, and the constants they read.

    `int8` tables hold a whole number from -127 to 127 for each number, and a scale for each row.
    """

    def __init__(self, *, int8: bool = False) -> None:
        self.int8 = int8
        self.owner = ""  # stands before the names of weights: that of the network they belong to
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add(self, operator: str, *inputs: Value | None, **attributes: Any) -> str:
        """Append an operator; return the name of its one output. An input of None is left out."""
        return self.several(operator, 1, *inputs, **attributes)[0]

    def several(self, operator: str, outputs: int, *inputs: Value | None, **attributes: Any) -> list[str]:
        """Append an operator; return the names of its first outputs."""
        number = len(self.nodes)
        names = [f"{operator}_{number}{f'_{place}' if place else ''}" for place in range(outputs)]
        given = ["" if value is None else self._name(value) for value in inputs]
        self.nodes.append(helper.make_node(operator, given, names, name=f"{operator}_{number}", **attributes))
        return names

    def weight(self, name: str, array: Array) -> str:
        """Put in a constant under a name that tells what it is, such as that of the model's tensor."""
        name = self.owner + name
        self.constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def rows(self, name: str, table: Array, ids: str) -> str:
        """Look up rows of a table (V, D) of floats by ids of any shape: (..., D)."""
        if not self.int8:
            return self.add("Gather", self.weight(name, table), ids)
        scales = np.abs(table).max(1, keepdims=True, initial=0) / np.float32(127)
        whole = np.round(table / np.where(scales > 0, scales, 1)).astype(np.int8)
        found = self.add("Gather", self.weight(f"{name}.int8", whole), ids)
        scale = self.add("Gather", self.weight(f"{name}.scale", scales.astype(np.float32)), ids)
        return self.add("Mul", self.cast(found, np.float32), scale)

    def linear(self, x: str, name: str, weight: Array, bias: Array | None = None) -> str:
        """x (..., S) times weight (R, S) -> (..., R), plus bias (R,)."""
        product = self.add("MatMul", x, self.weight(name, weight.T))
        return product if bias is None else self.add("Add", product, bias)

    def cast(self, x: str, to: npt.DTypeLike) -> str:
        """Return the same numbers in another type."""
        return self.add("Cast", x, to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))

    def shape(self, x: str, axis: int) -> str:
        """Return the length of one axis, (1,) int64."""
        return self.add("Shape", x, start=axis, end=axis + 1)

    def concat(self, *parts: Value, axis: int) -> str:
        """Lay values side by side; one alone stays as it is."""
        return self._name(parts[0]) if len(parts) == 1 else self.add("Concat", *parts, axis=axis)

    def slice(self, x: str, axis: int, first: Value | int, end: Value | int) -> str:
        """Return x from place `first` to `end` of an axis; places may be values (1,)."""
        ends = [places(place) if isinstance(place, int) else place for place in (first, end)]
        return self.add("Slice", x, *ends, places(axis))

    def model(self, inputs: Mapping[str, Sequence[str]], outputs: Mapping[str, "Output"]) -> onnx.ModelProto:
        """Return the whole graph as a model.

        `inputs` are int64 by name, `outputs` by name; an axis that is named by a word is of any length.

        Raises:
            ModelError: it is too large for one file.
        """
        for name, output in outputs.items():
            self.nodes.append(helper.make_node("Identity", [output.value], [name], name=name))
        integers, floats = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
        nodes, read = _needed(self.nodes, outputs)
        graph = helper.make_graph(
            nodes,
            "tenor",
            [helper.make_tensor_value_info(name, integers, list(axes)) for name, axes in inputs.items()],
            [helper.make_tensor_value_info(name, floats, list(o.axes)) for name, o in outputs.items()],
            [constant for constant in self.constants if constant.name in read],
        )
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="tenor",
        )
        if (size := made.ByteSize()) > _MOST_BYTES:
            raise ModelError(
                f"the exported model has {size / 1e9:.1f} GB, and an ONNX file can hold 2 GB; export it with "
                "--int8, or train it with a smaller vocabulary (text.max_size)"
            )
        return made

    def _name(self, value: Value) -> str:
        """Return the name of a value; equal constants are kept once."""
        if isinstance(value, str):
            return value
        array = np.asarray(value)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self.weight(f"constant_{len(self._known)}", array)
        return self._known[key]


def _needed(nodes: Sequence[onnx.NodeProto], outputs: Iterable[str]) -> tuple[list[onnx.NodeProto], set[str]]:
    """Return the operators that the outputs are made of, and the names of all values they read."""
    kept, read = [], set(outputs)
    for node in reversed(nodes):
        if not read.isdisjoint(node.output):
            kept.append(node)
            read.update(_inputs(node))
    return kept[::-1], read


def _inputs(node: onnx.NodeProto) -> Iterator[str]:
    """Yield the names that an operator reads, those within graphs of its own among them."""
    yield from node.input
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _inputs(inner)


@dataclass(frozen=True)
class Output:
    """A value that a model returns."""

    value: str
    axes: Sequence[str | int]


@dataclass(frozen=True)
class Embedded:
    """A padded batch of embedded tokens, as values of a graph."""

    ids: str  # (B, T) int64, that of padding behind a text's end; T is the length of the longest text
    inputs: tuple[str, ...]  # float32: vectors of the words (B, T, D) and perhaps log-count ratios (B, T, 2F)
    mask: str  # (B, T) bool, True = real token
    lengths: str  # (B,) int64

    def x(self, graph: Graph) -> str:
        """Return all inputs of each token side by side, (B, T, D + 2F)."""
        return graph.concat(*self.inputs, axis=-1)


@dataclass(frozen=True)
class Encoded:
    """What an encoder made of a batch; entries of `sequence` at padded places mean nothing."""

    sequence: str  # (B, T, H)
    last: str  # (B, H)


def take_last(graph: Graph, sequence: str, lengths: str) -> str:
    """Return the entry at each text's last token: (B, T, H), (B,) -> (B, H)."""
    ends = graph.add("Unsqueeze", graph.add("Sub", lengths, np.int64(1)), places(1))
    return graph.add("GatherND", sequence, ends, batch_dims=1)


def masked(graph: Graph, x: str, mask: str, filler: float = 0.0) -> str:
    """Put `filler` at padded places: x (B, T, H), mask (B, T)."""
    return graph.add("Where", graph.add("Unsqueeze", mask, places(-1)), x, np.float32(filler))


def places(*values: int) -> Array:
    """Return axes, sizes or numbers of places, as operators take them."""
    return np.array(values, np.int64)


def numbers_of(tensor: onnx.TensorProto) -> int:
    """Return how many numbers a constant holds."""
    return math.prod(tensor.dims)
