"""What a run was computed on, and how much memory it took."""

import os
import platform
import resource
import sys
from importlib.metadata import PackageNotFoundError, version

from tenor import __version__
from tenor.kernels.parallel import available_cores

_LIBRARIES = ("torch", "numpy", "numba", "scikit-learn", "tokenizers", "transformers", "pyarrow")


def peak_memory_mib() -> float:
    """Return the peak resident memory of this process, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def environment() -> dict[str, object]:
    """Return versions, processor and cores as JSON-ready values; nothing that names the machine."""
    return {
        "tenor": __version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": _processor(),
        "cores": available_cores(),
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """Return the processor's name as the system has it."""
    if os.path.exists("/proc/cpuinfo"):  # noqa: PTH110
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
