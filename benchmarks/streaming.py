"""Texts read as they come: what a token costs, what a stream takes, and whether chunked is whole.

    python benchmarks/streaming.py              some minutes
    python benchmarks/streaming.py --quick      only to see that it runs

Networks that read one way are trained for an epoch on the built-in film reviews, saved and loaded. `alone` is
one text that is fed word by word, with a prediction after each. `together` are 10,000 texts, of which each is
given one more word at a time, with a prediction of each. Feeding counts as a whole: text to tokens, network,
predictions. Bytes a stream are those of the arrays, those of a saved state, and by how much the process grew
for all of them, over their number. For `cuts` reviews are strewn with tags, entities and emoji and fed in
pieces cut at random; each prediction is compared with that of the text so far.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import measure
import numpy as np
import record

from tenor.config.classification import ClassificationConfig
from tenor.config.names import apply_name
from tenor.data.builtin.corpus import load
from tenor.experiments.classification import fit
from tenor.inference.predictor import Predictor
from tenor.inference.predictor import load as load_model

NETWORKS = ("mingru-mean-max", "lstm-mean-max", "gru-attention", "cnn-max")
STREWN = (
    "<br />",
    "<b>",
    "</b>",
    '<a href="x y">',
    "&amp;",
    "&lt;3",
    "&#39;",
    "😀",
    "👍🏽",
    ":)",
    "8/10",
    "Σ",
)


@dataclass(frozen=True)
class Sizes:
    """How much is read."""

    words: int  # alone
    streams: int  # together
    rounds: int  # that each of them is given a word in
    cuts: int
    texts: int | None  # training reviews; None is all


FULL = Sizes(words=2000, streams=10_000, rounds=20, cuts=10_000, texts=None)
QUICK = Sizes(words=20, streams=30, rounds=2, cuts=30, texts=60)


def trained(name: str, sizes: Sizes) -> Predictor:
    """Train a network of that name for an epoch, save it and load it as a user does."""
    config = ClassificationConfig()
    config = replace(
        config,
        text=replace(config.text, max_length=None),
        network=apply_name(config.network, name),
        training=replace(config.training, epochs=1),
    )
    dataset = load("movies")
    dataset = replace(
        dataset, splits={split: texts[: sizes.texts] for split, texts in dataset.splits.items()}
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        fit(dataset, config).model.save(path)
        return load_model(path)


def alone(predictor: Predictor, words: Sequence[str], readings: int) -> dict[str, Any]:
    """Feed one text word by word."""
    each = []
    for _ in range(readings + 1):  # the first reads words into the table and warms up
        stream = predictor.stream()
        started = time.perf_counter()
        for word in words:
            stream.feed(word)
        each.append(1e6 * (time.perf_counter() - started) / stream.tokens)
    return {"tokens": stream.tokens, "microseconds_per_token": median(each[1:]), "each": each[1:]}


def together(predictor: Predictor, words: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    """Feed many texts a word each, in rounds."""
    before = measure.resident()
    streams = predictor.streams()
    each, read = [], 0
    for number in range(sizes.rounds):
        fed = {key: words[(key + number) % len(words)] for key in range(sizes.streams)}
        started = time.perf_counter()
        streams.feed(fed)
        seconds = time.perf_counter() - started
        tokens = sum(map(streams.tokens, range(sizes.streams)))
        each.append((tokens - read) / seconds)
        read = tokens
    after = measure.resident()
    return {
        "streams": sizes.streams,
        "tokens": read,
        "tokens_per_second": median(each),
        "each": each,
        "bytes_state": sum(array.nbytes for array in predictor.steps.initial(1).values()),
        "bytes_saved": len(streams.state(0)),
        "bytes_resident": None if before is None or after is None else (after - before) / sizes.streams,
    }


def cuts(predictor: Predictor, texts: Sequence[str], count: int) -> dict[str, Any]:
    """Feed texts in pieces cut at random until there were so many cuts; compare each prediction."""
    chance, done, read, largest = random.Random(0), 0, 0, 0.0
    while done < count:
        text = strewn(texts[read % len(texts)], chance)
        read += 1
        places = sorted(chance.randrange(len(text) + 1) for _ in range(chance.randrange(1, 30)))
        stream = predictor.stream()
        found = [
            list(stream.feed(text[start:end]).probabilities.values())
            for start, end in zip([0, *places], [*places, len(text)], strict=True)
        ]
        whole = predictor.predict_proba([*(text[:place] for place in places), text])
        largest = max(largest, float(np.abs(np.array(found) - whole).max()))
        done += len(places)
    return {"cuts": done, "texts": read, "largest_difference": largest}


def strewn(text: str, chance: random.Random) -> str:
    """Return the text with a few things between its words that reach over places where one may cut."""
    words = text.split(" ")
    for _ in range(chance.randrange(6)):
        words.insert(chance.randrange(len(words) + 1), chance.choice(STREWN))
    return " ".join(words)


def figures(name: str, sizes: Sizes, readings: int) -> dict[str, Any]:
    """Return all figures of one network."""
    predictor = trained(name, sizes)
    texts = [example.text for example in load("movies").splits["test"]]
    words = list(islice((f"{word} " for text in texts for word in text.split()), sizes.words))
    return {
        "alone": alone(predictor, words, readings),
        "together": together(predictor, words, sizes),
        "cuts": cuts(predictor, texts, sizes.cuts),
    }


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__, readings=5).parse_args()
    sizes, readings = (QUICK, 1) if options.quick else (FULL, options.readings)
    found = {name: figures(name, sizes, readings) for name in NETWORKS[: 2 if options.quick else None]}
    for name, one in found.items():
        many = one["together"]
        print(
            f"{name:16} alone {one['alone']['microseconds_per_token']:.0f} us a token; "
            f"{many['streams']:,} together {many['tokens_per_second']:,.0f} tokens/s; "
            f"{many['bytes_state']:,} bytes a stream, saved {many['bytes_saved']:,}; "
            f"{one['cuts']['cuts']:,} cuts, largest difference {one['cuts']['largest_difference']:.1e}"
        )
    record.write("streaming", found, record.target(options))


if __name__ == "__main__":
    main()
