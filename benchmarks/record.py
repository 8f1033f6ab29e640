"""What every benchmark writes beside its figures: machine, versions, time; where results and data lie."""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
RUNS = ROOT / "runs" / "benchmark"

# The recipe that the tables on IMDb are about, and the network that its speed is measured with.
RECIPE = "fast"
MINGRU = "bimingru-mean-max"

_PACKAGES = ("tenor", "torch", "numpy", "numba", "scikit-learn", "tokenizers", "pyarrow", "onnxruntime")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment() -> dict[str, Any]:
    """Return machine and versions."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": list(os.getloadavg()) if hasattr(os, "getloadavg") else None,  # 1, 5, 15 minutes
        "threads": {name: os.environ.get(name) for name in _THREADS},  # None: each library's own choice
        "versions": {name: _version(name) for name in _PACKAGES},
    }


def parser(description: str | None, *, readings: int | None = None) -> argparse.ArgumentParser:
    """Return a parser with the options of every benchmark: --quick, --out and perhaps --readings."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--quick", action="store_true", help="tiny sizes, to see that it runs; its figures mean nothing"
    )
    made.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="where the JSON goes; default: benchmarks/results, and nowhere with --quick",
    )
    if readings is not None:
        made.add_argument("--readings", type=_positive, default=readings, help=f"default: {readings}")
    return made


def target(options: argparse.Namespace) -> Path | None:
    """Return the folder that results go to, or None where they are only printed."""
    if options.out is not None:
        return Path(options.out)
    return None if options.quick else RESULTS


def write(name: str, figures: object, folder: Path | None = RESULTS) -> None:
    """Write NAME.json into `folder`; None: nowhere."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    values = {"environment": environment(), "figures": figures}
    (folder / f"{name}.json").write_text(json.dumps(values, indent=1) + "\n")


def data_folder() -> Path:
    """Return the folder of real data, or end with a plain message where there is none."""
    folder = Path(os.environ.get("TENOR_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        sys.exit(f"skipped: no folder of real data at {folder}; name one in TENOR_DATA")
    return folder


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one is needed")
    return number


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
