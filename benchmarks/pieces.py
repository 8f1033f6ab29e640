"""Long studies cut into pieces that are done once, and kept, each in a file of its own.

What a study trains is one piece a training. A piece is known by its name and by everything that decided it
(settings, data, seed); a stored one that other things decided is done anew. `--piece` ends a call after so
many minutes, between trainings or within one, and the same command goes on.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import record

from tenor.experiments.watching import SilentWatcher
from tenor.files import atomic_file
from tenor.training.checkpoint import Progress

Figures = dict[str, Any]  # JSON-ready
KEPT = record.RESULTS / "pieces"  # small files, meant to be committed as soon as they are there


class Enough(Exception):  # noqa: N818 - a decision, not a fault
    """The time of this call is used up."""


@dataclass(frozen=True)
class Clock:
    """The time of one call of a script."""

    end: float = float("inf")  # as time.monotonic has it

    @classmethod
    def of(cls, minutes: float | None) -> "Clock":
        """Start a clock; None: without an end."""
        return cls() if minutes is None else cls(time.monotonic() + 60 * minutes)

    def refuse_more(self) -> None:
        """Raise `Enough` when the time is used up."""
        if time.monotonic() > self.end:
            raise Enough


class Ending(SilentWatcher):
    """Ends a training when the time is used up; a run folder keeps its last checkpoint."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def step(self, progress: Progress) -> None:
        """Look at the clock."""
        self._clock.refuse_more()


@dataclass(frozen=True)
class Pieces:
    """The pieces of a study, and where they are kept."""

    folder: Path
    clock: Clock = Clock()

    def once(self, name: str, decides: object, measure: Callable[[], Figures]) -> Figures:
        """Return stored figures that the same things decided, or measure and store them.

        `decides` is JSON-ready. What `measure` returns is kept with the seconds it took.
        """
        key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        file = self.folder / f"{name}-{key[:8]}.json"
        if file.is_file():
            stored: Figures = json.loads(file.read_text("utf-8"))
            if stored["key"] == key:
                return stored
        self.clock.refuse_more()
        start = time.monotonic()
        found = measure()
        seconds = time.monotonic() - start
        self.folder.mkdir(parents=True, exist_ok=True)
        made = {**found, "seconds": seconds, "key": key}
        with atomic_file(file) as temporary:
            temporary.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
        print(f"{name:60} {seconds:7.0f} s", flush=True)
        return made


def parser(description: str | None, *, tests: bool = True) -> argparse.ArgumentParser:
    """Return a parser with the options of every study; `tests`: whether it reads a test split at all."""
    made = record.parser(description)
    made.add_argument("--piece", type=float, metavar="MINUTES", help="end after so many; again to go on")
    made.add_argument(
        "--runs", type=Path, metavar="FOLDER", help="of the pieces; default: in benchmarks/results/pieces"
    )
    if tests:
        made.add_argument(
            "--choose", action="store_true", help="validation data alone, to choose by; no test split is read"
        )
    return made


def opened(options: argparse.Namespace, study: str) -> Pieces:
    """Return the pieces of a study as the options say; --quick keeps apart from what counts."""
    folder = options.runs or (record.RUNS / "quick" if options.quick else KEPT)
    return Pieces(folder / study, Clock.of(options.piece))


def run(study: Callable[[], None]) -> None:
    """Do what there is time for."""
    try:
        study()
    except Enough:
        sys.exit("time is up; what is done is kept, and the same command goes on")
