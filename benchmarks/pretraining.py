"""What pretraining on text without labels brings, by the number of labelled reviews: IMDb, three seeds.

    python benchmarks/pretraining.py --piece 35     as far as 35 minutes go; again to go on
    python benchmarks/pretraining.py --quick        the built-in movies, tiny

The language model is that of `language_model.py imdb`, which comes first: it read the training reviews and
those without labels, but none that also stand in test (`in_test`) and no film held out for validation. The
same network is trained on 100, 1,000, 10,000 and all labelled reviews, from a random start and from the
language model, beside TF-IDF and NB-SVM on the same reviews. The learning rate, and whether layers are
unfrozen one by one, are chosen on the validation reviews, by film, with the first seed (for all reviews: as
for 10,000); then nothing is left to choose, every network is trained for its number of epochs without
validation, and its test figure is read once.

Every piece is kept in runs/benchmark/pretraining and done once; `--piece` ends after so many minutes, and the
same command goes on. On two cores all takes about an hour and a half.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

import record
from language_model import NETWORK, TEXT

from tenor.baselines.baseline import BASELINES
from tenor.config.classification import ClassificationConfig
from tenor.config.data import DataConfig
from tenor.config.language_model import LanguageModelConfig
from tenor.config.load import Values, merge, parse, parse_as, to_values
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.data.load import load
from tenor.experiments.classification import fit
from tenor.experiments.language_modelling import pretrain
from tenor.experiments.settling import adopted
from tenor.files import atomic_file
from tenor.pretrained_model import PretrainedModel

PICTURE = record.ROOT / "docs" / "pretraining.png"
SCRATCH, PRETRAINED = "scratch", "pretrained"


@dataclass(frozen=True)
class Way:
    """How a network is trained, which validation texts choose."""

    rate: float  # learning rate
    gradual: bool = False  # layer by layer, with lower rates below; else all alike and at once

    def __str__(self) -> str:
        return f"rate-{self.rate:g}{'-gradual' if self.gradual else ''}"


_RATES = (1e-3, 4e-3)
WAYS: Mapping[str, Sequence[Way]] = {
    SCRATCH: [Way(rate) for rate in _RATES],
    PRETRAINED: [Way(rate, gradual) for rate in _RATES for gradual in (False, True)],
}


@dataclass(frozen=True)
class Plan:
    """What is measured; epochs by the number of labelled reviews, of which None is all."""

    seeds: int
    epochs: Mapping[int | None, int]
    network: Values

    def values(self, recipe: str, labels: int | None, seed: int, way: Way, source: Path) -> Values:
        """Return the settings of a training."""
        epochs = self.epochs[labels]
        start: Values = {}
        if recipe == PRETRAINED:
            kept = {"unfreeze": epochs / 8} if way.gradual else {"unfreeze": 0.0, "factor": 1.0}
            start = {"source": str(source), **kept}
        training = {"epochs": epochs, "learning_rate": way.rate, "seed": seed, "patience": None}
        return {
            "text": TEXT,
            "network": {**self.network, "pooling": "mean-max"},
            "transfer": start,
            "training": {**training, "precision": "float32"},
            "evaluation": {"resamples": 100},
        }


WHOLE = Plan(3, {100: 30, 1_000: 12, 10_000: 4, None: 3}, NETWORK)
QUICK = Plan(1, {20: 1, None: 1}, {**NETWORK, "embedding_size": 6, "recurrent": {"hidden_size": 6}})


class Enough(Exception):  # noqa: N818 - a decision, not a fault
    """The time of this piece is used up."""


@dataclass(frozen=True)
class Clock:
    """The time of one call of the script."""

    end: float

    def refuse_more(self) -> None:
        """Raise `Enough` when the time is used up."""
        if time.monotonic() > self.end:
            raise Enough


class Study:
    """The pieces of a plan and where they are kept."""

    def __init__(self, plan: Plan, dataset: Dataset, source: Path, folder: Path, clock: Clock) -> None:
        self._plan = plan
        self._dataset = dataset
        self._source = source  # run folder of the language model
        self._folder = folder
        self._clock = clock

    def figures(self) -> dict[str, Any]:
        """Return test accuracy by recipe and number of labels, a list with one for each seed."""
        found: dict[str, Any] = {"chosen": {}, "accuracy": {}}
        for recipe in (SCRATCH, PRETRAINED):
            ways = self._ways(recipe)
            found["chosen"][recipe] = {_name(labels): asdict(way) for labels, way in ways.items()}
            found["accuracy"][recipe] = {
                _name(labels): [self._trained(recipe, labels, seed, way) for seed in range(self._plan.seeds)]
                for labels, way in ways.items()
            }
        for name in ("tfidf", "nbsvm"):
            found["accuracy"][name] = {
                # Nothing is drawn of all reviews, and a linear model has one optimum.
                _name(labels): [
                    self._baseline(name, labels, seed) for seed in range(self._plan.seeds if labels else 1)
                ]
                for labels in self._plan.epochs
            }
        return found

    def _ways(self, recipe: str) -> dict[int | None, Way]:
        """Return the way of the best validation accuracy; of all reviews that of the most."""
        ways: dict[int | None, Way] = {}
        for labels in self._plan.epochs:
            if labels is not None:
                by_way = {way: self._trained(recipe, labels, 0, way, choosing=True) for way in WAYS[recipe]}
                ways[labels] = max(by_way, key=by_way.__getitem__)
        ways[None] = ways[max(labels for labels in self._plan.epochs if labels is not None)]
        return ways

    def _trained(
        self, recipe: str, labels: int | None, seed: int, way: Way, *, choosing: bool = False
    ) -> float:
        """Return the accuracy of a network: on validation reviews while choosing, else on those of test."""
        split = "validation" if choosing else "test"
        dataset = labelled(self._dataset, labels, seed, judged_on=split)
        values = self._plan.values(recipe, labels, seed, way, self._source)
        config: ClassificationConfig = parse(adopted(merge(values, {"data": {"source": dataset.name}})))

        def train() -> float:
            figure = fit(dataset, config).evaluations["test"].metrics["accuracy"]
            assert figure is not None, "the judged split has texts"
            return figure.value

        name = f"{split}-{recipe}-{_name(labels)}-{way}-seed-{seed}"
        return self._once(name, [to_values(config), _told(dataset)], train)

    def _baseline(self, name: str, labels: int | None, seed: int) -> float:
        dataset = labelled(self._dataset, labels, seed, judged_on="test")
        given, judged = dataset.split("train"), dataset.split("test")

        def measure() -> float:
            made = BASELINES[name](
                [one.text for one in given], [str(one.label) for one in given], dataset.classes
            )
            predicted = made.predict([one.text for one in judged])
            return mean(a == b.label for a, b in zip(predicted, judged, strict=True))

        return self._once(f"{name}-{_name(labels)}-seed-{seed}", [name, _told(dataset)], measure)

    def _once(self, name: str, decides: object, measure: Callable[[], float]) -> float:
        """Return a stored figure that the same things decided, or measure and store it."""
        file = self._folder / "pieces" / f"{name}.json"
        key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        if file.is_file():
            stored = json.loads(file.read_text())
            if stored["key"] == key:
                return float(stored["accuracy"])
        self._clock.refuse_more()
        start = time.monotonic()
        accuracy = measure()
        seconds = time.monotonic() - start
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file) as temporary:
            temporary.write_text(json.dumps({"key": key, "accuracy": accuracy, "seconds": seconds}))
        print(f"{name:50} {accuracy:.2%}  {seconds:6.0f} s", flush=True)
        return accuracy


def labelled(dataset: Dataset, labels: int | None, seed: int, *, judged_on: str) -> Dataset:
    """Return so many training examples, each class alike, and one split to judge on, called test."""
    train = dataset.split("train")
    if labels is not None:
        generator = random.Random(seed)
        share = labels // len(dataset.classes)
        train = tuple(
            one
            for name in dataset.classes
            for one in generator.sample([e for e in train if e.label == name], share)
        )
    return replace(dataset, splits={"train": train, "test": dataset.split(judged_on)})


def tiny(network: Values, out: Path) -> Path:
    """Train a language model on the built-in movies, for a look at whether all runs; return its folder."""
    changes = {"data": {"sources": ["movies"]}, "text": TEXT, "network": network, "training": {"epochs": 1}}
    config = parse_as(LanguageModelConfig, merge(to_values(LanguageModelConfig()), changes))
    if not out.is_dir():
        pretrain(config, out=out)
    return out


def draw(accuracy: Mapping[str, Mapping[str, Sequence[float]]], sizes: Mapping[str, int], path: Path) -> None:
    """Draw mean accuracy against the number of labels, with every seed as a point."""
    from tenor.report.pictures import BLUE, GREEN, MUTED, ORANGE, SMALL, canvas, plain, png

    figure = canvas(230)
    axes = figure.subplots()
    plain(axes)
    styles = {PRETRAINED: (BLUE, "o"), SCRATCH: (ORANGE, "s"), "nbsvm": (GREEN, "^"), "tfidf": (MUTED, "v")}
    for recipe, (colour, marker) in styles.items():
        found = {sizes[name]: shares for name, shares in accuracy[recipe].items()}
        x = sorted(found)
        axes.plot(x, [100 * mean(found[size]) for size in x], color=colour, marker=marker, label=recipe)
        for size in x:
            points = [100 * share for share in found[size]]
            axes.plot([size] * len(points), points, ".", color=colour, alpha=0.5, markersize=4)
    axes.set(xscale="log", xlabel="labelled reviews", ylabel="test accuracy, %")
    axes.legend(fontsize=SMALL, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    png(figure, path)


def main() -> None:
    """Go on with the pieces until all are there or time is up; then print, write the JSON, draw."""
    parser = record.parser(__doc__)
    parser.add_argument("--piece", type=float, metavar="MINUTES", help="end after so many; again to go on")
    parser.add_argument("--runs", type=Path, metavar="FOLDER", help="of the pieces; default: in runs/")
    options: argparse.Namespace = parser.parse_args()
    folder = (options.runs or record.RUNS) / ("pretraining-quick" if options.quick else "pretraining")
    clock = Clock(time.monotonic() + 60 * options.piece if options.piece is not None else float("inf"))
    if options.quick:
        chosen, data = QUICK, DataConfig(source="movies")
        source = tiny(chosen.network, folder / "language-model")
    else:
        chosen, data = WHOLE, DataConfig(source=str(record.data_folder() / "imdb"), group_by="imdb_id")
        source = record.RUNS / "language-model"
        if not (source / "model").is_dir():
            sys.exit(f"no language model at {source}; python benchmarks/language_model.py imdb makes it")
    model = PretrainedModel.load(source)
    dataset = load(data)
    try:
        found = Study(chosen, dataset, source, folder, clock).figures()
    except Enough:
        sys.exit("time is up; what is done is kept, and the same command goes on")
    sizes = {_name(labels): labels or len(dataset.split("train")) for labels in chosen.epochs}
    for line in lines(found["accuracy"], sizes):
        print(line)
    figures = {
        "seeds": list(range(chosen.seeds)), "sizes": sizes,
        "language_model": {"digest": model.digest, "metrics": model.metrics}, **found,
    }  # fmt: skip
    out = record.target(options)
    record.write("pretraining", figures, out)
    if out is not None:
        draw(found["accuracy"], sizes, PICTURE if out == record.RESULTS else out / PICTURE.name)


def lines(accuracy: Mapping[str, Any], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield a table for the screen."""
    yield f"{'':12}" + "".join(f"{size:>10,}" for size in sizes.values())
    for recipe, by_size in accuracy.items():
        yield f"{recipe:12}" + "".join(f"{mean(by_size[name]):>10.2%}" for name in sizes)


def _name(labels: int | None) -> str:
    return "all" if labels is None else str(labels)


def _told(dataset: Dataset) -> dict[str, str]:
    return {split: fingerprint(examples) for split, examples in dataset.splits.items()}


if __name__ == "__main__":
    main()
