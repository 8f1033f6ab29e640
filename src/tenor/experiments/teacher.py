"""`Teacher`: a trained classifier whose probabilities another one learns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from tenor import folder
from tenor.config.load import Values, to_values
from tenor.config.names import name_of
from tenor.config.text import TokenizerName
from tenor.data.example import Dataset
from tenor.errors import ConfigError, DataError, ModelError
from tenor.inference.predictor import Predictor, load, size_of_model

_CHUNK = 4096  # texts that are ids at once


@dataclass(frozen=True)
class Teacher:
    """A classifier of any kind, seen through its `Predictor`."""

    path: str
    predictor: Predictor

    @classmethod
    def read(cls, path: str, digest: str | None = None) -> "Teacher":
        """Read and verify a run or model folder, or an exported model.

        Raises:
            ModelError: there is none, it is damaged, of another format, or no classifier.
            ConfigError: its digest is not `digest`.
        """
        place = Path(path).expanduser()
        if place.is_dir() and (kind := folder.kind_of(place)) != folder.CLASSIFIER:
            raise ModelError(
                f"{path} holds {kind.name}, which says no class of a text; a teacher is a classifier: "
                "the run or model folder of tenor train"
            )
        teacher = cls(path, load(place))
        if digest not in (None, teacher.digest):
            raise ConfigError(
                f"distillation.digest is {digest}, and that of {path} is {teacher.digest}: it is not the "
                "teacher that was learned from; take that one, or leave out distillation.digest"
            )
        return teacher

    @property
    def digest(self) -> str:
        """SHA-256 of what its logits depend on."""
        return self.predictor.model.digest

    @property
    def temperature(self) -> float:
        """The temperature that validation texts gave it; 1 where there is none."""
        return self.predictor.model.temperature or 1.0

    @cached_property
    def bytes(self) -> int:
        """Size of its files."""
        return size_of_model(Path(self.path).expanduser())

    @property
    def _data(self) -> Mapping[str, Any]:
        return self.predictor.model.data or {}

    def settings(self) -> Values:
        """Return the settings of its data, which a student shares unless it is given other data.

        Raises:
            ConfigError: the teacher does not know what it was trained on.
        """
        if "source" not in self._data:
            raise ConfigError(f"{self.path} does not say what it was trained on; name the DATA to learn from")
        data: Values = to_values(self.predictor.model.config)["data"]
        return data

    @property
    def tokenizer(self) -> str | None:
        """Name of its tokenizer; None of one that a student cannot make anew."""
        name = self.predictor.model.pipeline.tokenizer.name
        return name if name in get_args(TokenizerName) else None

    def was_trained_on(self, source: str) -> bool:
        """Whether it was trained on a source that is called so, or lies there."""
        theirs = self._data.get("source")
        if theirs is None or source == theirs:
            return source == theirs
        ours, own = Path(source).expanduser(), Path(theirs).expanduser()
        return ours.exists() and own.exists() and ours.samefile(own)

    def knows(self, dataset: Dataset) -> bool:
        """Whether the training texts of `dataset` are those that it was trained on itself.

        Raises:
            DataError: its classes are others; the source is the same and the training texts are not, so that
                it may have been trained on what is held out from a student.
        """
        classes = self.predictor.classes
        if set(classes) != set(dataset.classes):
            raise DataError(
                f"the classes of {dataset.name} are {', '.join(dataset.classes)}, and those of the teacher "
                f"{self.path} are {', '.join(classes)}; name the labels as it does (--label-names), or give "
                "other data"
            )
        if not all("fingerprint" in data for data in (self._data, dataset.provenance)):
            return False
        theirs, ours = str(self._data["fingerprint"]), str(dataset.provenance["fingerprint"])
        if theirs != ours and self.was_trained_on(str(dataset.provenance.get("source"))):
            raise DataError(
                f"the training texts of {dataset.name} are not those that the teacher {self.path} was "
                f"trained on (SHA-256 {ours[:12]}... and {theirs[:12]}...), which may stand in validation or "
                "test now; give the data as it was, split as it was, or other data"
            )
        return theirs == ours

    def answers(self, texts: Sequence[str], classes: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return its logits (N, C) of texts, in the order of `classes`, before any temperature."""
        columns = [self.predictor.classes.index(name) for name in classes]
        pipeline = self.predictor.model.pipeline
        chunks = [
            self.predictor.logits(pipeline.encode(texts[start : start + _CHUNK]))
            for start in range(0, len(texts), _CHUNK)
        ]
        logits = np.concatenate(chunks) if chunks else np.empty((0, len(classes)), np.float32)
        return np.ascontiguousarray(logits[:, columns])

    def provenance(self) -> dict[str, Any]:
        """Return what a student keeps of it, as JSON-ready values."""
        model = self.predictor.model
        figures = model.metrics or {}
        return {
            "source": self.path,
            "digest": self.digest,
            "network": name_of(model.config.network),
            "trained_on": self._data.get("source"),
            "accuracy": {split: one["metrics"]["accuracy"] for split, one in figures.items()},
            "temperature": model.temperature,
            "bytes": self.bytes,
        }
