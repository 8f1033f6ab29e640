"""The command line run in this process, and a file of reviews that a tiny network learns in a blink."""

import contextlib
import csv
import io
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenor.cli.main import run

GOOD, BAD = ("great", "lovely", "superb"), ("awful", "dull", "weak")

# A network of a few hundred numbers, on one thread, in the precision that is the same everywhere.
SMALL = [
    *("--tokenizer", "words", "--set", "text.min_count=1"),
    *("--set", "network.embedding_size=6", "--set", "network.recurrent.hidden_size=6"),
    *("--set", "training.threads=1", "--set", "training.precision=float32"),
    *("--set", "training.learning_rate=0.05", "--set", "training.patience=null"),
    *("--set", "evaluation.resamples=100"),
]


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line an error is said in."""
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if line.startswith("error: ")]
        assert len(lines) == 1, self.err
        return lines[0]


def tenor(*arguments: object, stdin: str | bytes = "") -> Result:
    """Run a command line: `tenor("train", path, "--epochs", 2)`."""
    out, err = io.StringIO(), io.StringIO()
    data = stdin.encode() if isinstance(stdin, str) else stdin
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        patch.setenv("COLUMNS", "100")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run([str(argument) for argument in arguments])
    return Result(status, out.getvalue(), err.getvalue())


def start(*arguments: object, before: str = "") -> subprocess.Popen[str]:
    """Start a command line in a process of its own; `before` is Python that runs there first."""
    # A shell's background job ignores Ctrl-C and passes that on; the tests send it on purpose.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}\n{before}\nfrom tenor.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write_reviews(path: Path, count: int = 60, seed: int = 0) -> Path:
    generator = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["review", "sentiment", "place"])
        for number in range(count):
            what = generator.choice(("film", "cast", "plot"))
            how = generator.choice(GOOD if number % 2 else BAD)
            mood = "positive" if number % 2 else "negative"
            lines.writerow([f"the {what} was {how}", mood, "home" if number % 3 else "cinema"])
    return path
