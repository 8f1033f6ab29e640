"""`Model`: everything needed to predict, as a folder of safetensors and JSON with a hash of each file.

    manifest.json           format, the version that wrote it, SHA-256 of each other file and of itself
    model.json              classes, configuration, training data, figures, what the training texts look like,
                            temperature (from format 3)
    text.json               tokenizer, vocabulary, truncation
    weights.safetensors     tensors, float32
    ratios.safetensors      log-count ratios, where the network reads them (from format 2)
    validation.safetensors  classes and logits of validation texts, where there were any (from format 3)

No code runs on load and torch is not imported. A format is never changed, only followed by a newer one;
`_FORMATS` keeps a reader of each.
"""

import hashlib
import json
import math
import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor import __version__
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, to_values
from tenor.errors import ConfigError, ModelError
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.temperature import Scaling
from tenor.files import atomic_folder
from tenor.tensors import Buffer, views
from tenor.text.familiarity import Familiarity
from tenor.text.pipeline import TextPipeline
from tenor.text.ratios import LogCountRatios

FORMAT = 3
_MANIFEST = "manifest.json"
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
    origin: str | None = None  # digest, where the tensors are not at hand: of an exported model

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
        found = hashlib.sha256(_json([self.pipeline.to_json(), network, len(self.classes)]))
        arrays = {} if self.ratios is None else {f"ratios.{n}": a for n, a in self.ratios.to_arrays().items()}
        for name, array in sorted({**self.arrays, **arrays}.items()):
            found.update(f"{name} {array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()

    def described(self) -> dict[str, Any]:
        """Return the JSON of all but pipeline and tensors."""
        return {
            "classes": self.classes,
            "config": to_values(self.config),
            "familiarity": None if self.familiarity is None else self.familiarity.to_json(),
            "data": self.data,
            "metrics": self.metrics,
            "temperature": self.temperature,
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
        )

    def save(self, path: Path) -> None:
        """Write the folder whole or not at all; a folder that is there is replaced."""
        from safetensors.numpy import save

        files = {
            "model.json": _json(self.described()),
            "text.json": _json(self.pipeline.to_json()),
            "weights.safetensors": save({name: np.ascontiguousarray(a) for name, a in self.arrays.items()}),
        }
        if self.ratios is not None:
            files[_RATIOS] = save(self.ratios.to_arrays())
        if self.held_out is not None:
            files[_VALIDATION] = save(self.held_out.to_arrays())
        with atomic_folder(path) as temporary:
            for name, content in files.items():
                (temporary / name).write_bytes(content)
            (temporary / _MANIFEST).write_bytes(_manifest(FORMAT, __version__, files))

    @classmethod
    def load(cls, path: Path, *, mapped: bool = True) -> "Model":
        """Read and verify a model folder, or the `model` folder of a run.

        Tensors stay where they lie, mapped into memory, unless `mapped` says otherwise: writing into a mapped
        file changes the model, and shortening it ends the process.
        """
        folder = find(path)
        manifest = _read_manifest(folder)
        try:
            read = _FORMATS[manifest["format"]]
        except KeyError:
            raise ModelError(
                f"{folder} has format {manifest['format']!r}, this Tenor reads "
                f"{', '.join(map(str, _FORMATS))}; upgrade Tenor to read it"
            ) from None
        files = {
            name: _verified(folder / name, digest, mapped=mapped)
            for name, digest in manifest["files"].items()
        }
        if manifest["seal"] != _seal(manifest):
            raise ModelError(
                f"{folder / _MANIFEST} was changed after it was written; take the original folder"
            )
        try:
            return read(files)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ConfigError) as error:
            raise ModelError(
                f"{folder} cannot be read as a model ({error}); take the original folder"
            ) from error


def find(path: Path) -> Path:
    """Return the model folder that `path` is or, being a run folder, holds."""
    with _reading(path):  # which a locked folder and a text in place of a path cannot be
        for folder in (path, path / "model"):
            if (folder / _MANIFEST).is_file():
                return folder
        exists, is_folder = path.exists(), path.is_dir()
    what = "has no model in it" if is_folder else "is not a folder" if exists else "does not exist"
    raise ModelError(f"{path} {what}; a model or run folder comes from: tenor train --out FOLDER")


def manifest(path: Path) -> dict[str, Any]:
    """Return format, version of Tenor and hashes of the model folder that `path` is or holds; as they say.

    Raises:
        ModelError: no model there, or a damaged manifest. Only `Model.load` verifies the files.
    """
    return _read_manifest(find(path))


def _read_1(files: Mapping[str, Buffer]) -> Model:
    return Model.of_description(
        json.loads(bytes(files["model.json"])),  # without a temperature before format 3
        TextPipeline.from_json(json.loads(bytes(files["text.json"]))),
        views(files["weights.safetensors"]),
    )


def _read_2(files: Mapping[str, Buffer]) -> Model:
    model = _read_1(files)
    return (
        replace(model, ratios=LogCountRatios.from_arrays(views(files[_RATIOS])))
        if _RATIOS in files
        else model
    )


def _read_3(files: Mapping[str, Buffer]) -> Model:
    model = _read_2(files)
    if _VALIDATION not in files:
        return model
    return replace(model, held_out=HeldOut.from_arrays(views(files[_VALIDATION]), len(model.classes)))


_FORMATS: dict[int, Callable[[Mapping[str, Buffer]], Model]] = {1: _read_1, 2: _read_2, 3: _read_3}


def _json(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _manifest(version_of_format: int, version: str, files: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest: dict[str, Any] = {"format": version_of_format, "tenor": version, "files": digests}
    return _json({**manifest, "seal": _seal(manifest)})


def _seal(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest without its seal."""
    return hashlib.sha256(_json({k: v for k, v in manifest.items() if k != "seal"})).hexdigest()


def _read_manifest(folder: Path) -> dict[str, Any]:
    content = _bytes(folder / _MANIFEST)
    try:
        manifest = json.loads(content)
        if not isinstance(manifest["files"], dict) or _json(manifest) != content:
            raise ValueError
        _ = manifest["format"], manifest["seal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelError(
            f"{folder / _MANIFEST} is damaged or was changed; take the original folder"
        ) from None
    return dict(manifest)


def _verified(file: Path, digest: str, *, mapped: bool) -> Buffer:
    content = _mapped(file) if mapped and file.suffix != ".json" else _bytes(file)
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{file} is damaged or was changed (its SHA-256 differs); take the original folder")
    return content


def _bytes(file: Path) -> bytes:
    with _reading(file):
        return file.read_bytes()


def _mapped(file: Path) -> Buffer:
    """Return the bytes of a file where they lie: mapped into memory, not read."""
    with _reading(file), file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)) if size else b""


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise ModelError(f"{file} is missing; take the original model folder") from None
    except OSError as error:
        raise ModelError(f"{file} cannot be read ({error.strerror}); take the original folder") from error
