"""`Source`: a model as the command line names it, and the versions that lie there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tenor.errors import ConfigError, ModelError
from tenor.files import sha256
from tenor.model import find

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A version that lies somewhere, and what tells whether it was replaced."""

    path: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the versions of a model come from."""

    name: str
    path: Path

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read PATH or NAME=PATH; without a name it is that of the run, folder or file.

        Raises:
            ConfigError: a name that would not do in an address.
        """
        name, equals, path = text.partition("=")
        if equals and not Path(text).exists():
            if not _NAME.fullmatch(name):
                raise ConfigError(
                    f"{name!r} is no name for a model; names have letters, digits, dots, dashes and underscores"
                )
            return cls(name, Path(path))
        whole = Path(text).resolve()
        shown = whole.parent.name if whole.name == "model" else whole.stem if whole.is_file() else whole.name
        return cls(_NOT_IN_NAMES.sub("-", shown).strip("-._") or "model", Path(text))

    def versions(self) -> dict[str, Found] | Found:
        """Return what lies there: versions by their number, or one model that has none.

        Raises:
            ModelError: no model, or none that can be read.
        """
        if self.path.is_file():
            stat = self.path.stat()
            return Found(self.path, f"{stat.st_size}-{stat.st_mtime_ns}")
        try:
            return self._found(self.path)
        except ModelError:
            if not self.path.is_dir():
                raise
        numbered = [one for one in self.path.iterdir() if one.name.isascii() and one.name.isdigit()]
        found = {}
        for one in sorted(numbered, key=lambda path: int(path.name)):
            try:
                found[one.name] = self._found(one)
            except ModelError:
                continue  # one that is not whole yet
        return found or self._found(self.path)

    @staticmethod
    def _found(path: Path) -> Found:
        return Found(path, sha256(find(path) / "manifest.json"))


def parse_all(texts: Sequence[str]) -> list[Source]:
    """Read models as the command line names them; `ConfigError` for two of one name."""
    sources = [Source.parse(text) for text in texts]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"two models are called {name}; give them names of their own: NAME=PATH")
    return sources
