"""A model as an ONNX file and a JSON file beside it of the same name: what stands in them, and reading them.

    NAME.onnx   the graph: ids (B, T), lengths (B,) -> logits, probabilities, vectors
    NAME.json   classes, text pipeline, temperature, and whatever else a `Predictor` needs; the SHA-256 of
                NAME.onnx and the digest of the model it was made from

Nothing of a graph but numbers is trusted: operators that are not ONNX's own, and data in other files, are
refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tenor import __version__
from tenor.errors import ConfigError, MissingExtraError, ModelError
from tenor.evaluation.held_out import HeldOut
from tenor.model import Model
from tenor.text.pipeline import TextPipeline

FORMAT = 1
SUFFIX = ".onnx"
# Names of inputs and outputs.
IDS, LENGTHS = "ids", "lengths"
LOGITS, PROBABILITIES, VECTORS = "logits", "probabilities", "vectors"

Precision = Literal["float32", "int8"]

# Beside ONNX's own operators, those of onnxruntime that its quantization writes.
_ITS_OWN = {"", "ai.onnx"}
_OTHERS = {("com.microsoft", "DynamicQuantizeLSTM")}
# Operators whose scale is that of all numbers in a batch.
_BY_BATCH = {"DynamicQuantizeLinear", "DynamicQuantizeLSTM"}


class Elsewhere(Mapping[str, npt.NDArray[Any]]):
    """The tensors of an exported model: whoever asks for one is told where they are."""

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        raise self._refusal()

    def __iter__(self) -> Iterator[str]:
        raise self._refusal()

    def __len__(self) -> int:
        raise self._refusal()

    @staticmethod
    def _refusal() -> ModelError:
        return ModelError(
            "this needs the network itself, and an exported model has only a graph of it; give the model "
            "folder it was exported from"
        )


@dataclass(frozen=True)
class OnnxFile:
    """An ONNX file whose operators and data are known to be harmless."""

    model: Model  # once read, without tensors
    content: bytes
    longest: int | None  # tokens of the longest text it can read; None: any
    by_batch: bool  # a text's logits depend a little on the texts beside it

    @classmethod
    def of(cls, path: Path, content: bytes, model: Model, longest: int | None) -> "OnnxFile":
        """Verify the graph; `ModelError` where something in it is refused."""
        return cls(model, content, longest, _operators(path, content))


def companion(path: Path) -> Path:
    """Return the JSON file beside an ONNX file."""
    return path.with_suffix(".json")


def describe(file: OnnxFile, precision: Precision) -> bytes:
    """Return the JSON that belongs to a graph."""
    model, digest = file.model, hashlib.sha256(file.content).hexdigest()
    held_out = model.held_out if precision == "float32" else None  # the network's own logits, not the graph's
    values = {
        "format": FORMAT,
        "tenor": __version__,
        "onnx": {"sha256": digest, "precision": precision, "longest": file.longest},
        "model": model.digest,
        **model.described(),
        "text": model.pipeline.to_json(),
        "validation": held_out and {name: array.tolist() for name, array in held_out.to_arrays().items()},
    }
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False).encode()


def read(path: Path) -> OnnxFile:
    """Read and verify an ONNX file and its JSON.

    Raises:
        ModelError: one of them is missing, damaged or of a newer format; they do not belong together; or the
            graph holds what is refused.
        MissingExtraError: onnx is not installed.
    """
    content, described = _bytes(path), _json(companion(path))
    try:
        if described["format"] != FORMAT:
            raise ModelError(
                f"{companion(path)} has format {described['format']!r}, this Tenor reads {FORMAT}; "
                "upgrade Tenor to read it"
            )
        about = described["onnx"]
        if hashlib.sha256(content).hexdigest() != about["sha256"]:
            raise ModelError(
                f"{path} is not the file that {companion(path).name} was written for (its SHA-256 differs); "
                "take both from the same export"
            )
        float32 = about["precision"] == "float32"
        model = Model.of_description(described, TextPipeline.from_json(described["text"]), Elsewhere())
        model = replace(
            model,
            held_out=_held_out(described["validation"], len(model.classes)),
            origin=described["model"] if float32 else about["sha256"],
        )
        longest = _longest(about["longest"])
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(
            f"{companion(path)} cannot be read as a model ({error}); take both files from the same export"
        ) from error
    return OnnxFile.of(path, content, model, longest)


def _longest(value: object) -> int | None:
    if value is not None and not (isinstance(value, int) and value > 0):
        raise ValueError(f"longest {value!r}")
    return value


def _held_out(values: Mapping[str, Any] | None, classes: int) -> HeldOut | None:
    if values is None:
        return None
    arrays = {
        "labels": np.array(values["labels"], np.int32),
        "logits": np.array(values["logits"], np.float32),
    }
    return HeldOut.from_arrays(arrays, classes)


def _operators(path: Path, content: bytes) -> bool:
    """Refuse all but numbers and known operators; return whether the graph looks at whole batches."""
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("onnx", "onnx") from None
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # of whichever protobuf there is
        raise ModelError(f"{path} is no readable ONNX file; take it from the export again") from error
    if model.functions:
        raise ModelError(f"{path} holds functions of its own, which are not run; take a file of tenor export")
    by_batch = False
    graphs = [model.graph]
    while graphs:
        graph = graphs.pop()
        tensors, sparse = list(graph.initializer), bool(graph.sparse_initializer)
        for node in graph.node:
            if node.domain not in _ITS_OWN and (node.domain, node.op_type) not in _OTHERS:
                raise ModelError(
                    f"{path} holds the operator {node.op_type} of {node.domain!r}, which is none of ONNX's "
                    "own and is not run; take a file of tenor export"
                )
            by_batch = by_batch or node.op_type in _BY_BATCH
            for attribute in node.attribute:
                graphs += [attribute.g, *attribute.graphs]
                tensors += [attribute.t, *attribute.tensors]
                sparse = sparse or attribute.HasField("sparse_tensor") or bool(attribute.sparse_tensors)
        if sparse or any(one.external_data or one.data_location for one in tensors):
            raise ModelError(
                f"{path} keeps data in other files, which its SHA-256 does not cover and which are not read; "
                "take a file of tenor export"
            )
    return by_batch


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ModelError(
            f"{path} does not exist; an ONNX file and the JSON beside it come from: tenor export MODEL --onnx"
        ) from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror})") from error


def _json(path: Path) -> dict[str, Any]:
    content = _bytes(path)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ModelError(f"{path} is damaged; take both files from the same export")
    return found
