"""Files that are either whole or absent: written under a temporary name, synced, then renamed."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from tenor.errors import StorageError

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a refused write under `path` into one clear `StorageError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise StorageError(
                f"no space left while writing {path}; nothing half-written was kept: "
                "free some space, or choose another place"
            ) from error
        if isinstance(error, PermissionError | IsADirectoryError | NotADirectoryError | FileExistsError) or (
            error.errno == errno.EROFS
        ):
            raise StorageError(
                f"{path} cannot be written ({error.strerror}); choose another place"
            ) from error
        raise


def sync(path: Path) -> None:
    """Flush a file or folder to the disk itself, so that a rename after it cannot outrun its bytes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it is synced and renamed to `path`, else removed."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_name(path)
        try:
            temporary.touch(exist_ok=False)  # inside: a Ctrl-C right after it finds the file removed as well
            yield temporary
            sync(temporary)
            temporary.replace(path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; on success it takes the place of `path`, else it is removed.

    A folder cannot be replaced in one step: an older one is moved aside first and removed last, and comes
    back when the new one cannot take its place.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _temporary_name(path)
        aside = temporary.with_name(temporary.name + ".old")
        try:
            temporary.mkdir()
            yield temporary
            for file in temporary.rglob("*"):
                sync(file)
            if path.exists():
                path.rename(aside)
            try:
                temporary.rename(path)
            except OSError:
                if aside.exists():
                    aside.rename(path)
                raise
            sync(path.parent)
            shutil.rmtree(aside, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _temporary_name(path: Path) -> Path:
    """Return a hidden name that nobody else has, in the same folder, so that a rename is atomic."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")
