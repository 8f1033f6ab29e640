"""Which attribution to believe: deletion and insertion curves of every method, on the reviews of IMDb.

    python benchmarks/faithfulness.py                       three networks
    python benchmarks/faithfulness.py lstm --texts 100
    python benchmarks/faithfulness.py --quick               of the built-in reviews, tiny

The networks are trained by one short recipe, seed 0, a tenth of the films held out for validation; they stay
in runs/benchmark and are only read where they are finished. The table is about test reviews. The method that
`tenor explain` takes by itself is the one that wins on the held-out reviews (`config/attribution.py`), of
methods that are level the quickest; both parts are written, and whether the code agrees is printed.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import record

from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse
from tenor.config.names import apply_name
from tenor.data.example import Example
from tenor.data.load import load as load_data
from tenor.experiments.classification import train
from tenor.explain.attribution import default_method
from tenor.explain.faithfulness import faithfulness
from tenor.inference.predictor import load
from tenor.report.numbers import decimal_interval

MODELS = ("lstm", "bilstm-attention", "mingru")
CHOOSING, PUBLISHED = "validation", "test"
_SETTINGS: dict[str, dict[str, Any]] = {
    "data": {"group_by": "imdb_id", "validation_fraction": 0.1},
    "network": {
        "embedding_size": 64,
        "embedding_dropout": 0.5,
        "recurrent": {"hidden_size": 64},
        "mingru": {"hidden_size": 64},
    },
    "training": {"epochs": 3, "batch_size": 64, "learning_rate": 2e-3, "patience": None, "track": []},
}
_QUICK: dict[str, dict[str, Any]] = {
    "data": {"source": "movies"},
    "network": {"embedding_size": 8, "recurrent": {"hidden_size": 8}, "mingru": {"hidden_size": 8}},
    "training": {"epochs": 1, "precision": "float32", "track": []},
}
_QUICK_TEXTS = 3


def configuration(name: str, *, quick: bool) -> ClassificationConfig:
    """Return what a network is trained with."""
    values = {**_QUICK} if quick else {**_SETTINGS}
    if not quick:
        values["data"] = {**values["data"], "source": str(record.data_folder() / "imdb")}
    config = parse(values)
    return replace(config, network=apply_name(config.network, name))


def figures(config: ClassificationConfig, out: Path, texts: int) -> dict[str, Any]:
    """Train a network in the folder `out`, or find it finished; measure every method on `texts` a part."""
    if not (out / "metrics.json").is_file():
        train(config, out=out, resume=(out / "config.yaml").is_file())
    predictor = load(out)
    dataset = load_data(config.data)
    found: dict[str, Any] = {
        "test_accuracy": json.loads((out / "metrics.json").read_text("utf-8"))["test"]["metrics"]["accuracy"],
        "default": default_method(predictor.model),
    }
    for part in (CHOOSING, PUBLISHED):
        start = perf_counter()
        table = faithfulness(predictor, sample(dataset.split(part), texts))
        found[part] = table.to_json()
        print(f"{out.name}, {table.texts} {part} reviews, {perf_counter() - start:.0f} s", flush=True)
        for one in table.methods:
            print(f"    {one.method:22}{decimal_interval(one.score):>24}  deletion {one.deletion.value:.3f}  "
                  f"insertion {one.insertion.value:.3f}  {one.seconds_a_text:.3f} s a text")  # fmt: skip
    return found


def sample(examples: Sequence[Example], count: int) -> list[str]:
    """Return the texts of so many examples, drawn with a seed, or of all."""
    rows = np.random.default_rng(0).permutation(len(examples))[:count]
    return [examples[row].text for row in rows]


def main() -> None:
    """Measure what was asked for; print the tables, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("models", nargs="*", help=f"of {', '.join(MODELS)}; none: all")
    parser.add_argument("--texts", type=int, default=500, help="reviews of each part; default: 500")
    options: argparse.Namespace = parser.parse_args()
    if options.texts < 1:
        parser.error(f"--texts {options.texts}: at least one is needed")
    if unknown := set(options.models) - set(MODELS):
        parser.error(f"unknown network {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}")
    texts = _QUICK_TEXTS if options.quick else options.texts
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        runs = Path(temporary) if options.quick else record.RUNS
        for name in options.models or MODELS:
            config = configuration(name, quick=options.quick)
            found[name] = figures(config, runs / f"faithfulness-{name}", texts)
            choice, default = found[name][CHOOSING]["choice"], found[name]["default"]
            agrees = "as tenor explain does" if choice == default else f"while tenor explain takes {default}"
            print(f"    {name}: {choice} is chosen on {CHOOSING} reviews, {agrees}", flush=True)
    record.write("faithfulness", found, record.target(options))


if __name__ == "__main__":
    main()
