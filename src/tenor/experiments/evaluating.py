"""Evaluating a saved model on labelled data: figures, slices, worst errors, labels that look wrong."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tenor.config.augmentation import AugmentConfig
from tenor.config.data import DataConfig
from tenor.config.evaluation import EvaluationConfig
from tenor.data.example import Dataset, Example
from tenor.data.load import load, load_for_evaluation
from tenor.errors import DataError, OutputError
from tenor.evaluation.abstention import Abstention, Kept
from tenor.evaluation.evaluation import Evaluation
from tenor.evaluation.mistakes import Mistake, SuspectLabel, suspect_labels, worst_mistakes
from tenor.experiments import scoring
from tenor.experiments.run import CONFUSION, METRICS
from tenor.files import atomic_file
from tenor.inference.predictor import Predictor
from tenor.report import confidence, plots

SAVED = (METRICS, CONFUSION, confidence.RELIABILITY, confidence.RISK_COVERAGE)


@dataclass(frozen=True)
class Abstaining:
    """What holding back unsure predictions does to these texts, as a whole and by predicted class."""

    rule: Abstention
    kept: Kept
    by_class: tuple[Kept, ...]

    @classmethod
    def of(cls, rule: Abstention, scored: scoring.Scored) -> "Abstaining":
        """Apply the rule."""
        given = scored.labels, scored.probabilities
        return cls(rule, rule.kept(*given), rule.kept_by_class(*given))

    def to_json(self, classes: Sequence[str]) -> dict[str, object]:
        """Return the rule and what it keeps as JSON-ready values."""
        by_class = dict(zip(classes, (one.to_json() for one in self.by_class), strict=True))
        return {**self.rule.to_json(), "kept": self.kept.to_json(), "kept_by_class": by_class}


@dataclass(frozen=True)
class ModelEvaluation:
    """What a model does with one split of some data."""

    source: str
    split: str
    examples: tuple[Example, ...]
    evaluation: Evaluation
    abstention: Abstaining | None  # where predictions are held back
    mistakes: tuple[Mistake, ...]
    suspects: tuple[SuspectLabel, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the result as JSON-ready values; rows are named by id, with their text."""
        classes = self.evaluation.classes
        return {
            "source": self.source,
            "split": self.split,
            **self.evaluation.to_json(),
            **({} if self.abstention is None else {"abstention": self.abstention.to_json(classes)}),
            "mistakes": [
                {
                    "id": self.examples[one.row].id,
                    "label": classes[one.label],
                    "predicted": classes[one.predicted],
                    "probability": one.probability,
                    "text": self.examples[one.row].text,
                }
                for one in self.mistakes
            ],
            "suspect_labels": [
                {
                    "id": self.examples[one.row].id,
                    "label": classes[one.label],
                    "suggested": classes[one.suggested],
                    "probability": one.probability,
                    "probability_of_label": one.own,
                    "text": self.examples[one.row].text,
                }
                for one in self.suspects
            ],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


def evaluate_model(
    predictor: Predictor,
    data: DataConfig,
    config: EvaluationConfig,
    *,
    split: str | None = None,
    columns: Sequence[str] = (),
    errors: int = 10,
) -> ModelEvaluation:
    """Evaluate on `split` of `data`, by default its test split.

    Where `data` is what the model was trained on, the splits are those of the training. `columns` are sliced
    by, or else every column with few values; `errors` is the most rows of each list.

    Raises:
        DataError: as `data.load`; no such split, no such column, labels the model does not know.
    """
    dataset, split = choose(predictor, data, split)
    examples = dataset.split(split)
    scored = scoring.predict(predictor, examples)
    return ModelEvaluation(
        source=data.source,
        split=split,
        examples=examples,
        evaluation=scoring.score(scored, examples, predictor.model, config, columns=columns),
        abstention=None if predictor.abstention is None else Abstaining.of(predictor.abstention, scored),
        mistakes=worst_mistakes(scored.labels, scored.probabilities, errors),
        suspects=suspect_labels(scored.labels, scored.probabilities, errors),
        notes=dataset.notes,
        warnings=_warnings(predictor, dataset, split, own=_own(predictor, data)),
    )


def save(result: ModelEvaluation, folder: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write the figures and pictures of `SAVED` into `folder`; older ones are only replaced with `force`."""
    files = tuple(folder / name for name in SAVED)
    for file in files:
        if file.exists() and not force:
            raise OutputError(f"{file} exists already; replace it (--force), or name another folder")
    evaluation = result.evaluation
    with atomic_file(folder / METRICS) as temporary:
        text = json.dumps(result.to_json(), ensure_ascii=False, indent=1, allow_nan=False)
        temporary.write_text(text, "utf-8")
    plots.confusion(evaluation.confusion, evaluation.classes, folder / CONFUSION)
    if evaluation.confidence is not None:
        kept = None if result.abstention is None else result.abstention.kept.to_json()
        confidence.write_pictures(evaluation.confidence.to_json(), folder, kept)
    return files


def choose(predictor: Predictor, data: DataConfig, wanted: str | None) -> tuple[Dataset, str]:
    """Read data for a model, and return the name of the split to evaluate on; see `evaluate_model`."""
    if _own(predictor, data):  # variants are for training alone
        dataset = load(replace(data, augment=AugmentConfig()))
    else:
        dataset = load_for_evaluation(data, predictor.classes, wanted)
    there = [name for name, examples in dataset.splits.items() if examples]
    if wanted is None:
        return dataset, next(name for name in ("test", "validation", *there) if name in there)
    if wanted not in there:
        raise DataError(f"{dataset.name} has no split {wanted!r}; it has {', '.join(there)}")
    return dataset, wanted


def _own(predictor: Predictor, data: DataConfig) -> bool:
    """Whether the data is what the model was trained on."""
    return data == predictor.model.config.data


def _warnings(predictor: Predictor, dataset: Dataset, split: str, *, own: bool) -> tuple[str, ...]:
    found = []
    stored = (predictor.model.data or {}).get("fingerprint")
    if own and stored is not None and dataset.provenance.get("fingerprint") != stored:
        found.append("the training data has changed since the model was trained; so may have the splits")
    elif own and split == "train":
        found.append("these are the texts the model was trained on; the figures say nothing about others")
    if warning := predictor.warning(example.text for example in dataset.split(split)):
        found.append(warning)
    return tuple(found)
