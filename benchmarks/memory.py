"""Peak memory of predicting a million short rows from a file to a file, beside a tenth of them.

    python benchmarks/memory.py [--rows 1000000]

The model is a small one trained on `movies`; the prediction is `tenor predict` in a process of its own,
whose peak resident memory is read from its exit record.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import record

WORDS = ("a", "dull", "bright", "film", "phone", "not", "at", "all", "good", "bad", "but", "slow", "end")


def write_rows(path: Path, rows: int) -> None:
    """Write so many short rows."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        for row in range(rows):
            words = (WORDS[(row * step) % len(WORDS)] for step in (1, 3, 5, 7, 11))
            writer.writerow((row, " ".join(words)))


def tenor(*arguments: str) -> tuple[float, float]:
    """Run a command; return seconds and peak resident MiB."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "tenor", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"tenor {' '.join(arguments)} ended with {status}")
    return time.perf_counter() - start, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Measure, print, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = folder / "run"
        tenor("train", "movies", "--epochs", "1", "--out", str(model), "--quiet")
        found = []
        for count in (rows // 10, rows):
            source, target = folder / f"{count}.csv", folder / f"{count}.out.csv"
            write_rows(source, count)
            seconds, peak = tenor("predict", str(model), "--input", str(source), "--output", str(target))
            with target.open() as file:
                written = sum(1 for _ in file) - 1
            if written != count:
                sys.exit(f"{written} rows came out of {count}")
            found.append(
                {"rows": count, "seconds": seconds, "rows_per_second": count / seconds, "peak_mib": peak}
            )
            print(
                f"{count:>9,} rows  {seconds:7.1f} s  {count / seconds:9,.0f} rows/s  peak {peak:6,.0f} MiB"
            )
    record.write("memory", found)


if __name__ == "__main__":
    main()
