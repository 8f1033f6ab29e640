"""What of a model's values may be published: no path of the machine it was made on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

from tenor.data.builtin.corpus import BUILTIN
from tenor.data.hub import PREFIX

# Settings that name files or folders.
PATHS = (
    *("data.source", "data.validation", "data.test", "data.augment.templates"),
    *("text.pretrained", "text.vectors", "network.pretrained.folder", "transfer.source"),
    *("distillation.teacher", "unlabelled.sources"),
)

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


def paths_in(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and folders that settings by dotted keys name."""
    for key in PATHS:
        value = settings.get(key)
        yield from [value] if isinstance(value, str) else value or ()


def hub_id(source: str) -> str | None:
    """Return the data set of the hub that a source is, without its configuration; else None."""
    base = source.removeprefix(PREFIX).partition(":")[0]
    known = source.startswith(PREFIX) and _HUB_ID.fullmatch(base) and not Path(base).exists()
    return base if known else None


def public_name(source: str) -> str:
    """Return what a source is called in public: a corpus as it is, a file or folder by its name alone."""
    if source in BUILTIN or hub_id(source) is not None:
        return source
    return PureWindowsPath(source.removeprefix(PREFIX)).name or "data"  # its rules know both separators


class Public:
    """Takes the paths of some files and folders out of values, and leaves their names."""

    def __init__(self, paths: Iterable[str]) -> None:
        found = {path: public_name(path) for path in paths}
        found.update({path.rstrip("/\\"): name for path, name in found.items()})
        self._names = {path: name for path, name in found.items() if path and path != name}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._private = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def of(self, value: Any) -> Any:
        """Return JSON-ready values with every such path in any of their texts replaced."""
        if isinstance(value, str):
            return self._private.sub(lambda path: self._names[path[0]], value)
        if isinstance(value, Mapping):
            return {key: self.of(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(one) for one in value]
        return value
