"""Peak memory: predicting a million short rows from file to file, and training on the whole of IMDb.

    python benchmarks/memory.py        about 3 minutes

Each command is a process of its own, whose peak resident memory is read from its exit record. Rows are
predicted by the default network after one epoch on `movies`, then by the fast recipe after one on the
training rows of IMDb, each time a tenth of the rows first.
"""

import argparse
import csv
import sys
import tempfile
from pathlib import Path
from typing import Any

import accuracy_and_wall
import measure
import record
import texts

from tenor.config.load import recipes

WORDS = ("a", "dull", "bright", "film", "phone", "not", "at", "all", "good", "bad", "but", "slow", "end")


def write_rows(path: Path, rows: int) -> None:
    """Write so many short rows."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "text"))
        for row in range(rows):
            words = (WORDS[(row * step) % len(WORDS)] for step in (1, 3, 5, 7, 11))
            writer.writerow((row, " ".join(words)))


def predicting(model: Path, rows: int, folder: Path) -> list[dict[str, Any]]:
    """Predict a tenth of the rows, then all; return what each took."""
    found = []
    for count in (rows // 10, rows):
        source, target = folder / f"{count}.csv", folder / f"{count}.out.csv"
        if not source.is_file():
            write_rows(source, count)
        ended = measure.tenor(
            "predict", str(model), "--input", str(source), "--output", str(target), "--force"
        )
        with target.open() as file:
            written = sum(1 for _ in file) - 1
        if written != count:
            sys.exit(f"{written} rows came out of {count}")
        found.append(
            {
                "rows": count,
                "seconds": ended.seconds,
                "rows_per_second": count / ended.seconds,
                "peak_mib": ended.peak_mib,
            }
        )
        print(f"{count:>9,} rows  {ended.seconds:7.1f} s  {count / ended.seconds:9,.0f} rows/s  "
              f"peak {ended.peak_mib:6,.0f} MiB")  # fmt: skip
    return found


def training(recipe: str, data: Path, out: Path) -> dict[str, Any]:
    """Train an epoch of a recipe on IMDb; return what it took."""
    ended = measure.tenor(
        "train", str(data), "--group-by", "imdb_id", "--config", recipe, "--set", "training.epochs=1",
        "--out", str(out), "--quiet",
    )  # fmt: skip
    print(f"training {recipe}: {ended.seconds:.1f} s, peak {ended.peak_mib:,.0f} MiB")
    return {"recipe": recipe, "seconds": ended.seconds, "peak_mib": ended.peak_mib}


def main() -> None:
    """Measure, print, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="default: 1,000,000")
    options: argparse.Namespace = parser.parse_args()
    rows = 2000 if options.quick else options.rows
    out = record.target(options)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure.tenor(
            "train", "movies", "--config", "short", "--epochs", "1", "--out", str(folder / "run"), "--quiet"
        )
        record.write("memory", predicting(folder / "run", rows, folder), out)
        recipe = "chapter" if options.quick and record.RECIPE not in recipes() else record.RECIPE
        accuracy_and_wall.check_recipe(recipe)
        with texts.folder(quick=options.quick) as data:
            trained = training(recipe, data / "train.parquet", folder / "trained")
        record.write("memory-training", trained, out)
        record.write("memory-fast", predicting(folder / "trained", rows, folder), out)


if __name__ == "__main__":
    main()
