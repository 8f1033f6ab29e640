"""Text to ids: megabytes a second of each tokenizer, the plain rule text by text against the fast path.

    python benchmarks/text_to_ids.py        about 3 minutes

Texts are the training reviews of IMDb, in UTF-8 bytes. The reference is the tokenizer's own function and the
vocabulary's dict; the fast path is `TextPipeline.encode`, as training and prediction use it. Both must give
the same ids. They run in turn in one process, after a warm-up, with all cores (the reference uses one).
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any, get_args

import measure
import numpy as np
import record
import texts

from tenor.config.text import TextConfig, TokenizerName
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens
from tenor.text.truncation import truncate

ALL = 25_000
BPE = 5_000  # texts that bpe learns from and encodes: it is some ten times slower


def reference(pipeline: TextPipeline, given: Sequence[str]) -> Tokens:
    """Return the ids of each text by the plain rule."""
    vocabulary = pipeline.vocabulary
    rows = []
    for text in given:
        kept = truncate(pipeline.tokenizer.tokenize(text), pipeline.max_length, pipeline.truncation)
        rows.append(vocabulary.ids(kept) or [vocabulary.unknown])
    return Tokens.of(rows)


def figures(name: TokenizerName, given: Sequence[str], readings: int) -> dict[str, Any]:
    """Return MB/s of both ways and of making the vocabulary, medians and every reading."""
    config = replace(TextConfig(), tokenizer=name, max_length=None)
    megabytes = sum(len(text.encode(errors="surrogatepass")) for text in given) / 1e6
    pipeline = TextPipeline.build(given, config)
    plain, fast = reference(pipeline, given), pipeline.encode(given)
    if not (np.array_equal(plain.ids, fast.ids) and np.array_equal(plain.offsets, fast.offsets)):
        raise SystemExit(f"{name}: the fast path gives other ids than the reference")
    timed: dict[str, Callable[[int], float]] = {
        "reference": lambda _: _seconds(lambda: reference(pipeline, given)),
        "fast": lambda _: _seconds(lambda: pipeline.encode(given)),
        "vocabulary": lambda _: _seconds(lambda: TextPipeline.build(given, config)),
    }
    each = measure.interleaved(timed, readings)
    return {
        "texts": len(given),
        "megabytes": megabytes,
        "tokens": len(fast.ids),
        **{
            way: {"megabytes_per_second": megabytes / median(seconds), "seconds": seconds}
            for way, seconds in each.items()
        },
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__, readings=3).parse_args()
    with texts.folder(quick=options.quick) as folder:
        given, _ = texts.read(folder / "train.parquet")
    found = {}
    print(f"{'MB/s':15}{'reference':>10}{'fast':>9}{'ratio':>8}{'vocabulary':>12}")
    for name in get_args(TokenizerName):
        one = found[name] = figures(name, given[: BPE if name == "bpe" else ALL], options.readings)
        plain, fast, made = (one[way]["megabytes_per_second"] for way in ("reference", "fast", "vocabulary"))
        print(f"{name:15}{plain:>10.1f}{fast:>9.1f}{fast / plain:>8.1f}{made:>12.1f}")
    record.write("text-to-ids", found, record.target(options))


if __name__ == "__main__":
    main()
