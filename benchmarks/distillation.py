"""What a small model keeps of what its teacher knows: accuracy lost, size, speed; IMDb, three seeds.

    python benchmarks/distillation.py --teacher runs/best --piece 35  as far as 35 minutes go; again to go on
    python benchmarks/distillation.py --recipe packed                 a teacher is trained first
    python benchmarks/distillation.py --quick                         the built-in movies, tiny

Students of the recipe `fast` learn from labels alone, from a teacher, and from one that also answers the
reviews without labels; of these, those that stand in test (`in_test`) and films held out for validation are
left out. Temperature and weight of the labels are chosen on the validation reviews, by film, with the first
seed; then each student's test reviews are read once. A teacher that is given must have been trained on the
same reviews, split the same way:

    tenor train $TENOR_DATA/imdb --group-by imdb_id --config packed --out runs/best

Given several times, --teacher names teachers that differ by their seed alone: students take them in turn.
The difference has the interval of other trainings and other reviews. Every piece is done once (pieces.py);
models and answers are kept in runs/benchmark/distillation.
The seconds of a teacher's answers are its own: they are had once, and kept.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pieces
import record

from tenor.config.classification import ClassificationConfig
from tenor.config.data import DataConfig
from tenor.config.load import Values, merge, parse, read, to_values
from tenor.data.duplicates import digest
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.data.load import load
from tenor.data.readers import read_rows
from tenor.evaluation.paired import paired_bootstrap
from tenor.experiments.beside_teacher import measured
from tenor.experiments.classification import fit, train
from tenor.experiments.distilling import RECIPE, chosen
from tenor.experiments.preparing import prepare, sections_of
from tenor.experiments.settling import settled
from tenor.experiments.teacher import Teacher
from tenor.files import atomic_file
from tenor.inference.predictor import load as load_model
from tenor.inference.predictor import size_of_model

LABELS, TEACHER, UNLABELLED = "labels alone", "teacher", "teacher, unlabelled text"
KINDS = (LABELS, TEACHER, UNLABELLED)
TEMPERATURES, WEIGHTS = (1.0, 2.0, 4.0), (0.0, 0.5)
RESAMPLES = 1000


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
        return cls(3, [Way(*both) for both in product(TEMPERATURES, WEIGHTS)], chosen(RECIPE))


class Study:
    """The pieces of a plan and where they are kept."""

    def __init__(self, plan: Plan, dataset: Dataset, texts: Path, folder: Path, kept: pieces.Pieces) -> None:
        self._plan = plan
        self._dataset = dataset
        self._texts = texts  # file of the reviews without labels
        self._folder = folder  # of models and answers
        self._pieces = kept

    def trained(self, recipe: Values, seed: int) -> Path:
        """Return the run folder of a teacher, trained now or before; one that was stopped goes on."""
        out = self._folder / f"teacher-seed-{seed}"
        if not (out / "model").is_dir():
            self._pieces.clock.refuse_more()
            config = parse(merge(recipe, {"training": {"seed": seed}}))
            train(config, dataset=self._dataset, out=out, resume=(out / "config.yaml").is_file())
        return out

    def figures(self, teachers: Sequence[Path]) -> dict[str, Any]:
        """Return the figures of teachers and students, and how each kind of student differs."""
        ways = {kind: self._way(kind, teachers[0]) for kind in (TEACHER, UNLABELLED)}
        found = {"teachers": [self._teacher(folder) for folder in teachers]}
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
            "teachers": [_shown(piece) for piece in found["teachers"]],
            "students": {kind: [_shown(piece) for piece in readings] for kind, readings in students.items()},
            "student_minus_teacher": lost,
        }

    def _way(self, kind: str, teacher: Path) -> Way:
        """Return the way of the least validation loss, with the first seed."""
        losses = {way: self._tried(kind, teacher, way) for way in self._plan.ways}
        return min(losses, key=losses.__getitem__)

    def _tried(self, kind: str, teacher: Path, way: Way) -> float:
        """Return a student's validation loss; the test reviews are not there."""
        splits = {name: self._dataset.split(name) for name in ("train", "validation")}
        dataset = replace(self._dataset, splits=splits)
        config = self._config(kind, teacher, 0, way)

        def measure() -> dict[str, Any]:
            history = self._fitted(dataset, config, kind, teacher).history
            return {"loss": history.rows[history.best_epoch - 1]["validation_loss"]}

        return float(self._once(f"validation {kind} {way}", config, dataset, measure)["loss"])

    def _judged(self, kind: str, teacher: Path, seed: int, way: Way | None) -> dict[str, Any]:
        config = self._config(kind, teacher, seed, way)
        folder = self._folder / "students" / _file(f"{kind} {seed}")

        def measure() -> dict[str, Any]:
            self._fitted(self._dataset, config, kind, teacher).model.save(folder)
            return self._read(folder)

        return self._once(f"{kind} seed {seed}", config, self._dataset, measure)

    def _teacher(self, folder: Path) -> dict[str, Any]:
        config = settled(parse({"distillation": {"teacher": str(folder)}}))
        name = f"teacher {config.distillation.digest}"
        return self._once(name, config, self._dataset, lambda: self._read(folder))

    def _read(self, folder: Path) -> dict[str, Any]:
        """Return what a model makes of the test reviews, from text to label."""
        right, figures = measured(load_model(folder), size_of_model(folder), self._dataset.split("test"))
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
            given["unlabelled"] = {"sources": [str(self._texts)]}
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
        return self._pieces.once(_file(name), [to_values(config), told], measure)


def reviews(*, quick: bool) -> tuple[Dataset, Iterator[str]]:
    """Return labelled reviews in splits, and others without labels: none of test, or of a film of validation.

    While a way is chosen the test reviews are not there, so their copies are left out here.
    """
    if quick:
        dataset = load(DataConfig(source="movies"))
        train_rows = dataset.split("train")
        parts = {**dataset.splits, "train": train_rows[::2]}
        dataset = replace(dataset, splits=parts)
        return dataset, _without_test(dataset, (one.text for one in train_rows[1::2]))
    dataset = load(DataConfig(source=str(record.data_folder() / "imdb"), group_by="imdb_id"))
    films = {one.group for one in dataset.split("validation")}
    rows = read_rows(record.data_folder() / "imdb" / "unsup.parquet", "utf-8")
    texts = (str(row["text"]) for row in rows if not row["in_test"] and str(row["imdb_id"]) not in films)
    return dataset, _without_test(dataset, texts)


def _without_test(dataset: Dataset, texts: Iterator[str]) -> Iterator[str]:
    there = {digest(one.text) for one in dataset.split("test")}
    return (text for text in texts if digest(text) not in there)


def write_texts(texts: Iterator[str], path: Path) -> Path:
    """Write one JSON line a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8") as opened:
        for text in texts:
            opened.write(json.dumps({"text": text}) + "\n")
    return path


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


def _shown(piece: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in piece.items() if name not in ("key", "wrong")}


def _file(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "-")


def main() -> None:
    """Go on with the pieces until all are there or time is up; then print and write the JSON."""
    parser = pieces.parser(__doc__, tests=False)
    parser.add_argument(
        "--teacher",
        type=Path,
        action="append",
        metavar="FOLDER",
        help="may be given again; else one is trained",
    )
    parser.add_argument("--recipe", default="packed", help="of a teacher that is trained; default: packed")
    options: argparse.Namespace = parser.parse_args()
    folder = (options.runs or record.RUNS) / f"distillation{'-quick' if options.quick else ''}"
    dataset, unlabelled = reviews(quick=options.quick)
    study = Study(
        Plan.of(quick=options.quick),
        dataset,
        write_texts(unlabelled, folder / "texts.jsonl"),
        folder,
        pieces.opened(options, "distillation"),
    )
    teacher = read(options.recipe)
    if options.quick:
        tiny = {"embedding_size": 6, "recurrent": {"hidden_size": 6, "layers": 1}}
        teacher = merge(teacher, {"network": tiny, "training": {"epochs": 1, "threads": 1}})

    def studied() -> None:
        found = study.figures(options.teacher or [study.trained(teacher, 0)])
        for line in lines(found):
            print(line)
        record.write("distillation", found, record.target(options))

    pieces.run(studied)


if __name__ == "__main__":
    main()
