"""The cache on disk saves time and is never needed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tenor.kernels.compiled import compiled

INNER = """
from tenor.kernels.compiled import compiled

@compiled
def step(x):
    return x + 1
"""
OUTER = """
from inner import step
from tenor.kernels.compiled import compiled

@compiled
def twice(x):
    return step(step(x))

if __name__ == "__main__":
    print(twice(1), sum(twice.stats.cache_hits.values()))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two modules; one calls a compiled function of the other."""
    (tmp_path / "inner.py").write_text(INNER)
    (tmp_path / "outer.py").write_text(OUTER)
    return tmp_path


def run(project: Path, cache: Path) -> tuple[int, int]:
    """Return the result of `twice(1)` in a new process, and how many compiled forms came from disk."""
    places = dict.fromkeys(["NUMBA_CACHE_DIR", "HOME", "XDG_CACHE_HOME"], str(cache))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(project / "outer.py")],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=True,
    )
    result, hits = done.stdout.split()
    assert done.stderr == ""
    return int(result), int(hits)


def test_a_second_process_does_not_compile_again_until_a_file_changes(project: Path) -> None:
    cache = project / "cache"
    assert run(project, cache) == (3, 0)
    assert run(project, cache) == (3, 1)
    # Of another size: within a second Python itself would not notice.
    (project / "inner.py").write_text(INNER.replace("x + 1", "x + 1 + 1"))
    assert run(project, cache) == (5, 0)


def test_without_a_folder_to_write_to_it_compiles_all_the_same(project: Path) -> None:
    file = project / "file"
    file.write_text("")
    (project / "__pycache__").write_text("")
    assert run(project, file / "below") == (3, 0)


def test_a_damaged_cache_is_as_good_as_none(project: Path) -> None:
    cache = project / "cache"
    run(project, cache)
    kept = [path for path in cache.rglob("*") if path.suffix in (".nbi", ".nbc")]
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    assert run(project, cache) == (3, 0)


def test_a_folder_that_is_lost_on_the_way_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("disk full")

    @compiled
    def half(x: float) -> float:
        return x / 2

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", refuse)
    assert half(3.0) == 1.5


def test_options_reach_the_compiler_and_every_function_releases_the_lock() -> None:
    @compiled(fastmath=True)
    def total(values: np.ndarray) -> float:
        result = 0.0
        for value in values:
            result += value
        return result

    assert total(np.ones(3)) == 3
    assert total.targetoptions["fastmath"] is True
    assert total.targetoptions["nogil"] is True
