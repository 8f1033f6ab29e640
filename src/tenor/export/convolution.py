"""The convolution over time as operators: all widths are one `Conv`, as in `tenor.nn.convolution`."""

import numpy as np

from tenor.config.network import NetworkConfig
from tenor.export.graph import Arrays, Embedded, Encoded, Graph, take_last


def cnn(graph: Graph, network: NetworkConfig, arrays: Arrays, embedded: Embedded) -> Encoded:
    """Run windows that end at their token, with zeros before the text, through all layers."""
    widths = network.cnn.widths
    x = graph.add("Transpose", embedded.x(graph), perm=[0, 2, 1])  # (B, S, T)
    for layer in range(network.cnn.layers):
        prefix = f"encoder.layers.{layer}"
        kernels = [arrays[f"{prefix}.kernel{number}"] for number in range(len(widths))]
        widest = np.concatenate(
            [np.pad(kernel, ((0, 0), (0, 0), (max(widths) - kernel.shape[2], 0))) for kernel in kernels]
        )
        weights = (
            graph.weight(f"{prefix}.kernels", widest),
            graph.weight(f"{prefix}.bias", arrays[f"{prefix}.bias"]),
        )
        x = graph.add("Relu", graph.add("Conv", x, *weights, pads=[max(widths) - 1, 0]))
    sequence = graph.add("Transpose", x, perm=[0, 2, 1])
    return Encoded(sequence, take_last(graph, sequence, embedded.lengths))
