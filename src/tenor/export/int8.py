"""A graph in whole numbers of 8 bits: matrices, the LSTM, and tables of vectors.

Tables and matrices are kept as whole numbers with a scale for each row or column. What is multiplied with a
matrix is rounded while the graph runs, with a scale for all numbers of a batch (dynamic quantization).
Weights use 7 of the 8 bits: processors without VNNI add products of 8 bits in 16 and lose what does not fit.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import onnx

from tenor.export.graph import numbers_of

# Matrices of fewer numbers stay as they are: nothing would get smaller, and digits would be lost.
_FEWEST = 4096
_OPERATORS = ["MatMul", "LSTM"]


def quantized(model: onnx.ModelProto) -> bytes:
    """Return the graph with every large matrix in whole numbers, as the bytes of a file."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    sizes = {tensor.name: numbers_of(tensor) for tensor in model.graph.initializer}
    small = [
        node.name
        for node in model.graph.node
        if node.op_type in _OPERATORS
        and max((sizes.get(name, 0) for name in node.input), default=0) < _FEWEST
    ]
    model = _prepared(model)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "int8.onnx"
        quantize_dynamic(
            model,
            target,
            op_types_to_quantize=_OPERATORS,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=small,
        )
        return target.read_bytes()


def _prepared(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy with the mark of the library's own preparation, of which this graph needs none."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    onnx.helper.set_model_props(made, {"onnx.quant.pre_process": "onnxruntime.quant"})
    return made
