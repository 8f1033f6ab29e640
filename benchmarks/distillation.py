"""What a small model keeps of what its teacher knows: accuracy lost, size, speed; IMDb, three seeds.

    python benchmarks/distillation.py --piece 35             as far as 35 minutes go; again to go on
    python benchmarks/distillation.py --choose --piece 35    no test review is read
    python benchmarks/distillation.py --quick                the built-in movies, tiny

A teacher for each seed is trained first (teachers.py), by default of the recipe `semi-supervised`, from the
language model of `language_model.py both-ways`. Students of the recipe `fast` with n-grams learn from labels
alone, from a teacher, and from one that also answers the reviews without labels; of these, those that stand
in test (`in_test`) and films held out for validation are left out. Temperature and weight of the labels are
chosen on the validation reviews, by film, with the first seed; then the test reviews are read once by each
teacher, each student, and NB-SVM. The difference has the interval of other trainings and other reviews.

Every piece is done once (pieces.py); models and answers are kept in runs/benchmark/distillation. The seconds
of a teacher's answers are its own: they are had once, and kept.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

import judging
import numpy as np
import pieces
import record
from contestants import Baseline
from judging import TEST, Judge
from reviews import reviews, write_texts
from teachers import RECIPE as RECIPE_OF_TEACHERS
from teachers import Teachers, told, values_of

from tenor.config.classification import ClassificationConfig
from tenor.config.load import Values, merge, parse, read, to_values
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.evaluation.intervals import wilson
from tenor.evaluation.paired import paired_bootstrap
from tenor.experiments.beside_teacher import measured
from tenor.experiments.classification import fit
from tenor.experiments.distilling import RECIPE, chosen
from tenor.experiments.preparing import prepare, sections_of
from tenor.experiments.settling import settled
from tenor.experiments.teacher import Teacher
from tenor.inference.predictor import load as load_model
from tenor.inference.predictor import size_of_model

LABELS, TEACHER, UNLABELLED = "labels alone", "teacher", "teacher, unlabelled text"
KINDS = (LABELS, TEACHER, UNLABELLED)
TEMPERATURES, WEIGHTS = (1.0, 2.0), (0.0, 0.5)
RESAMPLES = 1000
TEXTS = "texts.jsonl"  # the reviews without labels


@dataclass(frozen=True)
class Way:
    """How a student is taught, which validation reviews choose."""

    temperature: float
    labels: float

    def __str__(self) -> str:
        return f"temperature-{self.temperature:g}-labels-{self.labels:g}"


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    seeds: int
    ways: Sequence[Way]
    student: Values  # sections of its configuration, without data

    @classmethod
    def of(cls, *, quick: bool) -> "Plan":
        """Return the plan; a tiny one with `quick`."""
        if quick:
            tiny = {"embedding_size": 6, "mingru": {"hidden_size": 6}}
            training = {"epochs": 1, "threads": 1, "precision": "float32"}
            student = merge(chosen(RECIPE), {"network": tiny, "training": training})
            return cls(1, [Way(2.0, 0.5), Way(1.0, 0.0)], student)
        student = merge(chosen(RECIPE), {"ensemble": {"ngrams": {"use": True}}})
        return cls(3, [Way(*both) for both in product(TEMPERATURES, WEIGHTS)], student)


class Study:
    """The pieces of a plan and where they are kept."""

    def __init__(self, plan: Plan, dataset: Dataset, folder: Path, judge: Judge) -> None:
        self._plan = plan
        self._dataset = dataset
        self._folder = folder  # of the reviews without labels, models, answers
        self._judge = judge

    def ways(self, teacher: Path) -> dict[str, Way]:
        """Return how each kind of student is taught."""
        return {kind: self._way(kind, teacher) for kind in (TEACHER, UNLABELLED)}

    def figures(self, teachers: Sequence[Path], ways: Mapping[str, Way]) -> dict[str, Any]:
        """Return the figures of teachers and students, and how each kind of student differs."""
        found = {"teachers": [self._teacher(folder, seed) for seed, folder in enumerate(teachers)]}
        students = {
            kind: [self._judged(kind, teachers[seed % len(teachers)], seed, ways.get(kind)) for seed in seeds]
            for seeds in [range(self._plan.seeds)]
            for kind in KINDS
        }
        right = {kind: self._right(readings) for kind, readings in students.items()}
        theirs = self._right(found["teachers"])
        lost = {
            kind: paired_bootstrap(ours, theirs, resamples=RESAMPLES, seed=0)[0].to_json()
            for kind, ours in right.items()
        }
        return {
            "rows": len(self._dataset.split("test")),
            "ways": {kind: vars(way) for kind, way in ways.items()},
            "teachers": [
                {**_shown(piece), **told(folder)}
                for piece, folder in zip(found["teachers"], teachers, strict=True)
            ],
            "nbsvm": _shown(self._beside()),
            "students": {kind: [_shown(piece) for piece in readings] for kind, readings in students.items()},
            "student_minus_teacher": lost,
        }

    def _way(self, kind: str, teacher: Path) -> Way:
        """Return the way of the least validation loss, with the first seed."""
        losses = {way: self._tried(kind, teacher, way)["loss"] for way in self._plan.ways}
        return min(losses, key=losses.__getitem__)

    def _tried(self, kind: str, teacher: Path, way: Way) -> dict[str, Any]:
        """Return a student's validation loss and accuracy; the test reviews are not there."""
        splits = {name: self._dataset.split(name) for name in ("train", "validation")}
        dataset = replace(self._dataset, splits=splits)
        config = self._config(kind, teacher, 0, way)

        def measure() -> dict[str, Any]:
            metrics = self._fitted(dataset, config, kind, teacher).evaluations["validation"].metrics
            return {"loss": metrics["log_loss"].value, "accuracy": metrics["accuracy"].value}

        return self._once(f"validation {kind} {way}", config, dataset, measure)

    def _judged(self, kind: str, teacher: Path, seed: int, way: Way | None) -> dict[str, Any]:
        config = self._config(kind, teacher, seed, way)
        folder = self._folder / "students" / _file(f"{kind} {seed}")

        def measure() -> dict[str, Any]:
            self._fitted(self._dataset, config, kind, teacher).model.save(folder)
            return self._read(f"student, {kind}", folder, seed)

        return self._once(f"{kind} seed {seed}", config, self._dataset, measure)

    def _teacher(self, folder: Path, seed: int) -> dict[str, Any]:
        config = settled(parse({"distillation": {"teacher": str(folder)}}))
        name = f"teacher {config.distillation.digest}"
        return self._once(name, config, self._dataset, lambda: self._read("teacher", folder, seed))

    def _beside(self) -> dict[str, Any]:
        """Return what NB-SVM makes of the same reviews."""
        lots = {"test": self._dataset.split("test")}
        predicted, _ = self._judge.predicted(Baseline("nbsvm"), self._dataset, lots, about="imdb", seeds=1)
        right = predicted["test"][0] == judging.indices(lots["test"], self._dataset)
        return {"accuracy": wilson(int(right.sum()), len(right)).to_json()}

    def _read(self, name: str, folder: Path, seed: int) -> dict[str, Any]:
        """Return what a model makes of the test reviews, from text to label; the log says that it did."""
        right, figures = measured(load_model(folder), size_of_model(folder), self._dataset.split("test"))
        reading = {"study": "distillation", "contestant": name, "about": "imdb", "data": "imdb", "seed": seed}
        time = datetime.now(UTC).isoformat(timespec="seconds")
        judging.write_down([{**reading, "time": time, "accuracy": float(right.mean())}], self._judge.log)
        return {**figures.to_json(), "wrong": np.flatnonzero(~right).tolist()}

    def _fitted(self, dataset: Dataset, config: ClassificationConfig, kind: str, teacher: Path) -> Any:
        """Train a student; a teacher's answers to the same texts are had once."""
        prepared = prepare(dataset, *sections_of(config))
        if prepared.teaching is not None:
            kept = self._folder / f"answers-{_file(kind)}-{Teacher.read(str(teacher)).digest[:12]}"
            answers = prepared.teaching.asked(kept)
            answers.save(kept)
            prepared = replace(prepared, answers=answers)
        return fit(dataset, config, prepared=prepared)

    def _config(self, kind: str, teacher: Path, seed: int, way: Way | None) -> ClassificationConfig:
        given: Values = {"training": {"seed": seed}, "evaluation": {"resamples": 100}}
        if way is not None:
            given["distillation"] = {"teacher": str(teacher), **vars(way)}
        if kind == UNLABELLED:
            given["unlabelled"] = {"sources": [str(self._folder / TEXTS)]}
        return settled(parse(merge(self._plan.student, given)))

    def _right(self, readings: Sequence[Mapping[str, Any]]) -> Any:
        """Return which test reviews each training reads right, (S, N)."""
        right = np.ones((len(readings), len(self._dataset.split("test"))), bool)
        for row, piece in zip(right, readings, strict=True):
            row[piece["wrong"]] = False
        return right

    def _once(
        self, name: str, config: ClassificationConfig, dataset: Dataset, measure: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what is stored of the same settings and texts, or measure and store it."""
        told = {split: fingerprint(examples) for split, examples in dataset.splits.items()}
        return self._judge.pieces.once(_file(name), [to_values(config), told], measure)


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table for the screen."""
    yield f"{'':26}{'accuracy':>10}{'minus teacher, points':>28}{'MB':>8}{'reviews/s':>12}"
    yield _line("teacher", found["teachers"], "")
    for kind, readings in found["students"].items():
        lost = found["student_minus_teacher"][kind]
        spread = f"({100 * lost['low']:+.2f} to {100 * lost['high']:+.2f})"
        yield _line(kind, readings, f"{100 * lost['value']:+.2f} {spread}")


def _line(name: str, readings: Sequence[Mapping[str, Any]], lost: str) -> str:
    accuracy = mean(piece["accuracy"]["value"] for piece in readings)
    size, speed = (mean(piece[key] for piece in readings) for key in ("bytes", "texts_per_second"))
    return f"{name:26}{accuracy:>10.2%}{lost:>28}{size / 1e6:>8.1f}{speed:>12,.0f}"


def _tiny_teacher() -> Values:
    tiny = {"embedding_size": 6, "recurrent": {"hidden_size": 6, "layers": 1}}
    return merge(read("packed"), {"network": tiny, "training": {"epochs": 1, "threads": 1}})


def _shown(piece: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in piece.items() if name not in ("key", "wrong")}


def _file(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "-")


def main() -> None:
    """Go on with the pieces until all are there or time is up; then print and write the JSON."""
    parser = pieces.parser(__doc__)
    parser.add_argument(
        "--recipe", default=RECIPE_OF_TEACHERS, help=f"of the teachers; default: {RECIPE_OF_TEACHERS}"
    )
    options: argparse.Namespace = parser.parse_args()
    folder = (options.runs or record.RUNS) / f"distillation{'-quick' if options.quick else ''}"
    dataset, unlabelled = reviews(quick=options.quick)
    texts = write_texts(unlabelled, folder / TEXTS)
    plan = Plan.of(quick=options.quick)
    kept = pieces.opened(options, "distillation")
    values = _tiny_teacher() if options.quick else values_of(options.recipe, texts)
    out = record.target(options)
    study = Study(plan, dataset, folder, Judge("distillation", kept, TEST, out))
    teachers = Teachers(values, dataset, folder, kept.clock)

    def studied() -> None:
        first = teachers.trained(0)
        ways = study.ways(first)
        print(json.dumps({kind: str(way) for kind, way in ways.items()} | told(first)["validation"]))
        if options.choose:
            return
        found = study.figures([teachers.trained(seed) for seed in range(plan.seeds)], ways)
        for line in lines(found):
            print(line)
        record.write("distillation", {"recipe": options.recipe, **found}, out)

    pieces.run(studied)


if __name__ == "__main__":
    main()
