"""Small networks in float64 with a batch and a perturbation, by word or by token."""

from dataclasses import replace

import numpy as np
import torch
from small import CLASSES, SMALL, VOCABULARY, classifier

from tenor.batching import Batch, collate
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.objectives.perturbation import Perturbation

GENERATOR = np.random.default_rng(3)
# A few words come again and again, in the same text and in others.
TOKENS = Tokens.of([GENERATOR.integers(2, 9, length).tolist() for length in (5, 1, 9, 4)])
BATCH = collate(TOKENS, np.array([0, 2, 1, 0]) % CLASSES)
# encoder, pooling, whether the occurrences of a word share a perturbation
WAYS = [
    ("mingru", "mean-max", True),  # in compiled code
    ("mingru", "mean-max", False),
    ("mingru", "attention", True),  # in plain operations, as on other devices
    ("mingru", "attention", False),
    ("lstm", "mean", False),
    ("bag", "mean", False),
]


def network(encoder: str, pooling: str, **changes: object) -> Classifier:
    """Return a network in float64, in evaluation mode."""
    torch.manual_seed(1)
    return classifier(replace(SMALL, encoder=encoder, pooling=pooling, hidden=3, **changes)).double()


def perturbation(by_word: bool, epsilon: float = 0.5) -> Perturbation:
    counts = torch.from_numpy(np.bincount(TOKENS.ids, minlength=VOCABULARY))
    return Perturbation(counts / counts.sum(), epsilon, by_word=by_word)


def unlabelled(batch: Batch = BATCH) -> Batch:
    return replace(batch, targets=None)


def slope(module: Classifier, value, step: float = 1e-6) -> tuple[dict[str, torch.Tensor], float]:
    """Return a random direction of the parameters, and how fast `value` rises along it, by differences."""
    direction = {name: torch.randn_like(p) for name, p in module.named_parameters()}

    def moved(by: float) -> float:
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                parameter.add_(by * direction[name])
            found = number(value())
            for name, parameter in module.named_parameters():
                parameter.sub_(by * direction[name])
        return found

    return direction, (moved(step) - moved(-step)) / (2 * step)


def number(of: torch.Tensor) -> float:
    return of.item()


def along(module: Classifier, direction: dict[str, torch.Tensor]) -> float:
    """Return how fast the loss rises along a direction, by the gradients the parameters have."""
    given = ((name, p.grad) for name, p in module.named_parameters() if p.grad is not None)
    return number(sum((gradient * direction[name]).sum() for name, gradient in given))
