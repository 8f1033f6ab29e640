"""What a small model keeps of what its teacher knows: accuracy lost, size, speed; IMDb, three seeds.

    python benchmarks/distillation.py --piece 35             as far as 35 minutes go; again to go on
    python benchmarks/distillation.py --choose --piece 35    no test review is read
    python benchmarks/distillation.py --quick                the built-in movies, tiny

A teacher for each seed is trained first (teachers.py), by default of the recipe `semi-supervised`, from the
language model of `language_model.py imdb`. Students of the recipe `fast` with n-grams learn from labels
alone, from a teacher, and from one that also answers the reviews without labels; of these, those that stand
in test (`in_test`) and films held out for validation are left out. Temperature and weight of the labels are
chosen on the validation reviews, by film, with the first seed; then the test reviews are read once by each
teacher, each student, and NB-SVM. The difference has the interval of other trainings and other reviews.

Every piece is done once (pieces.py); models and answers are kept in runs/benchmark/distillation, and what is
done of a seed stands without them.
"""

import argparse
import hashlib
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
from teachers import RECIPE as RECIPE_OF_TEACHERS
from teachers import Teachers, places_of, told, values_of
from unlabelled import reviews, write

from tenor.config.load import Values, merge, parse, read
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.evaluation.intervals import wilson
from tenor.evaluation.paired import paired_bootstrap
from tenor.experiments.beside_teacher import measured
from tenor.experiments.classification import Fitted, fit
from tenor.experiments.distilling import RECIPE, chosen
from tenor.experiments.preparing import prepare, sections_of
from tenor.experiments.settling import settled
from tenor.inference.predictor import load as load_model
from tenor.inference.predictor import size_of_model

LABELS, TEACHER, UNLABELLED = "labels alone", "teacher", "teacher, unlabelled text"
KINDS = (LABELS, TEACHER, UNLABELLED)
# Temperature 2 did no better with a first teacher, of which only validation reviews were read.
TEMPERATURES, WEIGHTS = (1.0,), (0.0, 0.5)
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
    """The pieces of a plan and where they are kept.

    A piece is known by the settings of teacher and student and by the texts, not by the teacher's folder: of
    a seed whose pieces are there the teacher need not be.
    """

    def __init__(self, plan: Plan, dataset: Dataset, texts: Path, teachers: Teachers, judge: Judge) -> None:
        self._plan = plan
        self._dataset = dataset
        self._texts = texts  # the reviews without labels
        self._teachers = teachers
        self._judge = judge
        read = {split: fingerprint(examples) for split, examples in dataset.splits.items()}
        self._read_by_all = [read, hashlib.sha256(texts.read_bytes()).hexdigest()]

    def ways(self) -> dict[str, Way]:
        """Return how each kind of student is taught, by validation reviews, with the first seed."""
        return {kind: self._way(kind) for kind in (TEACHER, UNLABELLED)}

    def validated(self, seed: int) -> dict[str, Any]:
        """Return what training a teacher took, and its accuracy on the validation reviews."""
        return self._once(
            f"validation teacher seed {seed}", [seed], lambda: told(self._teachers.trained(seed))
        )

    def figures(self, ways: Mapping[str, Way]) -> dict[str, Any]:
        """Return the figures of teachers and students, and how each kind of student differs."""
        teachers: list[pieces.Figures] = []
        students: dict[str, list[pieces.Figures]] = {kind: [] for kind in KINDS}
        for seed in range(self._plan.seeds):
            teachers.append(self.validated(seed) | self._teacher(seed))
            for kind in KINDS:
                students[kind].append(self._student(kind, seed, ways.get(kind)))
        theirs = self._right(teachers)
        lost = {
            kind: paired_bootstrap(self._right(readings), theirs, resamples=RESAMPLES, seed=0)[0].to_json()
            for kind, readings in students.items()
        }
        return {
            "rows": len(self._dataset.split("test")),
            "ways": {kind: vars(way) for kind, way in ways.items()},
            "teachers": [_shown(piece) for piece in teachers],
            "nbsvm": _shown(self._beside()),
            "students": {kind: [_shown(piece) for piece in readings] for kind, readings in students.items()},
            "student_minus_teacher": lost,
        }

    def _way(self, kind: str) -> Way:
        """Return the way of the least validation loss."""
        losses = {way: self._tried(kind, way)["loss"] for way in self._plan.ways}
        return min(losses, key=losses.__getitem__)

    def _tried(self, kind: str, way: Way) -> dict[str, Any]:
        """Return a student's validation loss and accuracy; the test reviews are not there."""
        splits = {name: self._dataset.split(name) for name in ("train", "validation")}
        values = self._values(0, way)

        def measure() -> dict[str, Any]:
            fitted = self._fitted(replace(self._dataset, splits=splits), values, kind, 0)
            found: Any = fitted.evaluations["validation"].to_json()["metrics"]
            return {"loss": found["log_loss"]["value"], "accuracy": found["accuracy"]["value"]}

        return self._once(f"validation {kind} {way}", [values, kind], measure)

    def _student(self, kind: str, seed: int, way: Way | None) -> dict[str, Any]:
        values = self._values(seed, way)
        folder = self._teachers.folder / "students" / _file(f"{kind} {seed}")

        def measure() -> dict[str, Any]:
            self._fitted(self._dataset, values, kind, seed).model.save(folder)
            return self._read(f"student, {kind}", folder, seed)

        return self._once(f"{kind} seed {seed}", [values, kind], measure)

    def _teacher(self, seed: int) -> dict[str, Any]:
        return self._once(
            f"teacher seed {seed}", [seed], lambda: self._read("teacher", self._teachers.trained(seed), seed)
        )

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

    def _fitted(self, dataset: Dataset, values: Values, kind: str, seed: int) -> Fitted:
        """Train a student; a teacher's answers to the same texts are had once."""
        places: Values = {}
        if kind != LABELS:
            places["distillation"] = {"teacher": str(self._teachers.trained(seed))}
        if kind == UNLABELLED:
            places["unlabelled"] = {"sources": [str(self._texts)]}
        config = settled(parse(merge(values, places)))
        prepared = prepare(dataset, *sections_of(config))
        if prepared.teaching is not None:
            kept = self._teachers.folder / f"answers-{_file(kind)}-{prepared.teaching.teacher.digest[:12]}"
            answers = prepared.teaching.asked(kept)
            answers.save(kept)
            prepared = replace(prepared, answers=answers)
        return fit(dataset, config, prepared=prepared)

    def _values(self, seed: int, way: Way | None) -> Values:
        """Return the settings of a student, but for where its teacher and its texts lie."""
        given: Values = {"training": {"seed": seed}, "evaluation": {"resamples": 100}}
        if way is not None:
            given["distillation"] = dict(vars(way))
        return merge(self._plan.student, given)

    def _right(self, readings: Sequence[Mapping[str, Any]]) -> Any:
        """Return which test reviews each training reads right, (S, N)."""
        right = np.ones((len(readings), len(self._dataset.split("test"))), bool)
        for row, piece in zip(right, readings, strict=True):
            row[piece["wrong"]] = False
        return right

    def _once(
        self, name: str, decides: Sequence[Any], measure: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what is stored of the same settings and texts, or measure and store it."""
        return self._judge.pieces.once(
            _file(name), [self._teachers.values, *decides, *self._read_by_all], measure
        )


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
    texts = write(unlabelled, folder / TEXTS)
    plan = Plan.of(quick=options.quick)
    kept = pieces.opened(options, "distillation")
    tiny = options.quick
    teachers = Teachers(
        _tiny_teacher() if tiny else values_of(options.recipe),
        {} if tiny else places_of(options.recipe, texts),
        dataset,
        folder,
        kept.clock,
    )
    out = record.target(options)
    study = Study(plan, dataset, texts, teachers, Judge("distillation", kept, TEST, out))

    def studied() -> None:
        print("validation, teacher:", json.dumps(study.validated(0)["validation"]))
        ways = study.ways()
        print("ways:", json.dumps({kind: str(way) for kind, way in ways.items()}))
        if options.choose:
            return
        found = study.figures(ways)
        for line in lines(found):
            print(line)
        record.write("distillation", {"recipe": options.recipe, **found}, out)

    pieces.run(studied)


if __name__ == "__main__":
    main()
