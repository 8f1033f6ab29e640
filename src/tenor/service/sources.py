"""`Source`: a model as the command line names it, and the versions that lie there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tenor.errors import ConfigError, ModelError
from tenor.files import sha256
from tenor.folder import find

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A version that lies somewhere."""

    path: Path
    fingerprint: str  # of its content: another one is another model
    state: tuple[tuple[str, int, int], ...] = ()  # names, sizes and times of its files: whether they changed

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return the version at a path: a model or run folder, or an exported file with its JSON.

        Raises:
            ModelError: there is no model.
        """
        if path.is_file():
            state = _state((path, path.with_suffix(".json")))
            return cls(path, repr(state), state)
        folder = find(path)
        return cls(path, sha256(folder / "manifest.json"), _state(folder.iterdir()))


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
                raise ConfigError(f"{name!r} is no name for a model; it has letters, digits and any of . _ -")
            return cls(name, Path(path))
        whole = Path(text).resolve()
        shown = whole.parent.name if whole.name == "model" else whole.stem if whole.is_file() else whole.name
        return cls(_NOT_IN_NAMES.sub("-", shown).strip("-._") or "model", Path(text))

    def versions(self) -> dict[str, Found] | Found:
        """Return what lies there: versions by their number, or one model that has none.

        Raises:
            ModelError: no model, or none that can be read.
        """
        try:
            return Found.at(self.path)
        except ModelError:
            if not self.path.is_dir():
                raise
        numbered = [one for one in self.path.iterdir() if one.name.isascii() and one.name.isdigit()]
        found = {}
        for one in sorted(numbered, key=lambda path: int(path.name)):
            try:
                found[one.name] = Found.at(one)
            except ModelError:
                continue  # one that is not whole yet
        return found or Found.at(self.path)


def _state(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    stats = {file.name: file.stat() for file in files if file.exists()}
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in sorted(stats.items()))


def parse_all(texts: Sequence[str]) -> list[Source]:
    """Read models as the command line names them; `ConfigError` for two of one name."""
    sources = [Source.parse(text) for text in texts]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"two models are called {name}; give them names of their own: NAME=PATH")
    return sources
