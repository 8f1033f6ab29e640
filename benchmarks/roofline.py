"""How close the computing comes to what this machine can do: memory bandwidth and matrix products.

    python benchmarks/roofline.py        about 3 minutes

Both limits are measured in the same run, in turn with the work. minGRU's scan is held against the bandwidth:
its bytes are those of the words' rows that it reads and adds to, most of which lie in a cache. Recurrent
networks are held against the matrix rate: six operations a weight and real token, forward and backward. A
small batch lies in the cache, so that it may beat the memory.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import measure
import numpy as np
import record
import texts
import torch
from training_speed import mingru

from tenor.batching import Batch, collate, round_width
from tenor.config.load import parse, read
from tenor.nn.build import ENCODERS, build
from tenor.nn.classifier import Classifier
from tenor.nn.forward import autocast
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime, applied, available_cores

Work = Callable[[], object]

DIRECTIONS, UNITS = 2, 128
SCANNED = (32, 256)  # reviews a batch
CUT = 250  # tokens of the texts that the recurrent networks read
BYTES = 4
NARROW = 8
# Numbers a token, direction and unit. Forward: the products of two gates are read. Backward: they are read
# again, and two gradients are added to, which is reading and writing.
PASSES = 2 + 2 + 4


def bandwidth(megabytes: int) -> dict[str, tuple[Work, float]]:
    """Return what moves memory, each with its gigabytes."""
    a, b, c = (torch.ones(megabytes * 2**20 // BYTES) for _ in range(3))
    gigabytes = a.numel() * BYTES / 1e9
    return {
        "copy": (lambda: b.copy_(a), 2 * gigabytes),
        "triad": (lambda: torch.add(a, b, alpha=3.0, out=c), 3 * gigabytes),
    }


def products(size: int) -> dict[str, tuple[Work, float]]:
    """Return square matrix products in both precisions, each with its Gflop."""
    found: dict[str, tuple[Work, float]] = {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        a, b = (torch.randn(size, size).to(dtype) for _ in range(2))
        found[f"product {name}"] = (_product(a, b), 2 * size**3 / 1e9)
    return found


def scans(tokens: Tokens, vocabulary: int) -> dict[str, tuple[Work, float]]:
    """Return training steps of a minGRU that is all scan, each with its gigabytes."""
    network = mingru().network
    # Short frozen word vectors: the products before the scan and the gradients behind it weigh nothing.
    network = replace(
        network, embedding_size=NARROW, freeze_embedding=True, embedding_dropout=0.0, word_dropout=0.0
    )
    found: dict[str, tuple[Work, float]] = {}
    for count in SCANNED:
        some = tokens.select(np.arange(min(count, len(tokens))))
        batch = collate(some, (np.arange(len(some)) % 2).astype(np.int64))
        state = len(some.ids) * DIRECTIONS * UNITS * BYTES / 1e9  # gigabytes of an array (N, D, H)
        work = _step(build(network, vocabulary_size=vocabulary, classes=2), batch, "float32")
        found[f"scan, {count} reviews"] = (work, PASSES * state)
    return found


def steps(tokens: Tokens, vocabulary: int) -> dict[str, tuple[Work, float]]:
    """Return training steps of recurrent networks, each with its Gflop."""
    found: dict[str, tuple[Work, float]] = {}
    for name, recipe in (("lstm 20/64", "chapter"), ("bilstm 2x256", "packed")):
        config = parse(read(recipe))
        size = config.training.batch_size
        order = np.argsort(tokens.lengths, kind="stable")
        middle = tokens.select(order[(len(order) - size) // 2 :][:size])  # texts of like length
        batch = collate(
            middle,
            (np.arange(len(middle)) % 2).astype(np.int64),
            width=round_width(int(middle.lengths.max())),
        )
        for precision in ("float32", "bfloat16"):
            module = build(config.network, vocabulary_size=vocabulary, classes=2)
            weights = sum(p.numel() for key, p in module.named_parameters() if "weight_" in key)
            gigaflop = 6 * weights * len(batch.tokens.ids) / 1e9
            found[f"{name} {precision}"] = (_step(module, batch, precision), gigaflop)
    return found


def figures(given: list[str], readings: int, *, megabytes: int, size: int, cut: int) -> dict[str, Any]:
    """Return rates of all, medians and every reading; recurrent networks read `cut` tokens a text."""
    pipeline = TextPipeline.build(given, parse(read("chapter")).text)
    tokens = pipeline.encode(given)
    heads = [tokens.ids[start:end][:cut].tolist() for start, end in pairwise(tokens.offsets)]
    threads = available_cores()
    with applied(Runtime("cpu", "float32", threads)):
        works = {
            **bandwidth(megabytes),
            **products(size),
            **(scans(tokens, len(pipeline.vocabulary)) if "mingru" in ENCODERS else {}),
            **steps(Tokens.of(heads), len(pipeline.vocabulary)),
        }
        for work, _ in works.values():
            work()  # warm up
        each = measure.interleaved({name: _timed(work) for name, (work, _) in works.items()}, readings)
    rates: dict[str, dict[str, Any]] = {
        name: {"rate": amount / median(each[name]), "amount": amount, "seconds": each[name]}
        for name, (_, amount) in works.items()
    }
    for name, values in rates.items():
        values["share"] = values["rate"] / rates[limit_of(name)]["rate"]
    return {"threads": threads, "rates": rates}


def limit_of(name: str) -> str:
    """Return which limit a piece of work is held against."""
    if name in {"copy", "triad"} or name.startswith("scan"):
        return "copy"
    return f"product {name.rpartition(' ')[2]}"


def _product(a: torch.Tensor, b: torch.Tensor) -> Work:
    return lambda: a @ b


def _step(module: Classifier, batch: Batch, precision: str) -> Work:
    objective = Supervised()
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32

    def work() -> None:
        module.zero_grad(set_to_none=True)
        with autocast(torch.device("cpu"), dtype):
            loss = objective(module, batch).loss
        loss.backward()  # type: ignore[no-untyped-call]

    return work


def _timed(work: Work) -> Callable[[int], float]:
    def seconds(_: int) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return seconds


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__, readings=7).parse_args()
    with texts.folder(quick=options.quick) as folder:
        given, _ = texts.read(folder / "train.parquet")
    if options.quick:
        found = figures(given[:64], 2, megabytes=1, size=64, cut=10)
    else:
        found = figures(given[:2000], options.readings, megabytes=512, size=2048, cut=CUT)
    for name, values in found["rates"].items():
        unit = "GB/s" if limit_of(name) == "copy" else "Gflop/s"
        share = f"{values['share']:.0%} of {limit_of(name)}"
        print(f"{name:30}{values['rate']:>10.1f} {unit:8}{share}")
    record.write("roofline", found, record.target(options))


if __name__ == "__main__":
    main()
