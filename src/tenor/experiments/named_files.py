"""`files_of`: the files a configuration names whose content decides what training starts with, by their hash.

Word vectors, the weights of a pretrained encoder and texts without labels are named by a path, under which
other content may lie tomorrow. What `transfer.source` and `distillation.teacher` name has its digest in the
configuration itself.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from tenor.config.network import NetworkConfig
from tenor.config.text import TextConfig
from tenor.config.unlabelled import UnlabelledConfig
from tenor.errors import DataError


def files_of(
    text: TextConfig, network: NetworkConfig, unlabelled: UnlabelledConfig | None = None
) -> dict[str, str]:
    """Return setting and name of each file -> SHA-256; nothing for a network that starts at random.

    Raises:
        DataError: a file cannot be read.
        ModelError: a pretrained encoder has no weights.
    """
    named: list[tuple[str, Path]] = []
    if text.vectors is not None:
        named.append(("text.vectors", Path(text.vectors)))
    if network.encoder == "pretrained" and network.pretrained.folder is not None:
        from tenor.nn.pretrained import weight_files
        from tenor.text.pretrained import existing

        folder = existing(network.pretrained.folder)
        named += (("network.pretrained.folder", file) for file in weight_files(folder))
    if unlabelled is not None:
        # Folders, corpora and data sets of the hub have no file of their own; a run compares their texts.
        files = (Path(source) for source in unlabelled.sources)
        named += (("unlabelled.sources", file) for file in files if file.is_file())
    return {f"{setting} {file.name}": _digest(file) for setting, file in named}


def _digest(file: Path) -> str:
    try:
        found = file.stat()
        return _digest_of(file, found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror})") from error


@lru_cache(maxsize=64)
def _digest_of(file: Path, size: int, changed: int) -> str:
    """Read a file once as long as size and time of its last change stay: a comparison asks for every cell."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
