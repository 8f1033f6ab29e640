"""Which architecture: the comparisons and the memory probe that docs/architectures.md is about.

    python benchmarks/architectures.py                     all of them, some three hours
    python benchmarks/architectures.py movies products     accuracy by epochs, about 40 minutes
    python benchmarks/architectures.py imdb                90 s a training, an hour and a half, alone
    python benchmarks/architectures.py probe               some 15 minutes

Each is one command line of Tenor (`tenor compare`, `tenor probe`) in a folder of runs/benchmark, which is
gone on with where it was stopped, and only read where it is finished. No quoted text gets into the results.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import record

MODELS = "bag-mean,cnn-max,rnn,lstm,gru,mingru,bilstm,bigru,bilstm-attention,transformer"
RATES = "1e-3,4e-3,1e-2"
# Lower than above: a training takes thousands of steps, not hundreds.
_IMDB_RATES = "5e-4,2e-3"
PROBE = "probe"
PICTURES = ("accuracy", "gradients")
# Small enough that every network reads the reviews of IMDb at least twice in its time.
_IMDB_SETTINGS = {
    "network.embedding_size": 64,
    "network.embedding_dropout": 0.5,  # more than usual, chosen on validation reviews
    "network.recurrent.hidden_size": 64,
    "network.mingru.hidden_size": 64,
    "network.transformer.hidden_size": 64,
    "network.transformer.feedforward": 128,
    "network.transformer.heads": 2,
    "network.transformer.layers": 1,
    "training.batch_size": 64,
    "training.patience": "null",
}
# What is kept of a model; histories are long, and texts are not ours to publish.
_KEPT = (
    "name", "kind", "failed", "seeds", "accuracy", "macro_f1", "calibration_error", "validation_accuracy",
    "parameters", "training_seconds", "learning_rate", "epochs", "best_epoch", "peak_memory_mib",
    "latency_ms",
    "texts_per_second", "training_texts_per_second", "size_bytes", "slices",
)  # fmt: skip


def commands() -> dict[str, list[str]]:
    """Return the command line of each part, without its folder."""
    imdb = record.data_folder() / "imdb" if _has_data() else Path("imdb")
    settings = [part for key, value in _IMDB_SETTINGS.items() for part in ("--set", f"{key}={value}")]
    return {
        "movies": ["compare", "movies", "--models", MODELS, "--seeds", "3", "--rates", RATES],
        "products": ["compare", "products", "--models", MODELS, "--seeds", "3", "--rates", RATES],
        "imdb": [
            *("compare", str(imdb / "train.parquet"), "--test", str(imdb / "test.parquet")),
            *("--group-by", "imdb_id", "--validation", "0.1", "--models", MODELS, "--seeds", "3"),
            *("--budget", "90s", "--rates", _IMDB_RATES, *settings),
        ],
        PROBE: [PROBE, "--seeds", "3"],
    }


def quick() -> dict[str, list[str]]:
    """Return command lines that end within a minute."""
    small = ["--models", "bag-mean,gru-max", "--seeds", "1", "--epochs", "1", "--baselines", "majority"]
    return {
        "movies": ["compare", "movies", *small, "--no-costs"],
        PROBE: [
            *(PROBE, "--quick", "--models", "bag", "--tasks", "first-word"),
            *("--set", "texts=64", "--set", "epochs=1"),
        ],
    }


def run(name: str, command: list[str], runs: Path) -> Path:
    """Run a part, or go on with it, or find it finished; return its folder."""
    out = runs / f"architectures-{name}"
    if not (out / ("probe.json" if name == PROBE else "comparison.json")).is_file():
        going_on = name != PROBE and (out / "comparison.yaml").is_file()
        subprocess.run(
            [sys.executable, "-m", "tenor", *command, "--out", str(out), *(["--resume"] if going_on else [])],
            check=True,
        )
    return out


def trimmed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is published of a comparison."""
    return {
        "models": [{key: model[key] for key in _KEPT} for model in values["models"]],
        **{key: values[key] for key in ("differences", "failures", "data", "terms")},
        "source": Path(values["data"]["source"]).stem,
        "environment": values["environment"],
    }


def main() -> None:
    """Run what was asked for; write the JSON, and the probe's pictures into docs/."""
    parser = record.parser(__doc__)
    parser.add_argument("parts", nargs="*", help="movies, products, imdb, probe; none: all")
    options: argparse.Namespace = parser.parse_args()
    known = quick() if options.quick else commands()
    if unknown := set(options.parts) - set(known):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    out = record.target(options)
    runs = record.RUNS / "quick" if options.quick else record.RUNS
    for name in options.parts or known:
        folder = run(name, known[name], runs)
        if name == PROBE:
            record.write("architectures-probe", json.loads((folder / "probe.json").read_text("utf-8")), out)
            if out == record.RESULTS:
                for picture in PICTURES:
                    shutil.copy(folder / f"{picture}.png", record.ROOT / "docs" / f"probe-{picture}.png")
        else:
            found = trimmed(json.loads((folder / "comparison.json").read_text("utf-8")))
            found["data"] = {**found["data"], "source": found.pop("source")}  # no path of this machine
            record.write(f"architectures-{name}", found, out)
        print(f"{name}: {folder}")


def _has_data() -> bool:
    import os

    return "TENOR_DATA" in os.environ or (record.ROOT.parent / "shared" / "data").is_dir()


if __name__ == "__main__":
    main()
