"""Readings side by side: contestants in turn (A B C A B C ...), each in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self, TypeVar

import record

T = TypeVar("T")

BENCHMARKS = Path(__file__).resolve().parent


def interleaved(contestants: Mapping[str, Callable[[int], T]], readings: int) -> dict[str, list[T]]:
    """Call every contestant with the number of the reading, in turn, `readings` times."""
    found: dict[str, list[T]] = {name: [] for name in contestants}
    for number in range(readings):
        for name, contestant in contestants.items():
            found[name].append(contestant(number))
    return found


def medians(readings: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the median of every number that the readings hold."""
    return {
        key: median(reading[key] for reading in readings)
        for key, value in readings[0].items()
        if isinstance(value, int | float)
    }


@dataclass(frozen=True)
class Ended:
    """A process that ended well."""

    seconds: float  # from its start to its end
    peak_mib: float  # resident
    output: str

    @property
    def json(self) -> dict[str, Any]:
        """The last line of the output, read as JSON."""
        found: dict[str, Any] = json.loads(self.output.strip().splitlines()[-1])
        return found


def process(command: Sequence[str]) -> Ended:
    """Run a command to its end, or stop the benchmark if it fails."""
    with tempfile.TemporaryDirectory() as name:
        output, report = Path(name) / "output", Path(name) / "report.json"
        launcher = [sys.executable, "-I", "-S", str(BENCHMARKS / "launcher.py"), str(report)]
        with output.open("wb") as file:
            subprocess.run([*launcher, *command], check=True, stdout=file, env=environment())
        found = json.loads(report.read_text())
        if found["status"]:
            sys.exit(f"{' '.join(command)} ended with {found['status']}")
        return Ended(found["seconds"], found["peak_mib"], output.read_text("utf-8"))


def tenor(*arguments: str) -> Ended:
    """Run a command of Tenor."""
    return process([sys.executable, "-m", "tenor", *arguments])


class Worker:
    """A process that stays: it sets itself up, says so, and answers one request after another in JSON.

    What one contestant does to its process (threads, flags, caches) cannot reach another.
    """

    def __init__(self, module: str, *arguments: str, python: str = sys.executable) -> None:
        self._process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._name = " ".join((module, *arguments))
        self.ready = self._answer()  # what it says of itself

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request, wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def asking(self, requests: Sequence[Mapping[str, Any]]) -> Callable[[int], dict[str, Any]]:
        """Return what puts the request of that number."""
        return lambda number: self.ask(requests[number])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # a library may print lines of its own
                found: dict[str, Any] = json.loads(line)
                return found
        sys.exit(f"{self._name} ended with {self._process.wait()} before it answered")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes its input, which ends it


def answers(
    workers: Mapping[str, Callable[[], Worker]], requests: Sequence[Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Start every worker, put the requests to all of them in turn, end them; return the answers."""
    with ExitStack() as stack:
        started = {name: stack.enter_context(make()) for name, make in workers.items()}
        return interleaved({name: worker.asking(requests) for name, worker in started.items()}, len(requests))


def resident(process: int | str = "self") -> int | None:
    """Return the bytes of memory that a process has, this one or another, where the system tells."""
    statm = Path("/proc") / str(process) / "statm"
    if not statm.is_file():
        return None
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def environment() -> dict[str, str]:
    """Return the environment as it is, with the benchmarks and Tenor importable."""
    paths = [str(BENCHMARKS), str(record.ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
