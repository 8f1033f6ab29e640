"""`Model`: everything needed to predict, as a folder of safetensors and JSON with a hash of each file.

    manifest.json           format, the version that wrote it, SHA-256 of each other file and of itself
    model.json              classes, configuration, training data, figures, what the training texts look like,
                            temperature (from format 3)
    text.json               tokenizer, vocabulary, truncation
    weights.safetensors     tensors, float32
    ratios.safetensors      log-count ratios, where the network reads them (from format 2)
    validation.safetensors  classes and logits of validation texts, where there were any (from format 3)

How folders are written and verified: `tenor.folder`. A format is never changed, only followed by a newer one;
`_FORMATS` keeps a reader of each.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, to_values
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.temperature import Scaling
from tenor.tensors import views
from tenor.text.familiarity import Familiarity
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import LogCountRatios

FORMAT = 3
_RATIOS, _VALIDATION = "ratios.safetensors", "validation.safetensors"


@dataclass(frozen=True)
class Model:
    """A trained classifier at rest."""

    pipeline: TextPipeline
    classes: tuple[str, ...]
    config: ClassificationConfig
    arrays: Mapping[str, npt.NDArray[np.float32]]
    familiarity: Familiarity | None = None
    data: Mapping[str, Any] | None = None  # source, columns, splits, fingerprint of the training texts
    metrics: Mapping[str, Any] | None = None  # JSON of the evaluation on the test split
    ratios: LogCountRatios | None = None
    temperature: float | None = None  # that logits are divided by; None: 1
    held_out: HeldOut | None = None  # of the validation split

    @property
    def scaling(self) -> Scaling:
        """The temperature, or the reason why there is none."""
        if self.temperature is not None:
            return Scaling(self.temperature)
        return Scaling(None, Scaling.fitted(self.held_out).reason)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that a text's logits depend on: pipeline, network, tensors, ratios."""
        network = to_values(self.config)["network"]
        arrays = {} if self.ratios is None else {f"ratios.{n}": a for n, a in self.ratios.to_arrays().items()}
        described = [self.pipeline.to_json(), network, len(self.classes)]
        return folder.digest(described, {**self.arrays, **arrays})

    def save(self, path: Path) -> None:
        """Write the folder whole or not at all; a folder that is there is replaced."""
        described = {
            "classes": self.classes,
            "config": to_values(self.config),
            "familiarity": None if self.familiarity is None else self.familiarity.to_json(),
            "data": self.data,
            "metrics": self.metrics,
            "temperature": self.temperature,
        }
        files = {
            folder.CLASSIFIER.file: folder.to_bytes(described),
            folder.TEXT: folder.to_bytes(self.pipeline.to_json()),
            folder.WEIGHTS: folder.tensors(self.arrays),
        }
        if self.ratios is not None:
            files[_RATIOS] = folder.tensors(self.ratios.to_arrays())
        if self.held_out is not None:
            files[_VALIDATION] = folder.tensors(self.held_out.to_arrays())
        folder.write(path, FORMAT, files)

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read and verify a model folder, or the `model` folder of a run."""
        return folder.read(path, folder.CLASSIFIER, _FORMATS)


def _read_1(files: folder.Files) -> Model:
    described = json.loads(bytes(files[folder.CLASSIFIER.file]))
    familiarity = described["familiarity"]
    return Model(
        pipeline=TextPipeline.from_json(json.loads(bytes(files[folder.TEXT]))),
        classes=tuple(described["classes"]),
        config=parse(described["config"]),
        arrays=views(files[folder.WEIGHTS]),
        familiarity=None if familiarity is None else Familiarity.from_json(familiarity),
        data=described["data"],
        metrics=described["metrics"],
    )


def _read_2(files: folder.Files) -> Model:
    model = _read_1(files)
    return (
        replace(model, ratios=LogCountRatios.from_arrays(views(files[_RATIOS])))
        if _RATIOS in files
        else model
    )


def _read_3(files: folder.Files) -> Model:
    model = _read_2(files)
    temperature = json.loads(bytes(files[folder.CLASSIFIER.file]))["temperature"]
    if temperature is not None and not 0 < temperature < math.inf:
        raise ValueError(f"temperature {temperature}")
    held_out = None
    if _VALIDATION in files:
        held_out = HeldOut.from_arrays(views(files[_VALIDATION]), len(model.classes))
    return replace(model, temperature=temperature, held_out=held_out)


_FORMATS: dict[int, Callable[[folder.Files], Model]] = {1: _read_1, 2: _read_2, 3: _read_3}
