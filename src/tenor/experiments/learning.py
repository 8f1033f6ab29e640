"""What the training of a classifier reads, and what it minimises."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.errors import ConfigError
from tenor.experiments.teaching import Lesson
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.loop import Labelled
from tenor.training.objectives.build import build, perturbs_words
from tenor.training.objectives.objective import Objective
from tenor.training.objectives.perturbation import Perturbation
from tenor.training.objectives.supervised import Supervised
from tenor.training.pairs import Pairs
from tenor.training.soft_reading import SoftReading

Texts = Batches | Pairs | SoftReading


def reading_of(
    train: Labelled, unlabelled: Tokens | None, config: ClassificationConfig, lesson: Lesson | None = None
) -> Texts:
    """Return what training reads: labelled batches, with unlabelled ones where anything is learned from them.

    Where there is a teacher its `lesson` has all texts, and what it said of them.

    Raises:
        ConfigError: there are unlabelled texts, and nothing is learned from them.
    """
    size, seed = config.training.batch_size, config.training.seed
    if lesson is not None:
        return lesson.reading(Batches(lesson.texts.tokens, lesson.texts.targets, size, seed))
    batches = Batches(train.tokens, train.targets, size, seed)
    if unlabelled is None:
        return batches
    if not config.unlabelled.objective.learns_without_labels():
        if config.unlabelled.vocabulary:
            return batches
        raise ConfigError(
            "unlabelled texts are given, and nothing is learned from them; set "
            "unlabelled.objective.virtual_adversarial or unlabelled.objective.entropy above 0, or "
            "unlabelled.vocabulary=true, or leave out the texts"
        )
    more = Batches(unlabelled, None, config.unlabelled.batch_size or size, seed)
    return Pairs(batches, more, config.unlabelled.steps)


def objective_of(
    module: Classifier,
    reading: Texts,
    config: ClassificationConfig,
    weights: Tensor | None,
    lesson: Lesson | None = None,
) -> Objective[Classifier, Any]:
    """Return what is minimised on what `reading_of` returned; `weights` (C,) are those of the classes."""
    if lesson is not None:
        return lesson.objective(weights)
    supervised, wanted = Supervised(weights), config.unlabelled.objective
    labelled, *unlabelled = batches_of(reading)
    every = np.concatenate([batches.tokens.ids for batches in (labelled, *unlabelled)])
    counts = torch.from_numpy(np.bincount(every, minlength=module.embedding.num_embeddings))
    perturbation = Perturbation(
        counts.float() / counts.sum(), wanted.epsilon, by_word=perturbs_words(wanted, module)
    )
    return build(wanted, supervised, perturbation, unlabelled=bool(unlabelled))


def batches_of(reading: Texts) -> tuple[Batches, ...]:
    """Return the labelled batches, and the unlabelled ones if there are any; those of a lesson are one."""
    match reading:
        case Pairs():
            return reading.labelled, reading.unlabelled
        case SoftReading():
            return (reading.batches,)
        case Batches():
            return (reading,)


def arrays_of(reading: Texts) -> Iterator[npt.NDArray[Any]]:
    """Yield all that is read: ids, targets and distributions."""
    for batches in batches_of(reading):
        yield from (batches.tokens.ids, batches.tokens.offsets)
        if batches.targets is not None:
            yield batches.targets
    if isinstance(reading, SoftReading):
        yield reading.shares
