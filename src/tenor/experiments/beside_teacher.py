"""`BesideTeacher`: a student and its teacher on the same texts: accuracy, size, speed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.evaluation import EvaluationConfig
from tenor.data.example import Dataset, Example
from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.paired import mcnemar, paired_bootstrap
from tenor.experiments.teacher import Teacher
from tenor.inference.predictor import Predictor, load, size_of_model

_WARM = 64  # texts that are read before the clock starts: what is compiled or laid out by then is not timed


@dataclass(frozen=True, slots=True)
class Measured:
    """One of the two models."""

    accuracy: Interval
    bytes: int
    texts_per_second: float  # from text to label on this machine, read once: a hint, no benchmark

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "accuracy": self.accuracy.to_json(),
            "bytes": self.bytes,
            "texts_per_second": self.texts_per_second,
        }


@dataclass(frozen=True)
class BesideTeacher:
    """What both say of one split; the difference is the student's accuracy minus the teacher's."""

    origin: Mapping[str, Any]  # the provenance of the student's teacher
    split: str
    rows: int
    teacher: Measured
    student: Measured
    difference: Interval
    p_mcnemar: float

    @classmethod
    def of(
        cls,
        student: Path,
        teacher: Teacher,
        dataset: Dataset,
        config: EvaluationConfig,
    ) -> "BesideTeacher | None":
        """Let both read the test texts, or else those of validation; None where there are none.

        `student` is its model folder, so that it is read as whoever loads it will have it.
        The interval is that of the paired bootstrap over texts (`evaluation.paired`); of other trainings it
        says nothing.
        """
        split = next((name for name in ("test", "validation") if dataset.split(name)), None)
        if split is None:
            return None
        examples = dataset.split(split)
        predictor = load(student)
        ours, of_student = measured(predictor, size_of_model(student), examples)
        theirs, of_teacher = measured(teacher.predictor, teacher.bytes, examples)
        difference, _ = paired_bootstrap(ours, theirs, resamples=config.resamples, seed=config.seed)
        p = mcnemar(ours, theirs)
        origin = (predictor.model.data or {})["teacher"]
        return cls(origin, split, len(examples), of_teacher, of_student, difference, p)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return {
            "origin": dict(self.origin),
            "split": self.split,
            "rows": self.rows,
            "teacher": self.teacher.to_json(),
            "student": self.student.to_json(),
            "difference": self.difference.to_json(),
            "p_mcnemar": self.p_mcnemar,
        }


def measured(
    predictor: Predictor, bytes_: int, examples: Sequence[Example]
) -> tuple[npt.NDArray[np.bool_], Measured]:
    """Return which texts a model of that size reads right, (N,), and its figures."""
    texts = [example.text for example in examples]
    predictor.predict(texts[:_WARM])
    start = time.perf_counter()
    said = predictor.predict(texts)
    seconds = time.perf_counter() - start
    right = np.array([label == example.label for label, example in zip(said, examples, strict=True)])
    accuracy = wilson(int(right.sum()), len(right))
    return right, Measured(accuracy, bytes_, len(texts) / max(seconds, 1e-9))
