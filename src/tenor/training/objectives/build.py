"""`build`: the objective of a configuration."""

from typing import Any

from tenor.config.objective import ObjectiveConfig
from tenor.errors import ConfigError
from tenor.nn.classifier import Classifier
from tenor.nn.encoder import WordReader
from tenor.training.objectives.adversarial import Adversarial
from tenor.training.objectives.entropy import Entropy
from tenor.training.objectives.objective import Objective
from tenor.training.objectives.perturbation import Perturbation
from tenor.training.objectives.semi_supervised import SemiSupervised
from tenor.training.objectives.sum import Sum
from tenor.training.objectives.supervised import Supervised
from tenor.training.objectives.virtual_adversarial import VirtualAdversarial

Weighted = tuple[tuple[float, Objective[Any, Any]], ...]


def build(
    config: ObjectiveConfig, supervised: Supervised, perturbation: Perturbation, *, unlabelled: bool
) -> Objective[Any, Any]:
    """Return what is minimised on batches, or with `unlabelled` on pairs; what weighs 0 is left out."""
    labelled = _weighted((1.0, supervised), (config.adversarial, Adversarial(perturbation, supervised)))
    both = _weighted(
        (config.virtual_weight(unlabelled=unlabelled), VirtualAdversarial(perturbation, config.xi)),
        (config.entropy, Entropy()),
    )
    if unlabelled and both:
        return SemiSupervised(Sum(labelled), Sum(both))
    every = labelled + both
    return supervised if len(every) == 1 else Sum(every)


def perturbs_words(config: ObjectiveConfig, module: Classifier) -> bool:
    """Whether the occurrences of a word share a perturbation.

    Raises:
        ConfigError: they are to, and the encoder does not compute by word.
    """
    by_word = isinstance(module.encoder, WordReader)
    if config.perturb == "word" and not by_word:
        raise ConfigError(
            "unlabelled.objective.perturb is word, and only mingru computes once for each word; "
            "set it to token, or leave it out"
        )
    return by_word and config.perturb != "token"


def _weighted(*parts: tuple[float, Objective[Any, Any]]) -> Weighted:
    return tuple(part for part in parts if part[0])
