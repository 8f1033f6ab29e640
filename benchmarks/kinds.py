"""How hard the built-in corpora are, kind by kind: what single words can tell, and what an LSTM learns.

    python benchmarks/kinds.py                       both corpora, three seeds, some minutes
    python benchmarks/kinds.py movies --seeds 1

Every model is trained on the train split and read on the test split. `words` is a logistic regression over
TF-IDF weights of single words, `length` one over characters, words and marks of punctuation, both of
scikit-learn with its own defaults; `lstm` is the default configuration of Tenor, in float32 on one thread,
so that its figures can be had again.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean

import record

from tenor.config.classification import ClassificationConfig
from tenor.data.builtin.corpus import BUILTIN, load
from tenor.data.builtin.kinds import KINDS
from tenor.data.example import Dataset, Example

Figures = dict[str, dict[str, float]]  # source -> kind -> share of right labels

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


def lstm_accuracy(dataset: Dataset, seed: int, epochs: int | None = None) -> Figures:
    """Judge the test split by a Tenor classifier; `epochs` instead of the default number."""
    from tenor.experiments.classification import fit

    config = ClassificationConfig()
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
    runs = [lstm_accuracy(dataset, seed, epochs) for seed in range(seeds)]
    sizes = {split: len(examples) for split, examples in dataset.splits.items()}
    lengths = [len(text.split()) for text in _texts(dataset, "train")]
    print(f"\n{name}: {sizes}, {mean(lengths):.1f} words a training text ({min(lengths)} to {max(lengths)})")
    print(f"{'':29}{'words':>8}{'length':>8}{'lstm':>8}   each seed")
    for source in ("grammar", "written"):
        for row in (*KINDS, HARD, ALL):
            each = [run[source][row] for run in runs]
            print(f"{source:9}{row:20}{found['words'][source][row]:>8.1%}{found['length'][source][row]:>8.1%}"
                  f"{mean(each):>8.1%}   {'  '.join(f'{share:.1%}' for share in each)}")  # fmt: skip
    return {"sizes": sizes, "words_a_text": mean(lengths), **found, "lstm": runs}


def main() -> None:
    """Measure what was asked for; print the tables, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("corpora", nargs="*", help=f"of {', '.join(BUILTIN)}; none: all")
    parser.add_argument("--seeds", type=int, default=3, help="LSTMs trained, with seeds from 0")
    options: argparse.Namespace = parser.parse_args()
    if options.seeds < 1:
        parser.error(f"--seeds {options.seeds}: train at least one LSTM")
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
