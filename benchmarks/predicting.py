"""From raw text to labels: reviews a second over the test reviews of IMDb, and one review at a time.

    python benchmarks/predicting.py        about 6 minutes, after accuracy_and_wall.py

Every contestant is a process with its model in memory and the texts as a list of str. They answer in turn:
first all reviews at once, then 1,000 of them one at a time after 100 to warm up. Peers are trained when their
process starts; Tenor's models are those of accuracy_and_wall.py and recipes.py.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import accuracy_and_wall
import latency
import measure
import record
import texts
from peers import linear
from peers.environments import FASTTEXT
from peers.fasttext_process import NGRAMS

SINGLE = 1000


def contestants(folder: Path, models: Mapping[str, Path]) -> dict[str, Callable[[], measure.Worker]]:
    """Return what starts each contestant."""
    train, test = (str(folder / f"{split}.parquet") for split in ("train", "test"))
    found: dict[str, Callable[[], measure.Worker]] = {
        name: partial(measure.Worker, "peers.tenor_model", str(path), test) for name, path in models.items()
    }
    for name in linear.PEERS:
        found[name] = partial(measure.Worker, "peers.linear", name, train, test, "--serve")
    python = FASTTEXT.python()
    for name in NGRAMS if python is not None else ():
        found[name] = partial(
            measure.Worker, "peers.fasttext_process", name, train, test, "--serve", python=str(python)
        )
    return found


def figures(
    workers: Mapping[str, Callable[[], measure.Worker]], readings: int, single: int
) -> dict[str, Any]:
    """Return medians and every reading of both ways to ask."""
    requests = [{"kind": "all"}] * readings + [{"kind": "single", "texts": single}] * readings
    answers = measure.answers(workers, requests)
    return {
        "single_texts": single,
        "absent": [name for name in NGRAMS if name not in workers],
        "contestants": {
            name: {"all": _summary(given[:readings]), "single": _summary(given[readings:])}
            for name, given in answers.items()
        },
    }


def small_model(folder: Path) -> Path:
    """Train something on the built-in reviews that can be loaded; for --quick."""
    return latency.trained(folder, record.MINGRU)


def _summary(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {**measure.medians(answers), "each": list(answers)}


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__, readings=3).parse_args()
    with texts.folder(quick=options.quick) as folder, tempfile.TemporaryDirectory() as temporary:
        if options.quick:
            models = {"tenor": small_model(Path(temporary))}
        else:
            models = {"tenor": accuracy_and_wall.model()}
            chapter = record.RUNS / "chapter"
            if (chapter / "model").is_dir():
                models["tenor lstm 20/64"] = chapter
            else:
                print(f"the LSTM is left out: no model at {chapter}; benchmarks/recipes.py chapter makes it")
        found = figures(contestants(folder, models), options.readings, 10 if options.quick else SINGLE)
    print(f"{'':20}{'reviews/s':>11}{'p50 ms':>9}{'p99 ms':>9}   reviews/s, each")
    for name, values in found["contestants"].items():
        each = "  ".join(f"{one['texts_per_second']:,.0f}" for one in values["all"]["each"])
        single = values["single"]
        print(f"{name:20}{values['all']['texts_per_second']:>11,.0f}{single['p50_ms']:>9.2f}"
              f"{single['p99_ms']:>9.2f}   {each}")  # fmt: skip
    record.write("predicting", found, record.target(options))


if __name__ == "__main__":
    main()
