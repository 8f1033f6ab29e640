"""wrk (https://github.com/wg/wrk), a load generator in C: clients that ask as soon as they are answered."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).resolve().with_suffix(".lua")
_LONGEST = 20  # seconds until a request counts as unanswered; wrk reserves memory for every microsecond of it


def check() -> str:
    """Return the version of wrk, or end with a plain message where there is none."""
    if shutil.which("wrk") is None:
        sys.exit("skipped: there is no wrk; install it, on Debian and Ubuntu with: apt-get install wrk")
    said = subprocess.run(["wrk", "--version"], check=False, capture_output=True, text=True)  # it ends with 1
    return said.stdout.split()[1]


def reading(url: str, bodies: Path, *, clients: int, seconds: int) -> dict[str, Any]:
    """Ask each of the bodies in turn, one JSON value a line, for so many seconds; return how it went."""
    before = _processor_seconds()
    ended = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s",
         "--timeout", f"{_LONGEST}s", "--script", str(_SCRIPT), url, "--", str(bodies)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    right = found["requests"] - found["failed"]
    return {
        **found,
        "texts_per_second": right / found["seconds"],
        "generator_cores": (_processor_seconds() - before) / found["seconds"],
    }


def errors(reading: Mapping[str, Any]) -> int:
    """Return the requests of a reading that were answered with an error, or not at all."""
    return int(reading["failed"] + reading["unanswered"])


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # those that have ended
    return used.ru_utime + used.ru_stime
