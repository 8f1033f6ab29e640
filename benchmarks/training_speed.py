"""Training speed against the usual notebook, with the same network on the same texts.

    python benchmarks/training_speed.py            all groups, about 20 minutes in all
    python benchmarks/training_speed.py small      LSTM 20/64 and minGRU, about 8
    python benchmarks/training_speed.py large      BiLSTM 2 x 256, about 12

Every contestant is a process with its own state, in turn (A B C A B C ...). All train on whole reviews of
IMDb, which are ids already. A reading is a pass over the texts, for the slow notebooks of the large group one
batch. Before the readings the script shows that the notebook's network and ours have the same loss and
gradients.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import record
import texts
from measure import Worker, interleaved

from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, read, recipes, to_values
from tenor.config.names import apply_name
from tenor.config.network import NetworkConfig
from tenor.nn.build import ENCODERS

SEED = 0
NOTEBOOKS = ("notebook", "careful notebook")
OURS = ("tenor float32", "tenor bfloat16")


@dataclass(frozen=True)
class Case:
    """A network with who trains it."""

    config: ClassificationConfig
    contestants: tuple[str, ...]
    warm_steps: int  # of training before the readings; 0: a fresh network


@dataclass(frozen=True)
class Group:
    """Cases on the same texts, whose readings alternate."""

    cases: Mapping[str, Case]
    texts: int  # of which batches of like length are made
    # Batches that a notebook's reading takes; the readings together take all there are, which stand evenly
    # over the lengths. None: every reading takes all batches of the texts.
    a_reading: int | None


def groups() -> dict[str, Group]:
    """Return what is measured."""
    lstm, bilstm = parse(read("chapter")), parse(read("packed"))
    small = {
        "lstm 20/64": Case(lstm, (*NOTEBOOKS, *OURS), 300),
        "gru 20/64": Case(named(lstm, "gru"), ("notebook", "tenor float32"), 300),
    }
    if "mingru" in ENCODERS:
        small["bimingru 128"] = Case(mingru(), ("tenor float32",), 0)
        # A larger batch shares more words; nothing else is gained by it.
        large_batch = replace(mingru(), training=replace(mingru().training, batch_size=512))
        small["bimingru 128, batch 512"] = Case(large_batch, ("tenor float32",), 0)
    else:
        print("bimingru 128 is left out: this version has no mingru")
    large = {
        "bilstm 2x256": Case(bilstm, (*NOTEBOOKS, *OURS), 60),
        "bigru 2x256": Case(named(bilstm, "bigru"), ("tenor float32",), 4),
    }
    return {"small": Group(small, 1600, None), "large": Group(large, 3200, 1)}


def named(config: ClassificationConfig, name: str) -> ClassificationConfig:
    """Return a configuration with the network of that name."""
    return replace(config, network=apply_name(config.network, name))


def mingru() -> ClassificationConfig:
    """Return a plain minGRU over whole reviews, trained as the fast recipe is, where there is one."""
    base = parse(read(record.RECIPE)) if record.RECIPE in recipes() else ClassificationConfig()
    network = apply_name(NetworkConfig(embedding_size=128), record.MINGRU)
    settings = replace(network.mingru, hidden_size=128, layers=1, width=1)
    return replace(
        base,
        network=replace(network, mingru=settings),
        text=replace(base.text, max_length=None, vectors=None),
    )


def tiny(group: Group) -> Group:
    """Return a group that runs in seconds."""
    return replace(
        group,
        cases={name: replace(case, config=_tiny(case.config), warm_steps=min(case.warm_steps, 2))
               for name, case in group.cases.items()},
        texts=12,
    )  # fmt: skip


def _tiny(config: ClassificationConfig) -> ClassificationConfig:
    network = replace(config.network, recurrent=replace(config.network.recurrent, hidden_size=8))
    text = replace(config.text, max_length=30, max_size=500)
    return replace(config, network=network, text=text, training=replace(config.training, batch_size=4))


def figures(group: Group, train: Path, readings: int) -> dict[str, Any]:
    """Prepare all cases of a group, then read their contestants in turn."""
    found: dict[str, Any] = {"readings": readings, "seed": SEED, "cases": {}}
    with ExitStack() as stack:
        workers = {}
        for name, case in group.cases.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            request = {
                "config": to_values(case.config),
                "train": str(train),
                "texts": group.texts,
                "batches": group.a_reading and group.a_reading * readings,
                "warm_steps": case.warm_steps,
                "seed": SEED,
            }
            (folder / "request.json").write_text(json.dumps(request))
            with Worker("peers.training", str(folder), "prepare") as prepared:
                found["cases"][name] = {**prepared.ready, "batch_size": case.config.training.batch_size}
            for contestant in case.contestants:
                worker = stack.enter_context(Worker("peers.training", str(folder), contestant))
                workers[name, contestant] = worker
        ask = {"batches": group.a_reading}
        answers = interleaved(
            {f"{name}: {who}": worker.asking([ask] * readings) for (name, who), worker in workers.items()},
            readings,
        )
    threads = {f"{name}: {who}": worker.ready["threads"] for (name, who), worker in workers.items()}
    found["contestants"] = {
        who: {
            "threads": threads[who],
            **summary(given, found["cases"][who.partition(":")[0]]["tokens_a_text"]),
        }
        for who, given in answers.items()
    }
    return found


def summary(answers: Sequence[Mapping[str, float]], tokens_a_text: float) -> dict[str, Any]:
    """Return tokens a second of every reading, and their median as texts a second.

    Batches of a bounded reading differ in length, so tokens are what is compared; texts a second are those
    of texts of the mean length of all.
    """
    tokens = [answer["tokens"] / answer["seconds"] for answer in answers]
    return {
        "texts_per_second": median(tokens) / tokens_a_text,
        "tokens_per_second": median(tokens),
        "each": list(answers),
    }


def show(found: Mapping[str, Any]) -> None:
    """Print a group."""
    for name, case in found["cases"].items():
        print(f"\n{name}: {case['texts']} texts of {case['tokens_a_text']:.0f} tokens")
        for dtype, same in case.get("same", {}).items():
            print(f"  {dtype}: loss {same['loss']:.6f}, differs by {same['loss_difference']:.1e}")
            print(f"  {dtype}: gradients up to {same['largest_gradient']:.1e}, "
                  f"differ by up to {same['gradient_difference']:.1e}")  # fmt: skip
    for who, values in found["contestants"].items():
        each = "  ".join(f"{one['tokens'] / one['seconds']:,.0f}" for one in values["each"])
        print(f"{who:32}{values['texts_per_second']:>10,.1f} texts/s   tokens/s: {each}")


def main() -> None:
    """Measure, print, write the JSON."""
    parser = record.parser(__doc__, readings=3)
    parser.add_argument("groups", nargs="*", help="small, large; none: both")
    options: argparse.Namespace = parser.parse_args()
    known = groups()
    if unknown := set(options.groups) - set(known):
        sys.exit(f"unknown group {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    with texts.folder(quick=options.quick) as folder:
        for name in options.groups or known:
            group = tiny(known[name]) if options.quick else known[name]
            found = figures(group, folder / "train.parquet", options.readings)
            show(found)
            record.write(f"training-speed-{name}", found, record.target(options))


if __name__ == "__main__":
    main()
