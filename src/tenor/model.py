"""`Model`: everything needed to predict, as a folder of safetensors and JSON with a hash of each file.

    manifest.json           format, the version that wrote it, SHA-256 of each other file and of itself
    model.json              classes, configuration, training data, figures, what the training texts look like,
                            temperature (from format 3), weights of the parts (from format 4)
    text.json               tokenizer, vocabulary, truncation
    weights.safetensors     tensors, float32, or float16 where that loses nothing (from format 4); of several
                            networks (from format 4) those of each behind its number, as in 0.embedding.weight
    ratios.safetensors      log-count ratios, where the network reads them (from format 2)
    ngrams.safetensors      the linear model of n-grams, where there is one (from format 4)
    validation.safetensors  classes and logits of validation texts, where there were any (from format 3)

How folders are written and verified: `tenor.folder`. A format is never changed, only followed by a newer one;
`_FORMATS` keeps a reader of each.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.classification import ClassificationConfig
from tenor.config.ensemble import EnsembleConfig
from tenor.config.load import parse, to_values
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.mixture import Mixture
from tenor.evaluation.temperature import Scaling
from tenor.tensors import narrowed, views, widened
from tenor.text.familiarity import Familiarity
from tenor.text.ngram_part import NgramPart
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import LogCountRatios

FORMAT = 4
_RATIOS, _VALIDATION = "ratios.safetensors", "validation.safetensors"
_NGRAMS = "ngrams.safetensors"

Arrays = Mapping[str, npt.NDArray[np.float32]]
_ALONE = EnsembleConfig()


@dataclass(frozen=True)
class Part:
    """One kind of what a model is the sum of."""

    kind: str  # "network" or "n-grams"
    count: int  # of networks, whose mean it is; of n-grams
    weight: float  # of its logits in the sum
    parameters: int  # 0 where they are not at hand


def joined(members: Sequence[Arrays]) -> Arrays:
    """Return the tensors of several networks by number and name, 0.embedding.weight; of one as they are."""
    if len(members) == 1:
        return members[0]
    return {f"{number}.{name}": array for number, own in enumerate(members) for name, array in own.items()}


def _apart(arrays: Arrays, count: int) -> list[Arrays]:
    """Return what was `joined`; `ValueError` where it is not the tensors of so many networks."""
    if count == 1:
        return [arrays]
    own: dict[str, dict[str, npt.NDArray[np.float32]]] = {str(number): {} for number in range(count)}
    for name, array in arrays.items():
        number, _, rest = name.partition(".")
        if number not in own:
            raise ValueError(f"tensor {name} of none of {count} networks")
        own[number][rest] = array
    if len({frozenset(one) for one in own.values()}) > 1:
        raise ValueError(f"tensors of fewer than {count} networks")
    return list(own.values())


@dataclass(frozen=True)
class Model:
    """A trained classifier at rest."""

    pipeline: TextPipeline
    classes: tuple[str, ...]
    config: ClassificationConfig
    arrays: Arrays  # those of several networks as `joined` names them
    familiarity: Familiarity | None = None
    data: Mapping[str, Any] | None = None  # source, columns, splits, fingerprint of the training texts
    metrics: Mapping[str, Any] | None = None  # JSON of the evaluation on the test split
    ratios: LogCountRatios | None = None
    temperature: float | None = None  # that logits are divided by; None: 1
    held_out: HeldOut | None = None  # of the validation split
    origin: str | None = None  # digest, where the tensors are not at hand: of an exported model
    ngrams: NgramPart | None = None
    mixture: Mixture | None = None  # weights of networks and n-grams; None without n-grams

    @property
    def alone(self) -> bool:
        """Whether it is one network and nothing else."""
        return self.config.ensemble.members == 1 and self.ngrams is None

    @property
    def members(self) -> tuple["Model", ...]:
        """Each network as a model of its own, without what was measured of the whole."""
        if self.alone:
            return (self,)
        config = replace(self.config, ensemble=_ALONE)
        bare = replace(
            self, config=config, ngrams=None, mixture=None, metrics=None, temperature=None, held_out=None
        )
        members = _apart(self.arrays, self.config.ensemble.members)
        return tuple(replace(bare, arrays=arrays) for arrays in members)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the model is the sum of."""
        numbers = 0 if self.origin is not None else sum(int(array.size) for array in self.arrays.values())
        weight = 1.0 if self.mixture is None else self.mixture.network
        networks = Part("network", self.config.ensemble.members, weight, numbers)
        if self.ngrams is None or self.mixture is None:
            return (networks,)
        ngrams = self.ngrams
        size = ngrams.weights.size + ngrams.bias.size
        return networks, Part("n-grams", ngrams.count, self.mixture.ngrams, size)

    @property
    def word_vectors(self) -> npt.NDArray[np.float32]:
        """Word vectors (V, D), those of several networks side by side."""
        vectors = [member.arrays["embedding.weight"] for member in self.members]
        return vectors[0] if len(vectors) == 1 else np.concatenate(vectors, axis=1)

    @property
    def scaling(self) -> Scaling:
        """The temperature, or the reason why there is none."""
        if self.temperature is not None:
            return Scaling(self.temperature)
        return Scaling(None, Scaling.fitted(self.held_out).reason)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that a text's logits depend on: pipeline, network, tensors, ratios."""
        if self.origin is not None:
            return self.origin
        network = to_values(self.config)["network"]
        beside = {"ratios": self.ratios, "ngrams": self.ngrams}
        arrays = {
            f"{kind}.{name}": array
            for kind, part in beside.items()
            if part is not None
            for name, array in part.to_arrays().items()
        }
        described: list[object] = [self.pipeline.to_json(), network, len(self.classes)]
        if not self.alone:  # one network's digest is what it was before there were several
            described += [
                self.config.ensemble.members,
                None if self.mixture is None else self.mixture.to_json(),
            ]
        return folder.digest(described, {**self.arrays, **arrays})

    def described(self) -> dict[str, Any]:
        """Return the JSON of all but pipeline and tensors."""
        return {
            "classes": self.classes,
            "config": to_values(self.config),
            "familiarity": None if self.familiarity is None else self.familiarity.to_json(),
            "data": self.data,
            "metrics": self.metrics,
            "temperature": self.temperature,
            "mixture": None if self.mixture is None else self.mixture.to_json(),
        }

    @classmethod
    def of_description(
        cls,
        described: Mapping[str, Any],
        pipeline: TextPipeline,
        arrays: Mapping[str, npt.NDArray[np.float32]],
    ) -> "Model":
        """Return the model of `described`; `KeyError`, `TypeError` or `ValueError` where it is damaged."""
        familiarity, temperature = described["familiarity"], described.get("temperature")
        mixture = described.get("mixture")
        if temperature is not None and not 0 < temperature < math.inf:
            raise ValueError(f"temperature {temperature}")
        return cls(
            pipeline=pipeline,
            classes=tuple(described["classes"]),
            config=parse(described["config"]),
            arrays=arrays,
            familiarity=None if familiarity is None else Familiarity.from_json(familiarity),
            data=described["data"],
            metrics=described["metrics"],
            temperature=temperature,
            mixture=None if mixture is None else Mixture.from_json(mixture),
        )

    def save(self, path: Path) -> None:
        """Write the folder whole or not at all; a folder that is there is replaced."""
        files = {
            folder.CLASSIFIER.file: folder.to_bytes(self.described()),
            folder.TEXT: folder.to_bytes(self.pipeline.to_json()),
            folder.WEIGHTS: folder.tensors(narrowed(self.arrays)),
        }
        if self.ratios is not None:
            files[_RATIOS] = folder.tensors(self.ratios.to_arrays())
        if self.ngrams is not None:
            files[_NGRAMS] = folder.tensors(self.ngrams.to_arrays())
        if self.held_out is not None:
            files[_VALIDATION] = folder.tensors(self.held_out.to_arrays())
        folder.write(path, FORMAT, files)

    @classmethod
    def load(cls, path: Path, *, mapped: bool = True) -> "Model":
        """Read and verify a model folder, or the `model` folder of a run; `mapped`: see `folder.read`."""
        return folder.read(path, folder.CLASSIFIER, _FORMATS, mapped=mapped)


def _read_1(files: folder.Files) -> Model:
    return Model.of_description(
        json.loads(bytes(files[folder.CLASSIFIER.file])),  # without a temperature before format 3
        TextPipeline.from_json(json.loads(bytes(files[folder.TEXT]))),
        views(files[folder.WEIGHTS]),
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
    if _VALIDATION not in files:
        return model
    return replace(model, held_out=HeldOut.from_arrays(views(files[_VALIDATION]), len(model.classes)))


def _read_4(files: folder.Files) -> Model:
    model = _read_3(files)
    model = replace(model, arrays=widened(model.arrays))
    if (model.mixture is not None) != (_NGRAMS in files):
        raise ValueError("n-grams without a weight in the sum, or a weight without n-grams")
    if _NGRAMS in files:
        size, classes = len(model.pipeline.vocabulary), len(model.classes)
        ngrams = NgramPart.from_arrays(views(files[_NGRAMS]), vocabulary_size=size, classes=classes)
        model = replace(model, ngrams=ngrams)
    _apart(model.arrays, model.config.ensemble.members)
    return model


_FORMATS: dict[int, Callable[[folder.Files], Model]] = {1: _read_1, 2: _read_2, 3: _read_3, 4: _read_4}
