"""Virtual environments of their own, for peers whose packages are not among Tenor's."""

import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import record


@dataclass(frozen=True)
class Environment:
    """What a peer needs, and where it lies once it is installed."""

    title: str
    folder: Path
    packages: tuple[str, ...]  # arguments of pip install
    imports: str  # what must be importable

    @cache  # noqa: B019 - there are two, and they last as long as the process
    def python(self, *, install: bool = True) -> str | None:
        """Return the interpreter, made if need be; None, after saying why, where it cannot be."""
        interpreter = str(self.folder / "bin" / "python")
        if self._works(interpreter):
            return interpreter
        if not install:
            print(f"{self.title} is left out: it is not installed, and --quick installs nothing")
            return None
        for step in (
            [sys.executable, "-m", "venv", "--clear", str(self.folder)],
            [interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages],
        ):
            ended = subprocess.run(step, check=False, capture_output=True, text=True)
            if ended.returncode:
                lines = ended.stderr.strip().splitlines() or ["no reason given"]
                print(f"{self.title} is left out: its package cannot be installed ({lines[-1]})")
                return None
        if not self._works(interpreter):
            print(f"{self.title} is left out: its package was installed but cannot be imported")
            return None
        return interpreter

    def _works(self, interpreter: str) -> bool:
        try:
            return not subprocess.run(
                [interpreter, "-c", f"import {self.imports}"], check=False, capture_output=True
            ).returncode
        except OSError:
            return False


def _core() -> list[str]:
    """Return what Tenor itself needs, as pyproject.toml has it."""
    project = tomllib.loads((record.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["dependencies"])


FASTTEXT = Environment(
    "fastText",
    record.ROOT / "benchmarks" / ".venv-fasttext",
    ("fasttext-wheel", "numpy<2", "pyarrow<22"),  # its package needs NumPy 1, and newer pyarrow wants NumPy 2
    "fasttext, pyarrow.parquet",
)

LITSERVE_VERSION = "0.2.19"
# With the torch and all other packages that Tenor is tested with; Tenor itself is found by PYTHONPATH.
LITSERVE = Environment(
    "LitServe",
    record.ROOT / "runs" / ".venv-litserve",
    (
        "--constraint",
        str(record.ROOT / "constraints.txt"),
        f"litserve=={LITSERVE_VERSION}",
        "torch",
        *_core(),
    ),
    "litserve, torch, numba",
)
