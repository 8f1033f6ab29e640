"""Tensors of a safetensors file as views of its bytes, such as those of a file mapped into memory.

The `safetensors` library writes the files; read by it, every tensor is a copy. A mapped file is read where it
is touched, and shared by all processes that have it open. The format: 8 bytes N, little-endian; N bytes of
JSON, name -> dtype, shape, data_offsets; the data, little-endian.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Buffer = bytes | memoryview

_TYPES = {"F32": "<f4", "F16": "<f2", "I8": "|i1", "U16": "<u2", "I32": "<i4", "F64": "<f8", "I64": "<i8"}


def views(buffer: Buffer) -> dict[str, npt.NDArray[Any]]:
    """Return read-only arrays by name; `ValueError` or `KeyError` where the bytes are not such a file."""
    data = memoryview(buffer)
    header, start = _header(data)
    arrays = {}
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape, (first, end) = tensor["shape"], tensor["data_offsets"]
        flat = np.frombuffer(data[start + first : start + end], np.dtype(_TYPES[tensor["dtype"]]))
        if flat.size != math.prod(shape):
            raise ValueError(f"tensor {name} has {flat.size} numbers for shape {shape}")
        arrays[name] = flat.reshape(shape)
    return arrays


def metadata(buffer: Buffer) -> dict[str, str]:
    """Return what stands beside the tensors; `ValueError` or `KeyError` as `views`."""
    header, _ = _header(memoryview(buffer))
    return dict(header["__metadata__"])


def narrowed(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Return float32 arrays as float16 where that loses nothing, all others as they are."""
    found = dict(arrays)
    for name, array in arrays.items():
        if array.dtype == np.float32:
            with np.errstate(over="ignore", under="ignore"):
                half = array.astype(np.float16)
            if np.array_equal(half, array):
                found[name] = half
    return found


def widened(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Return float16 arrays as float32, all others as they are."""
    return {
        name: array.astype(np.float32) if array.dtype == np.float16 else array
        for name, array in arrays.items()
    }


def _header(data: memoryview) -> tuple[dict[str, dict[str, Any]], int]:
    """Return what the file says of its tensors, and where the data begin."""
    start = 8 + int.from_bytes(data[:8], "little")
    return json.loads(bytes(data[8:start])), start
