"""Tenor as its users have it: a wheel, installed beside what the wheel asks for and nothing else.

No package index is needed: what the wheel asks for is in this environment, too, and the new one links to it.
A distribution that is missing in the wheel's requirements, or in theirs, is missing there.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_MADE = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", "*.pyc", ".*")


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder` that holds Tenor and what it needs."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        names = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", names))

    def run(
        self, program: str, *arguments: object, folder: Path, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its programs in `folder`, as a user would who has nothing else."""
        return subprocess.run(
            [self.folder / "bin" / program, *map(str, arguments)],
            cwd=folder,
            env=self.variables(folder),
            check=check,
            capture_output=True,
            text=True,
        )

    def variables(self, home: Path) -> dict[str, str]:
        """Return the environment variables its programs get: none that leads back to this checkout."""
        return {"PATH": f"{self.folder / 'bin'}:{os.defpath}", "HOME": str(home), "COLUMNS": "100"}


def copy_of_sources(folder: Path) -> Path:
    """Copy what a checkout holds, without what was built in it, so that building starts clean."""
    for name in ("src", "tests", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=_MADE)
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, folder)
    return folder


def source_distribution(sources: Path, folder: Path) -> Path:
    """Build the source distribution of `sources`, as `python -m build --sdist` does."""
    code = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    _quietly([sys.executable, "-c", code, folder], folder=sources)
    (made,) = folder.glob("*.tar.gz")
    return made


def wheel(of: Path, folder: Path) -> Path:
    """Build a wheel of a source distribution or a folder of sources."""
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder)
    _quietly([sys.executable, "-m", "pip", "wheel", *options, of], folder=folder)
    (made,) = folder.glob("*.whl")
    return made


def metadata(of: Path) -> Message:
    """Return the metadata of a wheel."""
    with ZipFile(of) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def environment(folder: Path, of: Path, extras: Iterable[str] = ()) -> Environment:
    """Make a virtual environment with a wheel, some of its extras, and nothing else; not even pip."""
    venv.create(folder, symlinks=True, with_pip=False)
    made = Environment(folder)
    for found in required(metadata(of).get_all("Requires-Dist") or [], extras).values():
        _link(found, made.packages)
    options = ("--no-deps", "--no-index", "--no-compile")
    _quietly([sys.executable, "-m", "pip", "--python", made.python, "install", *options, of], folder=folder)
    return made


def required(lines: Iterable[str], extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """Return the distributions that requirements ask for, and those that these ask for, by name."""
    found: dict[str, Distribution] = {}
    asked = {(line, extra) for line in lines for extra in ("", *extras)}
    answered = set()
    while asked:
        answered.add(question := asked.pop())
        line, extra = question
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        one = distribution(requirement.name)
        assert requirement.specifier.contains(one.version, prereleases=True), (line, one.version)
        found[canonicalize_name(requirement.name)] = one
        further = {(more, extra) for more in one.requires or () for extra in ("", *requirement.extras)}
        asked |= further - answered
    return found


def _link(of: Distribution, folder: Path) -> None:
    """Put a distribution's folders and modules into another environment's packages, without copying."""
    for top in {file.parts[0] for file in of.files or ()} - {"..", "__pycache__"}:
        if not (folder / top).exists():
            (folder / top).symlink_to(Path(str(of.locate_file(top))).absolute())


def _quietly(command: list[object], folder: Path) -> None:
    ended = subprocess.run(
        list(map(str, command)), cwd=folder, check=False, capture_output=True, text=True, env=_without_paths()
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def _without_paths() -> dict[str, str]:
    """Return the environment variables without PYTHONPATH, by which a checkout could be seen."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
