"""Files are whole or absent."""

import errno
import os
from pathlib import Path

import pytest

from tenor.errors import StorageError
from tenor.files import atomic_file, atomic_folder, sha256


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.txt"
    with atomic_file(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(target.parent) == {"file.txt"}


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), atomic_file(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    assert names(tmp_path) == {"file.txt"}


def test_file_has_ordinary_permissions(tmp_path: Path) -> None:
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.write_text("")
    with atomic_file(atomic):
        pass
    assert atomic.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_one_line(tmp_path: Path, code: int) -> None:
    target = tmp_path / "file.txt"
    with pytest.raises(StorageError, match="no space left") as caught, atomic_file(target):
        raise OSError(code, os.strerror(code))
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == set()


def test_other_faults_are_not_called_full_disks(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output"), atomic_file(tmp_path / "file.txt"):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_parent_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"), atomic_file(tmp_path / "file" / "inner"):
        pass


def test_folder_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for content in ("one", "two"):
        with atomic_folder(target) as temporary:
            (temporary / content).write_text(content)
    assert names(target) == {"two"}
    assert names(tmp_path) == {"model"}


def test_failed_folder_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with atomic_folder(target) as temporary:
        (temporary / "one").write_text("1")
    with pytest.raises(StorageError), atomic_folder(target) as temporary:
        raise OSError(errno.ENOSPC, "full")
    assert names(target) == {"one"}
    assert names(tmp_path) == {"model"}


def test_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model"
    with atomic_folder(target) as temporary:
        (temporary / "one").write_text("1")
    rename = Path.rename

    def refuses(self: Path, to: Path) -> Path:
        if to == target and not self.name.endswith(".old"):
            raise OSError(errno.ENOSPC, "full")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refuses)
    with pytest.raises(StorageError), atomic_folder(target):
        pass
    assert names(target) == {"one"}


def test_sha256_of_known_bytes(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert sha256(tmp_path / "empty").startswith("e3b0c442")
