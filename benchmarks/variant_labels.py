"""How often the rule that labels a sentence of a longer review, for variants of training texts, is right.

    python benchmarks/variant_labels.py            a minute
    python benchmarks/variant_labels.py --quick    counts on the built-in corpus

Words are counted on the training reviews of IMDb, as `tenor augment` does. Then the rule is asked about
sentences that have a label of their own, which it does not see: those of UCI (from Amazon, IMDb and Yelp) and
of the Stanford Sentiment Treebank. In use a sentence must agree with the label of its review too, which
leaves fewer mistakes than are counted here.
"""

import re
from collections.abc import Sequence
from typing import Any

import record

from tenor.config.data import DataConfig
from tenor.data.augment.polarity import Polarity
from tenor.data.augment.sentences import clear_sentences
from tenor.data.augment.templates import Templates
from tenor.data.example import Dataset, Example
from tenor.data.load import load
from tenor.evaluation.intervals import wilson

# Of a text that was cut into tokens: the space before what belongs to the word or sentence before it.
_APART = re.compile(r" (?=n't|'|[.,!?])")


def figures(rows: Sequence[Example], polarity: Polarity) -> dict[str, Any]:
    """Return how many labelled sentences the rule labels, and how many of these as they are labelled."""
    templates = Templates.read()
    clear = right = 0
    for row in rows:
        for label in polarity.classes:
            # A second line makes it one sentence of several, whose label is not taken for granted.
            text = _APART.sub("", row.text) + "\n-"
            found = len(list(clear_sentences([Example(text, label)], polarity, templates)))
            clear += found
            right += found * (label == row.label)
    return {
        "sentences": len(rows),
        "labelled": clear,
        "right": right,
        "share": wilson(right, clear).to_json(),
    }


def main() -> None:
    """Count, ask, print, write."""
    options = record.parser(__doc__).parse_args()
    if options.quick:
        counted = load(DataConfig(source="movies"))
        asked = {"movies": counted.split("test")[:200]}
    else:
        folder = record.data_folder()
        counted = _all(f"{folder}/imdb/train.parquet")
        asked = {
            "UCI": _all(f"{folder}/uci_sentences/all.parquet").split("train"),
            "SST-2": _all(f"{folder}/sst2/train.parquet").split("train"),
        }
    first, second = counted.classes
    polarity = Polarity.of(counted.split("train"), (first, second))
    found = {name: figures(rows, polarity) for name, rows in asked.items()}
    for name, of in found.items():
        print(
            f"{name}: {of['labelled']} of {of['sentences']:,} sentences labelled, {of['right']} of them right"
        )
    record.write("variant-labels", found, record.target(options))


def _all(source: str) -> Dataset:
    return load(DataConfig(source=source, test_fraction=0.0, validation_fraction=0.0))


if __name__ == "__main__":
    main()
