"""fastText in a virtual environment of its own: its package needs an older NumPy than Tenor uses."""

import subprocess
import sys
from functools import cache

import record

FOLDER = record.ROOT / "benchmarks" / ".venv-fasttext"
_PACKAGES = ("fasttext-wheel", "numpy<2", "pyarrow<22")  # newer pyarrow wants NumPy 2


@cache
def python() -> str | None:
    """Return the environment's interpreter, made if need be; None, after saying why, where it cannot be."""
    interpreter = FOLDER / "bin" / "python"
    if _works(str(interpreter)):
        return str(interpreter)
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(FOLDER)],
        [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PACKAGES],
    ]
    for step in steps:
        ended = subprocess.run(step, check=False, capture_output=True, text=True)
        if ended.returncode:
            lines = ended.stderr.strip().splitlines() or ["no reason given"]
            print(f"fastText is left out: its package cannot be installed ({lines[-1]})")
            return None
    if not _works(str(interpreter)):
        print("fastText is left out: its package was installed but cannot be imported")
        return None
    return str(interpreter)


def _works(interpreter: str) -> bool:
    try:
        return not subprocess.run(
            [interpreter, "-c", "import fasttext, pyarrow.parquet"], check=False, capture_output=True
        ).returncode
    except OSError:
        return False
