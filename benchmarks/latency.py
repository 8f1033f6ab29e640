"""`tenor predict MODEL "text"` as a whole process, beside what importing torch alone takes.

    python benchmarks/latency.py        about a minute, after accuracy_and_wall.py

Processes run in turn; each is timed from its start to its end. The fast model is the one of
accuracy_and_wall.py; an LSTM and a GRU are trained for an epoch on the built-in reviews.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import accuracy_and_wall
import measure
import record

TEXT = "Not a single scene in this film is dull, and the end is a delight."


def commands(models: Mapping[str, Path]) -> dict[str, Callable[[int], float]]:
    """Return what to time, each in seconds."""

    def python(code: str) -> Callable[[int], float]:
        return lambda _: measure.process([sys.executable, "-c", code]).seconds

    def predict(model: Path) -> Callable[[int], float]:
        return lambda _: measure.tenor("predict", str(model), TEXT).seconds

    found = {"python alone": python("pass"), "import torch": python("import torch")}
    found |= {f"tenor predict, {name}": predict(path) for name, path in models.items()}
    return found


def trained(folder: Path, name: str, *, seed: int = 0) -> Path:
    """Train a model of that name for an epoch on the built-in reviews."""
    out = folder / f"{name}-{seed}"
    measure.tenor(
        "train", "movies", "--model", name, "--epochs", "1", "--seed", str(seed), "--out", str(out), "--quiet"
    )
    return out


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__, readings=9).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fast = trained(folder, record.MINGRU) if options.quick else accuracy_and_wall.model()
        models = {"fast model": fast}
        models |= {cell: trained(folder, f"bi{cell.lower()}-mean-max") for cell in ("LSTM", "GRU")}
        timed = commands(models)
        for command in timed.values():
            command(0)  # files into memory, compiled code into its cache
        each = measure.interleaved(timed, 2 if options.quick else options.readings)
    found: dict[str, Any] = {what: {"seconds": median(times), "each": times} for what, times in each.items()}
    for what, values in found.items():
        times = "  ".join(f"{seconds:.2f}" for seconds in values["each"])
        print(f"{what:28}{values['seconds']:7.2f} s   each: {times}")
    record.write("latency", found, record.target(options))


if __name__ == "__main__":
    main()
