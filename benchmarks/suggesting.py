"""Labels chosen by `tenor suggest` against labels taken at random: IMDb and AG News, three seeds.

    python benchmarks/suggesting.py --piece 35                    as far as 35 minutes go; again to go on
    python benchmarks/suggesting.py --data imdb                   one of them alone
    python benchmarks/suggesting.py --quick                       the built-in movies, tiny

Labelling is played: 100 rows at random, every class by its share, are labelled; the recipe `fast` is trained
on them from scratch; the next 100 are chosen of the rest, and so on up to 1,000. They are chosen at random,
by uncertainty alone (`--not-diverse`), or as `tenor suggest` does. With so few rows two epochs are few steps,
so it is trained for more, in smaller batches, the same for all three. All are judged on the validation split,
by film on IMDb; nothing is chosen by it, and the test split is not read.

Every round is kept and done once (pieces.py).
"""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pieces
import record
from data_sets import DATA_SETS, IMDB, without
from data_sets import QUICK as QUICK_SETS
from judging import TEST

from tenor.config.load import Values, merge, parse, read, to_values
from tenor.config.suggestion import SuggestionConfig
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.data.growing import growing_order
from tenor.evaluation.paired import Right, paired_bootstrap
from tenor.experiments.classification import fit
from tenor.experiments.scoring import class_indices
from tenor.files import atomic_file
from tenor.inference.files import TextRows
from tenor.inference.predictor import Predictor
from tenor.inference.suggesting import suggest

RANDOM, UNCERTAIN, SUGGESTED = "random", "uncertain", "suggested"
WAYS = (RANDOM, UNCERTAIN, SUGGESTED)
SETS = (IMDB, "ag_news")


@dataclass(frozen=True)
class Plan:
    """How labelling is played."""

    first: int
    more: int
    last: int
    seeds: int
    changes: Values  # of the recipe

    @property
    def rounds(self) -> int:
        """Trainings of each seed and way."""
        return 1 + (self.last - self.first) // self.more


WHOLE = Plan(100, 100, 1_000, 3, {"training": {"epochs": 20, "batch_size": 16, "learning_rate": 4e-3}})
QUICK = Plan(
    10, 10, 30, 1, {"training": {"epochs": 1}, "network": {"embedding_size": 6, "mingru": {"hidden_size": 6}}}
)


class Labelling:
    """One game: rows of the pool that are labelled so far, and how well each round read."""

    def __init__(
        self, plan: Plan, dataset: Dataset, way: str, seed: int, *, folder: Path, clock: pieces.Clock
    ) -> None:
        self._plan, self._dataset, self._way, self._seed, self._clock = plan, dataset, way, seed, clock
        self._pool = dataset.split("train")
        self._config = parse(merge(read(record.RECIPE), plan.changes, {"training": {"seed": seed}}))
        self._file = folder / f"{way}-seed-{seed}.json"
        told = {split: fingerprint(dataset.split(split)) for split in ("train", "validation")}
        decides = [asdict(plan), to_values(self._config), told, way, seed]
        self._key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()

    def played(self) -> list[str]:
        """Return which validation texts each round read right, as ones and zeros; play what is missing."""
        state = self._stored() or {
            "key": self._key,
            "right": [],
            "labelled": self._order()[: self._plan.first],
        }
        while len(state["right"]) < self._plan.rounds:
            self._clock.refuse_more()
            start = time.monotonic()
            predictor, right = self._trained(state["labelled"])
            state["right"].append("".join(map(str, right.astype(int).tolist())))
            labels = len(state["labelled"])
            if len(state["right"]) < self._plan.rounds:
                state["labelled"] += self._chosen(predictor, state["labelled"])
            self._keep(state)
            seconds = time.monotonic() - start
            print(
                f"{self._way:10} seed {self._seed} {labels:6,} {right.mean():.2%} {seconds:5.0f} s",
                flush=True,
            )
        found: list[str] = state["right"]
        return found

    def _trained(self, labelled: Sequence[int]) -> tuple[Predictor, Right]:
        train = tuple(self._pool[place] for place in labelled)
        predictor = fit(replace(self._dataset, splits={"train": train}), self._config).predictor
        judged = self._dataset.split("validation")
        predicted = predictor.predict_proba([one.text for one in judged]).argmax(1)
        return predictor, predicted == class_indices(judged, self._dataset.classes)

    def _chosen(self, predictor: Predictor, labelled: Sequence[int]) -> list[int]:
        known = set(labelled)
        if self._way == RANDOM:
            return [place for place in self._order() if place not in known][: self._plan.more]
        left = [place for place in range(len(self._pool)) if place not in known]
        rows = TextRows("the pool", "text", [{"text": self._pool[place].text} for place in left])
        choice = SuggestionConfig(count=self._plan.more, diverse=self._way == SUGGESTED, seed=self._seed)
        texts = (self._pool[place].text for place in labelled)
        return [left[one.number - 1] for one in suggest(predictor, rows, choice, known=texts).rows]

    def _order(self) -> list[int]:
        """Return all rows of the pool in a random order, every class by its share."""
        labels = [str(one.label) for one in self._pool]
        return [int(place) for place in growing_order(labels, seed=self._seed)]

    def _stored(self) -> dict[str, Any] | None:
        if not self._file.is_file():
            return None
        state: dict[str, Any] = json.loads(self._file.read_text())
        return state if state["key"] == self._key else None

    def _keep(self, state: Mapping[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(self._file) as temporary:
            temporary.write_text(json.dumps(state))


def pools(names: Sequence[str], *, quick: bool) -> dict[str, Dataset]:
    """Return the data sets without their test split, by name."""
    if quick:
        found = {name: without(QUICK_SETS[name].read(), TEST) for name in names}
        return {name: _thinned(dataset) for name, dataset in found.items()}
    return {name: without(DATA_SETS[name].read(), TEST) for name in names}


def _thinned(dataset: Dataset) -> Dataset:
    return replace(dataset, splits={split: rows[::2] for split, rows in dataset.splits.items()})


def figures(right: Mapping[str, Sequence[Sequence[str]]], plan: Plan) -> dict[str, Any]:
    """Return accuracies by way and number of labels, and what each way gains over chance.

    `right` holds, for each way, which texts the rounds of each seed read right.
    """
    labels = [plan.first + step * plan.more for step in range(plan.rounds)]
    read = {
        way: np.array([[[bit == "1" for bit in one] for one in rounds] for rounds in seeds])
        for way, seeds in right.items()
    }  # (S, rounds, V)
    gains: dict[str, list[dict[str, float]]] = {}
    for way in (UNCERTAIN, SUGGESTED):
        gains[way] = []
        for step in range(plan.rounds):
            gain, p = paired_bootstrap(read[way][:, step], read[RANDOM][:, step], resamples=1000, seed=0)
            gains[way].append({**gain.to_json(), "p": p})
    return {
        "labels": labels,
        "accuracy": {way: found.mean(axis=2).tolist() for way, found in read.items()},
        "gain": gains,
    }


def draw(found: Mapping[str, Any], path: Path) -> None:
    """Draw mean accuracy against the number of labels, every seed as a point."""
    from tenor.report.pictures import BLUE, MUTED, ORANGE, SMALL, canvas, plain, png

    figure = canvas(230)
    axes = figure.subplots()
    plain(axes)
    for way, (colour, marker) in {
        SUGGESTED: (BLUE, "o"), UNCERTAIN: (ORANGE, "^"), RANDOM: (MUTED, "s"),
    }.items():  # fmt: skip
        shares = 100 * np.array(found["accuracy"][way])  # (S, rounds)
        axes.plot(found["labels"], shares.mean(0), color=colour, marker=marker, label=way)
        for one in shares:
            axes.plot(found["labels"], one, ".", color=colour, alpha=0.5, markersize=4)
    axes.set(xlabel="labelled rows", ylabel="accuracy, %")
    axes.legend(fontsize=SMALL, frameon=False)
    png(figure, path)


def lines(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table for the screen."""
    yield f"{name:12}" + "".join(f"{labels:>9,}" for labels in found["labels"])
    for way in WAYS:
        yield f"{way:12}" + "".join(f"{share:>9.2%}" for share in np.mean(found["accuracy"][way], axis=0))
    for way, gains in found["gain"].items():
        yield f"{way + ' +':12}" + "".join(f"{100 * gain['value']:>+9.2f}" for gain in gains)


def main() -> None:
    """Go on with the rounds until all are there or time is up; then print, write the JSON, draw."""
    parser = pieces.parser(__doc__, tests=False)
    parser.add_argument("--data", choices=SETS, help="default: all of them")
    options: argparse.Namespace = parser.parse_args()
    names = ("movies",) if options.quick else (options.data,) if options.data else SETS
    plan = QUICK if options.quick else WHOLE
    kept = pieces.opened(options, "suggesting")
    out = record.target(options)

    def played() -> None:
        for name, dataset in pools(names, quick=options.quick).items():
            right = {
                way: [
                    Labelling(plan, dataset, way, seed, folder=kept.folder / name, clock=kept.clock).played()
                    for seed in range(plan.seeds)
                ]
                for way in WAYS
            }
            found = figures(right, plan)
            for line in lines(name, found):
                print(line)
            record.write(f"suggesting-{name}", {"seeds": list(range(plan.seeds)), **found}, out)
            if out is not None:
                place = record.ROOT / "docs" if out == record.RESULTS else out
                draw(found, place / f"suggesting-{name}.png")

    pieces.run(played)


if __name__ == "__main__":
    main()
