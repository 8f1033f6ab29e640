"""The engine that runs an exported model in onnxruntime, without torch."""

from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.errors import InputError, MissingExtraError, ModelError
from tenor.inference.onnx_file import IDS, LENGTHS, LOGITS, VECTORS, OnnxFile, read
from tenor.kernels import parallel
from tenor.text.lengths import by_length
from tenor.text.tokens import Tokens

Array = npt.NDArray[np.float32]

WHOLE_TEXTS_ONLY = (
    "an exported model reads whole texts only, since its graph returns no state to go on from; give the "
    "model folder it was exported from"
)


class OnnxEngine:
    """Runs the graph in float32 or int8; safe to use from several threads.

    Where the numbers of a text depend on the texts beside it, as they do in int8 whose scales are made for a
    batch, every text is read by itself, several at once.
    """

    def __init__(self, file: OnnxFile, *, threads: int | None = None) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingExtraError("onnxruntime", "onnx") from None
        threads = threads or parallel.available_cores()
        self._longest = file.longest
        self._alone = file.by_batch
        self._at_once = threads if self._alone else 1
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1 if self._alone else threads
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # threads sleep while they wait
        options.enable_mem_pattern = False  # it is kept for every shape, and no two batches are alike
        options.log_severity_level = 4  # what is wrong is raised
        try:
            self._session = onnxruntime.InferenceSession(
                file.content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library has its own, without a common base
            raise ModelError(f"onnxruntime cannot run the exported model ({_line(error)})") from error
        self._sizes = {one.name: one.shape[-1] for one in self._session.get_outputs()}
        if not {LOGITS, VECTORS} <= self._sizes.keys():
            raise ModelError(
                f"the ONNX file returns {', '.join(self._sizes)}, and {LOGITS} and {VECTORS} are needed; "
                "take a file of tenor export"
            )
        self._try(file)

    def logits(self, tokens: Tokens) -> Array:
        """Return logits (N, C) of N texts, in their order."""
        return self._read([LOGITS], tokens)[LOGITS]

    def vectors(self, tokens: Tokens) -> Array:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        return self._read([VECTORS], tokens)[VECTORS]

    def vectors_with_logits(self, tokens: Tokens) -> tuple[Array, Array]:
        """Return the pooled vectors (N, H') and the logits (N, C) of N texts, by one reading."""
        found = self._read([VECTORS, LOGITS], tokens)
        return found[VECTORS], found[LOGITS]

    def outputs(self, ids: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> dict[str, Array]:
        """Return all outputs of one padded batch, ids (B, T) and lengths (B,), by name."""
        return self._run(list(self._sizes), ids, lengths)

    def _read(self, outputs: list[str], tokens: Tokens) -> dict[str, Array]:
        lengths = tokens.lengths
        if self._longest is not None and (longest := int(lengths.max(initial=0))) > self._longest:
            raise InputError(
                f"a text has {longest:,} tokens, and the exported model reads at most {self._longest:,}; "
                f"cut it, or train with text.max_length={self._longest}"
            )
        found = {name: np.empty((len(tokens), self._sizes[name]), np.float32) for name in outputs}

        def task(rows: npt.NDArray[np.int64]) -> None:
            for name, array in self._run(outputs, tokens.select(rows).padded(), lengths[rows]).items():
                found[name][rows] = array

        batches = by_length(lengths, most_texts=1) if self._alone else by_length(lengths)
        parallel.run([partial(task, rows) for rows in batches], self._at_once)
        return found

    def _try(self, file: OnnxFile) -> None:
        """Read the last word of the vocabulary: graph and JSON may each be whole, and not of one model."""
        last, classes = len(file.model.pipeline.vocabulary) - 1, len(file.model.classes)
        try:
            found = self.outputs(np.array([[last]]), np.array([1]))
        except Exception as error:  # as above
            raise ModelError(
                f"the exported model cannot read the words of its JSON ({_line(error)}); take both files "
                "from the same export"
            ) from error
        if found[LOGITS].shape != (1, classes):
            raise ModelError(
                f"the exported model returns logits of the shape {list(found[LOGITS].shape)} for one text, "
                f"and its JSON names {classes} classes; take both files from the same export"
            )
        self._sizes = {name: array.shape[-1] for name, array in found.items()}

    def _run(
        self, outputs: list[str], ids: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
    ) -> dict[str, Array]:
        found = self._session.run(outputs, {IDS: ids, LENGTHS: lengths})
        return dict(zip(outputs, found, strict=True))


def load(path: Path, *, threads: int | None = None) -> tuple[OnnxFile, OnnxEngine]:
    """Read and verify an exported model, and what computes it.

    Raises:
        ModelError: as `onnx_file.read`; onnxruntime cannot run the graph.
        MissingExtraError: onnx or onnxruntime is not installed.
    """
    file = read(path)
    return file, OnnxEngine(file, threads=threads)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
