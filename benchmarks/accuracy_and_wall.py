"""From the Parquet files of IMDb to a tested model, as whole processes: accuracy, wall time, memory, size.

    python benchmarks/accuracy_and_wall.py                 three rounds
    python benchmarks/accuracy_and_wall.py --recipe chapter

Every contestant runs once a round, in turn; Tenor with another seed each time. Everything counts that the
process does: starting, imports, reading, training, choosing the epoch, testing. The models of Tenor stay in
runs/benchmark, where the benchmarks of prediction find them. The test split is read by each process once.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import measure
import record
import texts
from peers import linear
from peers.environments import FASTTEXT
from peers.fasttext_process import NGRAMS

from tenor.config.load import recipes
from tenor.evaluation.intervals import wilson

Figures = dict[str, Any]
# Recipes beside the first one, by what results call them.
BESIDE = {"tenor-ngrams": "fast-ngrams"}


def contestants(
    folder: Path, runs: Path, recipe: str, settings: Sequence[str]
) -> dict[str, Callable[[int], Figures]]:
    """Return each contestant as a function of the round."""
    files = [str(folder / f"{split}.parquet") for split in ("train", "test")]

    def tenor(recipe: str, number: int) -> Figures:
        out = run_folder(runs, recipe, number)
        shutil.rmtree(out, ignore_errors=True)  # of an earlier benchmark
        given = [str(folder), "--group-by", "imdb_id", "--config", recipe, "--seed", str(number)]
        ended = measure.tenor("train", *given, "--out", str(out), "--quiet", *settings)
        metrics = json.loads((out / "metrics.json").read_text())
        return {
            **_about(ended),
            "seed": number,
            **metrics["test"]["metrics"]["accuracy"],
            "rows": metrics["test"]["rows"],
            "training_seconds": metrics["training_seconds"],
            "epochs": metrics["epochs"],
            "runtime": metrics["runtime"],
            "model_bytes": sum(file.stat().st_size for file in (out / "model").iterdir()),
        }

    def peer(python: str, module: str, name: str) -> Callable[[int], Figures]:
        def run(number: int) -> Figures:
            ended = measure.process([python, "-m", module, name, *files])
            counted = ended.json
            interval = wilson(counted["right"], counted["rows"])
            return {**_about(ended), **counted, **interval.to_json()}

        return run

    ours = {"tenor": recipe, **{name: other for name, other in BESIDE.items() if other != recipe}}
    found: dict[str, Callable[[int], Figures]] = {name: partial(tenor, one) for name, one in ours.items()}
    found |= {name: peer(sys.executable, "peers.linear", name) for name in linear.PEERS}
    python = FASTTEXT.python()
    if python is not None:
        found |= {name: peer(python, "peers.fasttext_process", name) for name in NGRAMS}
    return found


def run_folder(runs: Path, recipe: str, seed: int) -> Path:
    """Return where the model of a seed lies."""
    return runs / f"{recipe}-{seed}"


def figures(readings: Mapping[str, Sequence[Figures]], recipe: str) -> Figures:
    """Return what is published: medians and every reading."""
    return {
        "recipe": recipe,
        "absent": [name for name in NGRAMS if name not in readings],
        "contestants": {
            name: {
                "accuracy": mean(one["value"] for one in each),
                "median": measure.medians(each),
                "each": list(each),
            }
            for name, each in readings.items()
        },
    }


def model(recipe: str = record.RECIPE, runs: Path = record.RUNS) -> Path:
    """Return the first of Tenor's models, or end with a plain message where there is none."""
    found = run_folder(runs, recipe, 0)
    if not (found / "model").is_dir():
        sys.exit(f"skipped: no model at {found}; make it with benchmarks/accuracy_and_wall.py")
    return found


def check_recipe(name: str) -> None:
    """End with a plain message where a recipe is not shipped."""
    if name not in recipes():
        sys.exit(f"skipped: no recipe is called {name}; there are {', '.join(recipes())}")


def _about(ended: measure.Ended) -> Figures:
    return {"wall_seconds": ended.seconds, "peak_mib": ended.peak_mib}


def main() -> None:
    """Measure, print, write the JSON."""
    parser = record.parser(__doc__, readings=3)
    parser.add_argument("--recipe", default=record.RECIPE, help=f"default: {record.RECIPE}")
    options: argparse.Namespace = parser.parse_args()
    check_recipe(options.recipe)
    settings = ["--set", "training.epochs=1"] if options.quick else []
    with texts.folder(quick=options.quick) as folder, tempfile.TemporaryDirectory() as temporary:
        runs = Path(temporary) if options.quick else record.RUNS
        found = figures(
            measure.interleaved(
                contestants(folder, runs, options.recipe, settings), 1 if options.quick else options.readings
            ),
            options.recipe,
        )
    print(f"{'':20}{'accuracy':>10}{'wall s':>9}{'MiB':>8}   each")
    for name, values in found["contestants"].items():
        each = "  ".join(f"{one['value']:.2%} {one['wall_seconds']:.1f} s" for one in values["each"])
        middle = values["median"]
        print(f"{name:20}{values['accuracy']:>10.2%}{middle['wall_seconds']:>9.1f}{middle['peak_mib']:>8.0f}"
              f"   {each}")  # fmt: skip
    record.write("accuracy-and-wall", found, record.target(options))


if __name__ == "__main__":
    main()
