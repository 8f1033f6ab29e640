"""Folders of things at rest: safetensors and JSON, with a manifest that holds a hash of each file.

    manifest.json           format, the version that wrote it, SHA-256 of each other file and of itself
    model.json              what a classifier is, or
    language-model.json     what a language model is, or
    forecaster.json         what a forecaster is; the name of this file tells the kind
    text.json               tokenizer, vocabulary, truncation
    weights.safetensors     tensors, float32

No code runs on load and torch is not imported. Each kind counts its own formats and keeps a reader of each.
"""

import hashlib
import json
import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tenor import __version__
from tenor.errors import ConfigError, ModelError
from tenor.files import atomic_folder
from tenor.tensors import Buffer

MANIFEST, TEXT, WEIGHTS = "manifest.json", "text.json", "weights.safetensors"

Files = Mapping[str, Buffer]  # of a folder without its manifest, by name
_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Kind:
    """What a folder may hold."""

    file: str  # that tells the kind
    name: str
    command: str  # that makes one
    use: str  # what it is good for, after "to"


CLASSIFIER = Kind(
    "model.json", "a classifier", "tenor train --out FOLDER", "label texts by it, run: tenor predict FOLDER"
)
LANGUAGE_MODEL = Kind(
    "language-model.json",
    "a language model",
    "tenor pretrain --out FOLDER",
    "write texts with it, run: tenor generate FOLDER",
)
FORECASTER = Kind(
    "forecaster.json",
    "a forecaster",
    "tenor forecast SERIES --out FOLDER",
    "go on with a series, run: tenor forecast SERIES --model FOLDER",
)
KINDS = (CLASSIFIER, LANGUAGE_MODEL, FORECASTER)


def write(path: Path, number: int, files: Mapping[str, bytes]) -> None:
    """Write a folder of format `number` whole or not at all; a folder that is there is replaced."""
    with atomic_folder(path) as temporary:
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        (temporary / MANIFEST).write_bytes(_manifest(number, files))


def read(
    path: Path, kind: Kind, formats: Mapping[int, Callable[[Files], _Thing]], *, mapped: bool = True
) -> _Thing:
    """Verify the folder at `path`, or the `model` folder of a run there, and read it by its format's reader.

    Tensors stay where they lie, mapped into memory, unless `mapped` says otherwise: writing into a mapped
    file changes what was read, and shortening it ends the process.

    Raises:
        ModelError: there is none, it holds something else, is damaged, or of a format without a reader.
    """
    folder = find(path, kind)
    manifest = _read_manifest(folder)
    found = _kind(manifest)
    if found != kind:
        raise ModelError(
            f"{folder} holds {found.name}, and what is wanted is {kind.name}; to {found.use}; "
            f"to make {kind.name}: {kind.command}"
        )
    try:
        reader = formats[manifest["format"]]
    except KeyError:
        raise ModelError(
            f"{folder} has format {manifest['format']!r}, this Tenor reads "
            f"{', '.join(map(str, formats))}; upgrade Tenor to read it"
        ) from None
    files = {
        name: _verified(folder / name, digest, mapped=mapped) for name, digest in manifest["files"].items()
    }
    if manifest["seal"] != _seal(manifest):
        raise ModelError(f"{folder / MANIFEST} was changed after it was written; take the original folder")
    try:
        return reader(files)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, ConfigError) as error:
        raise ModelError(f"{folder} cannot be read as a model ({error}); take the original folder") from error


def find(path: Path, wanted: Kind = CLASSIFIER) -> Path:
    """Return the folder of something at rest that `path` is or, being a run folder, holds.

    Raises:
        ModelError: there is none; it says which command makes what is wanted.
    """
    with _reading(path):  # which a locked folder and a text in place of a path cannot be
        for folder in (path, path / "model"):
            if (folder / MANIFEST).is_file():
                return folder
        exists, is_folder = path.exists(), path.is_dir()
    what = "has no model in it" if is_folder else "is not a folder" if exists else "does not exist"
    raise ModelError(f"{path} {what}; a model or run folder comes from: {wanted.command}")


def kind_of(path: Path, wanted: Kind = CLASSIFIER) -> Kind:
    """Return what the folder at `path`, or the `model` folder of a run there, holds.

    Raises:
        ModelError: there is none, or its manifest is damaged.
    """
    return _kind(_read_manifest(find(path, wanted)))


def manifest(path: Path) -> dict[str, Any]:
    """Return format, version of Tenor and hashes of the folder that `path` is or holds, as it says.

    Raises:
        ModelError: no model there, or a damaged manifest. Only `read` verifies the files.
    """
    return _read_manifest(find(path))


def to_bytes(values: object) -> bytes:
    """Return values as the JSON of a folder's files."""
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False).encode()


def tensors(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return arrays as a safetensors file."""
    from safetensors.numpy import save

    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def digest(described: object, arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of JSON-ready values and of arrays with their names, types and shapes."""
    found = hashlib.sha256(to_bytes(described))
    for name, array in sorted(arrays.items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def _kind(manifest: Mapping[str, Any]) -> Kind:
    return next((kind for kind in KINDS if kind.file in manifest["files"]), CLASSIFIER)


def _manifest(number: int, files: Mapping[str, bytes]) -> bytes:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest: dict[str, Any] = {"format": number, "tenor": __version__, "files": digests}
    return to_bytes({**manifest, "seal": _seal(manifest)})


def _seal(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest without its seal."""
    return hashlib.sha256(to_bytes({k: v for k, v in manifest.items() if k != "seal"})).hexdigest()


def _read_manifest(folder: Path) -> dict[str, Any]:
    content = _bytes(folder / MANIFEST)
    try:
        manifest = json.loads(content)
        if not isinstance(manifest["files"], dict) or to_bytes(manifest) != content:
            raise ValueError
        _ = manifest["format"], manifest["seal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelError(f"{folder / MANIFEST} is damaged or was changed; take the original folder") from None
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
