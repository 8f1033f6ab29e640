"""What `tenor info` says with nothing to describe: what is installed, and what there is to choose from."""

import importlib.metadata
import os
import platform
from typing import get_args

from tenor import __version__
from tenor.cli.console import Terminal
from tenor.config.load import recipes
from tenor.config.network import HAS_DIRECTIONS, PoolingName

_LIBRARIES = (
    *("torch", "numpy", "pyarrow", "tokenizers", "scikit-learn", "matplotlib"),
    *("datasets", "transformers"),
)


def show_installed(terminal: Terminal, *, json: bool) -> None:
    """Print versions, cores, and the names of what there is to choose from."""
    from tenor.data.builtin.corpus import BUILTIN

    versions = {library: _version(library) for library in _LIBRARIES}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    chosen = {
        "built-in data": list(BUILTIN),
        "encoders": list(HAS_DIRECTIONS),
        "poolings": list(get_args(PoolingName)),
        "recipes": list(recipes()),
    }
    if json:
        terminal.json(
            {
                "tenor": __version__,
                "python": platform.python_version(),
                "libraries": versions,
                "cores": cores,
                **{name.replace("-", "_").replace(" ", "_"): values for name, values in chosen.items()},
            }
        )
        return
    shown = {
        "tenor": __version__,
        "python": platform.python_version(),
        **{library: version or "not installed" for library, version in versions.items()},
        "cores": str(cores),
        **{name: ", ".join(values) for name, values in chosen.items()},
    }
    from tenor.report.tables import facts

    terminal.show(facts(shown))


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None
