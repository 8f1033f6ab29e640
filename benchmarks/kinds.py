"""How hard the built-in corpora are, kind by kind: what single words can tell, and what an LSTM learns.

    python benchmarks/kinds.py                       both corpora, three seeds, some minutes
    python benchmarks/kinds.py movies --seeds 1

Every model is trained on the train split and read on the test split. `words` is a logistic regression over
TF-IDF weights of single words, `length` one over characters, words and marks of punctuation, both of
scikit-learn with its own defaults; `lstm` is the default configuration of Tenor, `mingru` the same with a
minGRU of two layers instead, in float32 on one thread, so that their figures can be had again.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean

import record

from tenor.config.classification import ClassificationConfig
from tenor.config.network import NetworkConfig
from tenor.data.builtin.corpus import BUILTIN, load
from tenor.data.builtin.kinds import KINDS
from tenor.data.example import Dataset, Example

Figures = dict[str, dict[str, float]]  # source -> kind -> share of right labels

# The default network, and the same with a minGRU of two layers: one alone cannot turn around what it read.
_DEFAULT = NetworkConfig()
NETWORKS = {
    "lstm": _DEFAULT,
    "mingru": replace(_DEFAULT, encoder="mingru", mingru=replace(_DEFAULT.mingru, layers=2)),
}

EASY = "plain"
ALL, HARD = "all", "all but plain"


def words_accuracy(dataset: Dataset) -> Figures:
    """Judge the test split by its single words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    return _accuracy_of_pipeline(model, dataset)


def length_accuracy(dataset: Dataset) -> Figures:
    """Judge the test split by its length and punctuation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    model = make_pipeline(FunctionTransformer(_lengths), StandardScaler(), LogisticRegression())
    return _accuracy_of_pipeline(model, dataset)


def network_accuracy(
    network: NetworkConfig, dataset: Dataset, seed: int, epochs: int | None = None
) -> Figures:
    """Judge the test split by a Tenor classifier; `epochs` instead of the default number."""
    from tenor.experiments.classification import fit

    config = replace(ClassificationConfig(), network=network)
    if epochs is not None:
        config = replace(config, training=replace(config.training, epochs=epochs))
    training = replace(config.training, seed=seed, device="cpu", precision="float32", threads=1)
    predictor = fit(dataset, replace(config, training=training)).predictor
    return accuracies(dataset.split("test"), predictor.predict(_texts(dataset, "test")))


def accuracies(examples: Sequence[Example], predicted: Sequence[str]) -> Figures:
    """Share of right labels by source and kind, and over all kinds and all hard kinds."""
    right: dict[str, dict[str, list[bool]]] = {}
    for example, label in zip(examples, predicted, strict=True):
        source, kind = example.columns["source"], example.columns["kind"]
        for row in [kind, ALL] if kind == EASY else [kind, ALL, HARD]:
            right.setdefault(source, {}).setdefault(row, []).append(label == example.label)
    return {source: {row: mean(hits) for row, hits in rows.items()} for source, rows in right.items()}


def figures(name: str, seeds: int, epochs: int | None = None) -> dict[str, object]:
    """Return all figures of a corpus and print them as a table."""
    dataset = load(name)
    baselines: dict[str, Callable[[Dataset], Figures]] = {"words": words_accuracy, "length": length_accuracy}
    found = {column: accuracy(dataset) for column, accuracy in baselines.items()}
    runs = {
        column: [network_accuracy(network, dataset, seed, epochs) for seed in range(seeds)]
        for column, network in NETWORKS.items()
    }
    sizes = {split: len(examples) for split, examples in dataset.splits.items()}
    lengths = [len(text.split()) for text in _texts(dataset, "train")]
    print(f"\n{name}: {sizes}, {mean(lengths):.1f} words a training text ({min(lengths)} to {max(lengths)})")
    print(f"{'':29}{'words':>8}{'length':>8}"
          f"{''.join(f'{column:>8}' for column in runs)}   each seed")  # fmt: skip
    for source in ("grammar", "written"):
        for row in (*KINDS, HARD, ALL):
            each = [[run[source][row] for run in of_column] for of_column in runs.values()]
            print(f"{source:9}{row:20}{found['words'][source][row]:>8.1%}{found['length'][source][row]:>8.1%}"
                  f"{''.join(f'{mean(shares):>8.1%}' for shares in each)}   "
                  f"{'  '.join(f'{share:.1%}' for shares in each for share in shares)}")  # fmt: skip
    return {"sizes": sizes, "words_a_text": mean(lengths), **found, **runs}


def main() -> None:
    """Measure what was asked for; print the tables, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("corpora", nargs="*", help=f"of {', '.join(BUILTIN)}; none: all")
    parser.add_argument("--seeds", type=int, default=3, help="networks of each sort, with seeds from 0")
    options: argparse.Namespace = parser.parse_args()
    if options.seeds < 1:
        parser.error(f"--seeds {options.seeds}: train at least one network")
    if unknown := set(options.corpora) - set(BUILTIN):
        parser.error(f"unknown corpus {', '.join(sorted(unknown))}; there are {', '.join(BUILTIN)}")
    seeds, epochs = (1, 1) if options.quick else (options.seeds, None)
    found = {name: figures(name, seeds, epochs) for name in options.corpora or BUILTIN}
    record.write("kinds", {"seeds": list(range(seeds)), **found}, record.target(options))


def _accuracy_of_pipeline(model: object, dataset: Dataset) -> Figures:
    model.fit(_texts(dataset, "train"), [example.label for example in dataset.split("train")])  # type: ignore[attr-defined]
    predicted = model.predict(_texts(dataset, "test"))  # type: ignore[attr-defined]
    return accuracies(dataset.split("test"), list(predicted))


def _lengths(texts: Sequence[str]) -> list[list[int]]:
    return [
        [len(text), len(text.split()), *(text.count(mark) for mark in (".", ",", "!", " but "))]
        for text in texts
    ]


def _texts(dataset: Dataset, split: str) -> list[str]:
    return [example.text for example in dataset.split(split)]


if __name__ == "__main__":
    main()
