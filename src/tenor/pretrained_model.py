"""`PretrainedModel`: a language model at rest, as a folder like a classifier's (`tenor.folder`).

language-model.json  network, output, training data, figures on held-out text
text.json            tokenizer, vocabulary, truncation
weights.safetensors  tensors, float32: `embedding.weight` and `encoder.*` as a classifier names them;
                     `projection.*` and `output.*` are the language model's own
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.language_model import OutputConfig
from tenor.config.load import parse_as, to_values
from tenor.config.network import NetworkConfig
from tenor.tensors import views
from tenor.text.bpe import Bpe
from tenor.text.pipeline import TextPipeline
from tenor.text.pretrained import PretrainedTokenizer

FORMAT = 1


@dataclass(frozen=True)
class PretrainedModel:
    """A network that was trained on texts without labels, at rest."""

    kind: str  # what it was trained to do: "language-model"
    pipeline: TextPipeline
    config: NetworkConfig
    arrays: Mapping[str, npt.NDArray[np.float32]]
    data: Mapping[str, Any] | None = None  # source, columns, splits, fingerprint of the training texts
    metrics: Mapping[str, Any] | None = None  # JSON of the evaluation on held-out text
    output: OutputConfig = field(default_factory=OutputConfig)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that its probabilities depend on: pipeline, network, output, tensors."""
        described = [self.kind, self.pipeline.to_json(), to_values(self.config), to_values(self.output)]
        return folder.digest(described, self.arrays)

    def save(self, path: Path) -> None:
        """Write the folder whole or not at all; a folder that is there is replaced."""
        described = {
            "kind": self.kind,
            "network": to_values(self.config),
            "output": to_values(self.output),
            "data": self.data,
            "metrics": self.metrics,
        }
        files = {
            folder.LANGUAGE_MODEL.file: folder.to_bytes(described),
            folder.TEXT: folder.to_bytes(self.pipeline.to_json()),
            folder.WEIGHTS: folder.tensors(self.arrays),
        }
        folder.write(path, FORMAT, files)

    @classmethod
    def load(cls, path: Path) -> "PretrainedModel":
        """Read and verify the folder of a language model, or the `model` folder of a run.

        Raises:
            ModelError: there is none, it holds something else, or it is damaged.
        """
        return folder.read(path, folder.LANGUAGE_MODEL, _FORMATS)


def unit_of(pipeline: TextPipeline) -> Literal["word", "piece", "character"]:
    """Return what a token of the pipeline is."""
    if isinstance(pipeline.tokenizer, Bpe | PretrainedTokenizer):
        return "piece"
    return "character" if pipeline.tokenizer.name == "characters" else "word"


def _read_1(files: folder.Files) -> PretrainedModel:
    described = json.loads(bytes(files[folder.LANGUAGE_MODEL.file]))
    return PretrainedModel(
        kind=described["kind"],
        pipeline=TextPipeline.from_json(json.loads(bytes(files[folder.TEXT]))),
        config=parse_as(NetworkConfig, described["network"]),
        arrays=views(files[folder.WEIGHTS]),
        data=described["data"],
        metrics=described["metrics"],
        output=parse_as(OutputConfig, described["output"]),
    )


_FORMATS: dict[int, Callable[[folder.Files], PretrainedModel]] = {1: _read_1}
