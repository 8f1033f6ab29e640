"""What models do with texts that ask one thing at a time, and what variants of training texts change of it.

    python benchmarks/behaviour.py                    all parts: some 50 minutes on two cores
    python benchmarks/behaviour.py movies             three seeds, without and with variants, 20 minutes
    python benchmarks/behaviour.py products
    python benchmarks/behaviour.py imdb --minutes 3   one seed; validation films are not in training
    python benchmarks/behaviour.py --quick            a few reviews, two models, two tests

Each model is trained with each seed, without variants and with some (`tenor train --augment 0.3`), on equal
terms otherwise, and then asked the built-in behaviour suite, whose templates no variant is made from. Its
accuracy on the test split shows what variants cost. A training that is finished is kept in
runs/benchmark/behaviour and only read again.

Intervals of rates are Wilson's over cases, for the mean over seeds; those of changes are Student's t over
seeds, of which a single one has none. Cases of one template resemble each other: other templates may move a
figure further than its interval says.
"""

import argparse
import functools
import hashlib
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import record
from behaviour_tables import WITH, WITHOUT, summary

from tenor.baselines.baseline import BASELINES
from tenor.compare.work import data_fingerprint
from tenor.config.augmentation import USUAL_SHARE, AugmentConfig
from tenor.config.classification import ClassificationConfig
from tenor.config.data import DataConfig
from tenor.config.load import parse, to_values
from tenor.config.names import apply_name
from tenor.data.augment.augmentation import augmented
from tenor.data.example import Dataset
from tenor.data.load import load
from tenor.evaluation.behaviour.checking import check
from tenor.evaluation.behaviour.reading import builtin
from tenor.evaluation.behaviour.suite import Suite
from tenor.evaluation.intervals import wilson
from tenor.files import atomic_file

BASELINE = "tfidf"
MODELS: tuple[str, ...] = (BASELINE, "bag-mean", "cnn-max", "lstm", "bigru", "mingru")
SHARES = (0.0, USUAL_SHARE)
# As `tenor compare --rates` chose them on the validation split of movies; all others are the default.
_RATES = {"bag-mean": 1e-3, "cnn-max": 1e-2, "lstm": 1e-2}
# Small enough that every network reads the reviews more than once in its time.
_IMDB: Mapping[str, Mapping[str, Any]] = {
    "text": {"max_length": 400},
    "network": {
        "embedding_size": 64,
        "embedding_dropout": 0.5,
        "recurrent": {"hidden_size": 64},
        "mingru": {"hidden_size": 64},
    },
    "training": {"batch_size": 64, "learning_rate": 2e-3, "epochs": 20, "patience": None},
}
_QUICK_ROWS = {"train": 400, "validation": 60, "test": 60}
_QUICK_TESTS = ("negated praise", "but, to praise")


@dataclass(frozen=True)
class Part:
    """Data, how networks are trained on it, and how often."""

    data: Callable[[], DataConfig]
    settings: Mapping[str, Mapping[str, Any]]
    rates: Mapping[str, float]
    seeds: int


@dataclass(frozen=True)
class Training:
    """One model, one seed, one share of variants."""

    part: str
    model: str
    seed: int
    share: float

    @property
    def file(self) -> str:
        """Where its result is kept."""
        return f"{self.part}-{self.model}-seed-{self.seed}-variants-{self.share:g}.json"


def parts(seeds: int, minutes: float) -> dict[str, Part]:
    """Return what is trained on."""
    corpus: dict[str, dict[str, Any]] = {"training": {"threads": 1}}
    imdb = {**_IMDB, "training": {**_IMDB["training"], "minutes": minutes}}
    return {
        "movies": Part(lambda: DataConfig(source="movies"), corpus, _RATES, seeds),
        "products": Part(lambda: DataConfig(source="products"), corpus, _RATES, seeds),
        "imdb": Part(_imdb, imdb, {}, 1),
    }


def _imdb() -> DataConfig:
    folder = record.data_folder() / "imdb"
    return DataConfig(
        source=str(folder / "train.parquet"), test=str(folder / "test.parquet"), group_by="imdb_id"
    )


def trainings(name: str, part: Part, models: Sequence[str]) -> list[Training]:
    """Return the trainings of a part, those on the same texts together; a linear model has no seed."""
    return [
        Training(name, model, seed, share)
        for share in SHARES
        for model in models
        for seed in range(1 if model == BASELINE else part.seeds)
    ]


def configuration(training: Training, part: Part) -> ClassificationConfig:
    """Return the configuration of a training, without its data."""
    config = parse(part.settings)
    network = config.network if training.model == BASELINE else apply_name(config.network, training.model)
    # One layer of minGRU cannot turn round what it has read.
    network = replace(network, mingru=replace(network.mingru, layers=2))
    rate = part.rates.get(training.model, config.training.learning_rate)
    how = replace(config.training, seed=training.seed, learning_rate=rate, device="cpu", precision="float32")
    return replace(config, network=network, training=how)


def result(
    training: Training, config: ClassificationConfig, dataset: Dataset, suite: Suite
) -> dict[str, Any]:
    """Train, measure on the test split, and ask the suite."""
    test = dataset.split("test")
    if training.model == BASELINE:
        train, validation = (
            ([e.text for e in dataset.split(name)], [str(e.label) for e in dataset.split(name)])
            for name in ("train", "validation")
        )
        baseline = BASELINES[BASELINE](*train, dataset.classes, validation=validation, text=config.text)
        predict = baseline.predict_proba
        predicted = baseline.predict([e.text for e in test])
        right = sum(one == e.label for one, e in zip(predicted, test, strict=True))
        accuracy, epochs = wilson(right, len(test)), 0
    else:
        from tenor.experiments.classification import fit

        fitted = fit(dataset, config)
        predict = fitted.predictor.predict_proba
        found = fitted.evaluations["test"].metrics["accuracy"]
        assert found is not None
        accuracy, epochs = found, len(fitted.history.rows)
    behaviour = check(suite, predict, dataset.classes, examples=0)
    return {
        **asdict(training),
        "accuracy": accuracy.to_json(),
        "test_rows": len(test),
        "epochs": epochs,
        "variants": len(dataset.split("train")) - _plain(dataset),
        "failures": {one.test.name: one.failures for one in behaviour.tests},
        "cases": {one.test.name: len(one.test.cases) for one in behaviour.tests},
    }


def finished(training: Training, part: Part, dataset: Dataset, suite: Suite, folder: Path) -> dict[str, Any]:
    """Return the result of a training: the one that is kept, or else a new one."""
    config = configuration(training, part)
    decisive = [to_values(config), data_fingerprint(dataset), suite.fingerprint]
    fingerprint = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
    file = folder / training.file
    if file.is_file():
        kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
        if kept["fingerprint"] == fingerprint:
            return kept
    found = {**result(training, config, dataset, suite), "fingerprint": fingerprint}
    with atomic_file(file) as temporary:
        temporary.write_text(json.dumps(found, indent=1), "utf-8")
    return found


def show(name: str, found: Mapping[str, Any]) -> None:
    """Print the failure rates of a part, without -> with variants."""
    print(f"\n{name}: failures without -> with variants, in per cent")
    print(f"{'':42}" + "".join(f"{model:>16}" for model in found))
    for shown, *keys in (
        ("accuracy on test", "accuracy"),
        ("all cases", "overall", "value"),
        *((test, "tests", test, "value") for test in next(iter(found.values()))[WITHOUT]["tests"]),
    ):
        print(f"{shown:42}" + "".join(f"{_cell(model, keys):>16}" for model in found.values()))


def _cell(model: Mapping[str, Any], keys: Sequence[str]) -> str:
    shares = [functools.reduce(operator.getitem, keys, model[side]) for side in (WITHOUT, WITH)]
    return " -> ".join(f"{100 * share:.1f}" for share in shares)


def _plain(dataset: Dataset) -> int:
    rows = dataset.provenance["rows"]
    assert isinstance(rows, Mapping)
    return int(rows["train"])


def _small(dataset: Dataset) -> Dataset:
    splits = {name: rows[: _QUICK_ROWS[name]] for name, rows in dataset.splits.items()}
    return replace(dataset, splits=splits, provenance={"rows": {n: len(rows) for n, rows in splits.items()}})


def main() -> None:
    """Train and ask what is not there yet; print the tables, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("parts", nargs="*", help="movies, products, imdb; none: all")
    parser.add_argument("--seeds", type=int, default=3, help="of the built-in corpora; default: 3")
    parser.add_argument("--minutes", type=float, default=2.0, help="of training on IMDb; default: 2")
    options: argparse.Namespace = parser.parse_args()
    known = parts(options.seeds, options.minutes)
    if options.seeds < 1:
        parser.error(f"--seeds {options.seeds}: train at least one network")
    if unknown := set(options.parts) - set(known):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    suite, models, folder = builtin(), MODELS, record.RUNS / "behaviour"
    names = options.parts or list(known)
    if options.quick:
        suite, models, folder = suite.only(_QUICK_TESTS), MODELS[:2], record.RUNS / "quick" / "behaviour"
        names = options.parts or ["movies"]
        known = {name: replace(part, seeds=1, settings=_quick(part)) for name, part in known.items()}
    out = record.target(options)
    for name in names:
        part = known[name]
        plain = load(part.data())
        plain = _small(plain) if options.quick else plain
        results = []
        for share in SHARES:
            dataset = augmented(plain, AugmentConfig(share=share))
            for training in trainings(name, part, models):
                if training.share == share:
                    one = finished(training, part, dataset, suite, folder)
                    results.append(one)
                    right, failed = one["accuracy"]["value"], sum(one["failures"].values())
                    print(f"{training.file}: accuracy {right:.2%}, {failed} of {suite.cases} cases failed")
        found = summary(results)
        show(name, found)
        figures = {"trainings": results, "models": found, "suite": suite.fingerprint, "share": SHARES[1]}
        record.write(f"behaviour-{name}", figures, out)


def _quick(part: Part) -> dict[str, Mapping[str, Any]]:
    training = {**part.settings.get("training", {}), "epochs": 1, "minutes": None}
    return {**part.settings, "training": training}


if __name__ == "__main__":
    main()
