"""The classic recipes on the data they are meant for: accuracy, time, speed and memory of each.

    python benchmarks/recipes.py                    all of them, the packed one for an hour
    python benchmarks/recipes.py session chapter    some of them
    python benchmarks/recipes.py packed --minutes 5

Each recipe is trained by `tenor train` in a process of its own, in runs/benchmark/NAME; a run that was cut
is resumed, a finished one is only read. The test split is read once, at the end of each run.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import record

import tenor

SENTENCES = ("This film is terrible", "This film is great")


def arguments(minutes: float) -> dict[str, list[str]]:
    """Return the arguments of `tenor train` for each run."""
    data = record.data_folder()
    imdb = [str(data / "imdb"), "--group-by", "imdb_id"]
    limit = ["--set", f"training.minutes={minutes}"]
    return {
        "session": ["movies", "--config", "session"],
        "session-gru": ["products", "--config", "session-gru"],
        "chapter": [*imdb, "--config", "chapter"],
        "chapter-bilstm": [*imdb, "--config", "chapter-bilstm"],
        "packed": [*imdb, "--config", "packed", *limit],
        "packed-rnn": [*imdb, "--config", "packed-rnn", *limit],
        "airline": [str(data / "airline_tweets" / "all.parquet"), "--config", "short"],
        "ag-news": [
            str(data / "ag_news" / "train_sample_10k.parquet"),
            "--test",
            str(data / "ag_news" / "test.parquet"),
            *("--config", "short"),
        ],
    }


def train(name: str, given: list[str], runs: Path = record.RUNS) -> Path:
    """Train a run, or go on with it, or find it finished; return its folder."""
    out = runs / name
    if not (out / "metrics.json").is_file():
        how = (
            ["--out", str(out), "--resume"]
            if (out / "config.yaml").is_file()
            else [*given, "--out", str(out)]
        )
        subprocess.run([sys.executable, "-m", "tenor", "train", *how], check=True)
    return out


def figures(name: str, out: Path) -> dict[str, Any]:
    """Return what is published of a run."""
    metrics = json.loads((out / "metrics.json").read_text())
    with (out / "history.csv").open() as file:
        history = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    said = [
        {"text": text, **prediction.probabilities}
        for text, prediction in zip(SENTENCES, tenor.load(out).predictions(SENTENCES), strict=True)
    ]
    return {
        "run": name,
        "test_accuracy": metrics["test"]["metrics"]["accuracy"],
        "test_macro_f1": metrics["test"]["metrics"]["macro_f1"],
        "test_rows": metrics["test"]["rows"],
        "best_validation_accuracy": max(row["validation_accuracy"] for row in history),
        "epochs": len(history),
        "best_epoch": metrics["best_epoch"],
        "training_minutes": metrics["training_seconds"] / 60,
        "wall_minutes": metrics["wall_seconds"] / 60,
        "tokens_per_second": sorted(row["tokens_per_second"] for row in history)[len(history) // 2],
        "peak_memory_mib": metrics["peak_memory_mib"],
        "runtime": metrics["runtime"],
        "sentences": said,
    }


def main() -> None:
    """Run what was asked for, print the table, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("names", nargs="*", help="runs; none: all")
    parser.add_argument("--minutes", type=float, default=60.0, help="training time of the packed recipes")
    options: argparse.Namespace = parser.parse_args()
    known = arguments(options.minutes)
    names = options.names or (["session"] if options.quick else list(known))
    if unknown := set(names) - set(known):
        sys.exit(f"unknown run {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    print(f"{'run':15} {'test accuracy':>24} {'best val.':>9} {'epochs':>6} {'minutes':>8} "
          f"{'tokens/s':>9} {'MiB':>6}")  # fmt: skip
    for name in names:
        if options.quick:
            with tempfile.TemporaryDirectory() as runs:
                found = figures(name, train(name, [*known[name], "--epochs", "1"], Path(runs)))
        else:
            found = figures(name, train(name, known[name]))
        record.write(f"recipe-{name}", found, record.target(options))
        accuracy = found["test_accuracy"]
        shown = f"{accuracy['value']:.2%} ({accuracy['low']:.2%}-{accuracy['high']:.2%})"
        print(f"{name:15} {shown:>24} {found['best_validation_accuracy']:>9.2%} {found['epochs']:>6} "
              f"{found['training_minutes']:>8.1f} {found['tokens_per_second']:>9,.0f} "
              f"{found['peak_memory_mib']:>6,.0f}")  # fmt: skip
        for said in found["sentences"]:
            print(f"    {said}")


if __name__ == "__main__":
    main()
