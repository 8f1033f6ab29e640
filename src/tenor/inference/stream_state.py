"""`Saved`: a stream at rest, as the bytes of a safetensors file. No code runs when they are read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenor.errors import ModelError
from tenor.inference.state import State
from tenor.tensors import metadata, views

_FORMAT = 1


@dataclass(frozen=True)
class Saved:
    """What a model knows of one text so far."""

    arrays: State  # of one text
    pending: str
    tokens: int
    unknown: int

    def to_bytes(self, model: str) -> bytes:
        """Return it as bytes, with the digest of its model and of itself."""
        from safetensors.numpy import save

        arrays = {name: np.ascontiguousarray(array) for name, array in self.arrays.items()}
        described: dict[str, Any] = {
            "format": _FORMAT,
            "model": model,
            "pending": self.pending,
            "tokens": self.tokens,
            "unknown": self.unknown,
        }
        # All under one name: the library writes several in no order.
        return save(arrays, {"stream": json.dumps({**described, "seal": _seal(described, arrays)})})

    @classmethod
    def of_bytes(cls, content: bytes, model: str, like: State) -> "Saved":
        """Return what `to_bytes` was given; its arrays must be such as those of `like`.

        Raises:
            ModelError: the bytes are damaged, of a newer format, or of another model.
        """
        if not isinstance(content, bytes | bytearray | memoryview):
            raise TypeError(f"a stream's state is bytes, and {type(content).__name__} was given")
        try:
            content = bytes(content)
            arrays, described = views(content), json.loads(metadata(content)["stream"])
            if described.pop("seal") != _seal(described, arrays):
                raise ValueError("its digest differs")
            version, of_model = described["format"], described["model"]
        except (ValueError, KeyError, TypeError, AttributeError, MemoryError) as error:
            raise ModelError(
                "these bytes are no stream's state, or were damaged; take Stream.state anew"
            ) from error
        if version != _FORMAT:
            raise ModelError(
                f"the stream's state has format {version!r}, this Tenor reads {_FORMAT}; "
                "upgrade Tenor to read it"
            )
        shapes = [{name: (a.dtype, a.shape) for name, a in state.items()} for state in (arrays, like)]
        if of_model != model or shapes[0] != shapes[1]:
            raise ModelError(
                "the stream's state was taken with another model; load that model, or begin the stream anew"
            )
        return cls(arrays, described["pending"], described["tokens"], described["unknown"])


def _seal(described: Mapping[str, Any], arrays: State) -> str:
    """SHA-256 of what is saved."""
    found = hashlib.sha256(json.dumps(described).encode())
    for name, array in sorted(arrays.items()):
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()
