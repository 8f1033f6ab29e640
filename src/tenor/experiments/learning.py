"""What the training of a classifier reads, and what it minimises."""

from typing import Any

import numpy as np
import torch

from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.errors import ConfigError
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.loop import Labelled
from tenor.training.objectives.build import build, perturbs_words
from tenor.training.objectives.objective import Objective
from tenor.training.objectives.perturbation import Perturbation
from tenor.training.objectives.supervised import Supervised, class_weights
from tenor.training.pairs import Pairs


def reading_of(train: Labelled, unlabelled: Tokens | None, config: ClassificationConfig) -> Batches | Pairs:
    """Return what training reads: labelled batches, with unlabelled ones where anything is learned from them.

    Raises:
        ConfigError: there are unlabelled texts, and nothing is learned from them.
    """
    size, seed = config.training.batch_size, config.training.seed
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
    module: Classifier, reading: Batches | Pairs, config: ClassificationConfig, classes: tuple[str, ...]
) -> Objective[Classifier, Any]:
    """Return what is minimised on what `reading_of` returned."""
    labelled, *unlabelled = batches_of(reading)
    assert labelled.targets is not None, "labelled texts have targets"  # noqa: S101
    supervised = Supervised(class_weights(config.training, labelled.targets, classes))
    wanted = config.unlabelled.objective
    every = np.concatenate([batches.tokens.ids for batches in (labelled, *unlabelled)])
    counts = torch.from_numpy(np.bincount(every, minlength=module.embedding.num_embeddings))
    perturbation = Perturbation(
        counts.float() / counts.sum(), wanted.epsilon, by_word=perturbs_words(wanted, module)
    )
    return build(wanted, supervised, perturbation, unlabelled=bool(unlabelled))


def batches_of(reading: Batches | Pairs) -> tuple[Batches, ...]:
    """Return the labelled batches, and the unlabelled ones if there are any."""
    return (reading.labelled, reading.unlabelled) if isinstance(reading, Pairs) else (reading,)
