"""minGRU as operators: the gates from windows of inputs, then a `Scan` over the places.

Backwards the same scan reads from the last place on; behind a text's end its state stays at zero, where it
begins, so that no text needs to be turned. One step a place was faster than doubling steps (Hillis & Steele
1986) for many texts at once, by far, and hardly slower for one (docs/exporting.md).
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper

from tenor.config.network import NetworkConfig
from tenor.export.graph import Array, Arrays, Embedded, Encoded, Graph, Value, places, take_last


def mingru(graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded) -> Encoded:
    """Read a batch through all layers, the places first."""
    mask = graph.add("Unsqueeze", graph.add("Transpose", embedded.mask, perm=[1, 0]), places(-1))  # (T, B, 1)
    # Vectors and ratios stay apart: in whole numbers their product would need one scale for both.
    inputs = [graph.add("Transpose", part, perm=[1, 0, 2]) for part in embedded.inputs]
    sizes, backward = [arrays["embedding.weight"].shape[1]], network.bidirectional
    read: list[str] = []
    for number in range(network.mingru.layers):
        prefix = f"encoder.layers.{number}"
        weight, bias = arrays[f"{prefix}.weight"], arrays[f"{prefix}.bias"]  # (K, D, 2, H, S), (D, 2, H)
        if backward:  # windows of the last tokens reach behind the text
            inputs = [graph.add("Where", mask, part, np.float32(0)) for part in inputs]
        gates: list[str] = []
        for direction in range(1 + backward):
            windows = [_windows(graph, part, len(weight), backward=direction == 1) for part in inputs]
            weights = np.split(weight[:, direction], sizes, -1)
            keep, move = _gates(graph, windows, f"{prefix}.{direction}", weights, bias[direction])
            gates += keep, graph.add("Where", mask, move, np.float32(0)) if direction else move
        read = _scan(graph, gates, weight.shape[3])
        inputs, sizes = [graph.concat(*read, axis=-1)], []
    sequence = graph.add("Transpose", inputs[0], perm=[1, 0, 2])
    last = [take_last(graph, graph.add("Transpose", read[0], perm=[1, 0, 2]), embedded.lengths)]
    if backward:  # which has read everything when it stands at the first token
        last.append(graph.add("Gather", read[1], np.int64(0), axis=0))
    return Encoded(sequence, graph.concat(*last, axis=-1))


def _windows(graph: Graph, x: str, width: int, *, backward: bool) -> str:
    """(T, B, S) -> (T, B, K * S): each input and those read before it, zeros where there is none."""
    if width == 1:
        return x
    length, before = graph.shape(x, 0), 0 if backward else width - 1
    padded = graph.add("Pad", x, places(before, 0, 0, width - 1 - before, 0, 0))
    firsts = (abs(before - back) for back in range(width))
    parts = [graph.slice(padded, 0, first, graph.add("Add", length, places(first))) for first in firsts]
    return graph.concat(*parts, axis=-1)


def _gates(
    graph: Graph, windows: Sequence[str], name: str, weights: Sequence[Array], bias: Array
) -> tuple[str, str]:
    """Return 1 - z and z c, (T, B, H) each: windows (T, B, K * S), weights (K, 2, H, S), bias (2, H)."""
    sign = np.array([-1, 1], np.float32)[:, None]  # 1 - sigmoid(a) is sigmoid(-a)
    sums: Value = (sign * bias).ravel()
    for number, (part, weight) in enumerate(zip(windows, weights, strict=False)):
        matrix = sign[..., None] * np.concatenate(weight, -1)  # (2, H, K * S)
        sums = graph.add("Add", graph.linear(part, f"{name}.{number}", np.concatenate(matrix)), sums)
    a, b = graph.several("Split", 2, sums, axis=-1, num_outputs=2)
    keep = graph.add("Sigmoid", a)
    return keep, graph.add("Mul", graph.add("Sub", np.float32(1), keep), graph.add("Tanh", b))


def _scan(graph: Graph, gates: Sequence[str], size: int) -> list[str]:
    """Return h_t = keep_t h_{t-1} + move_t of each direction, (T, B, H); `gates` are pairs of them."""
    directions = len(gates) // 2
    start = graph.add(
        "ConstantOfShape",
        graph.concat(graph.shape(gates[0], 1), places(size), axis=0),
        value=helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]),
    )
    turned = [number // 2 for number in range(len(gates))]
    found = graph.several(
        "Scan", 2 * directions, *[start] * directions, *gates,
        body=_step(directions, size),
        num_scan_inputs=len(gates),
        scan_input_directions=turned,
        scan_output_directions=list(range(directions)),
    )  # fmt: skip
    return found[directions:]


def _step(directions: int, size: int) -> onnx.GraphProto:
    """Return what is done at a place: h of each direction, its gates -> h of each, and h of each again."""
    nodes, states, gates, outputs = [], [], [], []
    for d in range(directions):
        nodes += [
            helper.make_node("Mul", [f"h{d}", f"keep{d}"], [f"kept{d}"]),
            helper.make_node("Add", [f"kept{d}", f"move{d}"], [f"next{d}"]),
            helper.make_node("Identity", [f"next{d}"], [f"out{d}"]),
        ]
        states.append((f"h{d}", f"next{d}"))
        gates += [f"keep{d}", f"move{d}"]
        outputs.append(f"out{d}")

    def row(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", size])

    inputs = [*(before for before, _ in states), *gates]
    made = [*(after for _, after in states), *outputs]
    return helper.make_graph(nodes, "step", [row(name) for name in inputs], [row(name) for name in made])
