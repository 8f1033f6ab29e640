"""`Teaching` and `Lesson`: what a student learns from a teacher, before and after the teacher is asked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from tenor.batching import Batches
from tenor.config.distillation import DistillationConfig
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.evaluation.temperature import as_sure, softmax
from tenor.experiments.teacher import Teacher
from tenor.files import atomic_file
from tenor.report.numbers import count
from tenor.tensors import metadata, views
from tenor.text.tokens import Tokens
from tenor.training.loop import Labelled
from tenor.training.objectives.soft_targets import SoftTargets
from tenor.training.soft_reading import SoftReading

ANSWERS = "teacher.safetensors"

Logits = npt.NDArray[np.float32]  # (N, C)


@dataclass(frozen=True)
class Teaching:
    """A teacher, and the texts without labels that it answers beside those of a dataset."""

    teacher: Teacher
    config: DistillationConfig
    dataset: Dataset  # the student's; who teaches is among its notes and in its provenance
    unlabelled: tuple[str, ...]
    seen: bool  # whether the training texts are those that the teacher was trained on

    @classmethod
    def of(
        cls, dataset: Dataset, config: DistillationConfig, unlabelled: tuple[str, ...] = ()
    ) -> "Teaching | None":
        """Read the teacher; None where none is named. No text of `unlabelled` stands in `dataset`.

        Raises:
            ModelError: there is no teacher, or it is no classifier.
            ConfigError: it is another one than the configuration names by its digest.
            DataError: it says other classes, or the data has changed since it was trained.
        """
        if config.teacher is None:
            return None
        teacher = Teacher.read(config.teacher, config.digest)
        seen = teacher.knows(dataset)
        texts = {"labelled": len(dataset.split("train")), "unlabelled": len(unlabelled)}
        said = " and ".join(count(number, f"{kind} text") for kind, number in texts.items() if number)
        provenance = {
            **teacher.provenance(),
            "texts": texts,
            "seen": seen,
            "softened_by": config.temperature,
            "weight_of_labels": config.labels,
        }
        described = replace(
            dataset,
            notes=(*dataset.notes, f"The teacher {config.teacher} answers {said}."),
            provenance={**dataset.provenance, "teacher": provenance},
        )
        return cls(teacher, config, described, unlabelled, seen)

    def asked(self, kept: Path | None = None) -> "Answers":
        """Return what the teacher says; what is kept in a file is taken where it is of the same texts."""
        parts = {
            "train": self.dataset.split("train"),
            "unlabelled": tuple(Example(text) for text in self.unlabelled),
        }
        if self.seen and self.config.match_seen:
            parts["validation"] = self.dataset.split("validation")
        parts = {name: examples for name, examples in parts.items() if examples}
        told = {name: fingerprint(examples) for name, examples in parts.items()}
        named = json.dumps([self.teacher.digest, self.dataset.classes, told])
        digest = hashlib.sha256(named.encode()).hexdigest()
        stored = None if kept is None else Answers.stored(kept, digest)
        return stored or Answers(
            {
                name: self.teacher.answers([one.text for one in examples], self.dataset.classes)
                for name, examples in parts.items()
            },
            digest,
        )


@dataclass(frozen=True)
class Answers:
    """A teacher's logits by part: train, unlabelled, and validation where that is needed."""

    logits: Mapping[str, Logits]
    fingerprint: str  # SHA-256 of teacher, classes and texts

    @classmethod
    def stored(cls, path: Path, fingerprint: str) -> "Answers | None":
        """Return what `save` wrote; None where there is nothing, or answers to something else."""
        try:
            content = path.read_bytes()
            same = metadata(content)["fingerprint"] == fingerprint
            return cls(views(content), fingerprint) if same else None
        except (OSError, ValueError, KeyError, TypeError):  # they can be had again
            return None

    def save(self, path: Path) -> None:
        """Write them as a safetensors file, whole or not at all."""
        from safetensors.numpy import save

        with atomic_file(path) as temporary:
            temporary.write_bytes(save(dict(self.logits), {"fingerprint": self.fingerprint}))


@dataclass(frozen=True)
class Lesson:
    """Texts with what a teacher says of them: labelled ones first, then those without labels."""

    config: DistillationConfig
    texts: Labelled  # classes: the labels, then the teacher's likeliest
    shares: npt.NDArray[np.float32]  # (N, C), at the temperature of the lesson
    labelled: npt.NDArray[np.bool_]  # (N,)
    answers: Answers
    temperatures: Mapping[str, float]  # that the teacher's logits were divided by before that, by part

    @classmethod
    def of(cls, teaching: Teaching, train: Labelled, unlabelled: Tokens, answers: Answers) -> "Lesson":
        """Put together what the student reads and what the teacher said.

        The teacher's own temperature makes it as sure of texts it has not seen as it is right. Of its own
        training texts it is surer than that, so there the temperature is the one at which its likeliest class
        has the same mean probability as on validation texts.
        """
        config, logits = teaching.config, answers.logits
        own = teaching.teacher.temperature
        temperatures = {"train": own, "unlabelled": own}
        if "validation" in logits:
            sureness = float(softmax(logits["validation"], own).max(axis=1).mean())
            temperatures["train"] = max(own, as_sure(logits["train"], sureness))
        parts = [name for name in ("train", "unlabelled") if name in logits]
        shares = [softmax(logits[name], temperatures[name] * config.temperature) for name in parts]
        said = [logits["unlabelled"].argmax(1).astype(np.int64)] if "unlabelled" in logits else []
        return cls(
            config,
            Labelled(Tokens.joined([train.tokens, unlabelled]), np.concatenate([train.targets, *said])),
            np.concatenate(shares).astype(np.float32),
            np.arange(len(train.tokens) + len(unlabelled)) < len(train.tokens),
            answers,
            {name: temperatures[name] for name in parts},
        )

    def reading(self, batches: Batches) -> SoftReading:
        """Return batches of the texts with their distributions."""
        return SoftReading(batches, self.shares, self.labelled)

    def objective(self, weights: Tensor | None) -> SoftTargets:
        """Return what is minimised; `weights` (C,) are those of the labels' classes."""
        return SoftTargets(self.config.temperature, self.config.labels, weights)

    def described(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the provenance of the data with the temperatures of the answers."""
        return {**data, "teacher": {**data["teacher"], "temperatures": dict(self.temperatures)}}
