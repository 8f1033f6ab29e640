"""Optimizers, their parameter groups, and the learning-rate schedule as a pure function of the step."""

import math
from collections.abc import Callable

import torch
from torch import nn

from tenor.config.training import TrainingConfig
from tenor.training.unfreezing import Unfreezing

OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
}

# share of the way from the end of warm-up to the end of training -> factor of the rate
DECAYS: dict[str, Callable[[float], float]] = {
    "none": lambda share: 1.0,
    "linear": lambda share: 1.0 - share,
    "cosine": lambda share: (1.0 + math.cos(math.pi * share)) / 2.0,
}


def build(
    module: nn.Module, config: TrainingConfig, unfreezing: Unfreezing | None = None
) -> torch.optim.Optimizer:
    """Make the optimizer: matrices decay, biases do not, word vectors have a rate of their own.

    `unfreezing` gives each layer group its rate. Its groups are all there from the start, and one whose
    parameters have no gradient yet has no state either.
    """
    unfreezing = unfreezing or Unfreezing()
    groups: dict[tuple[float, bool, bool], list[nn.Parameter]] = {}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            is_matrix = parameter.ndim > 1 and not name.endswith("bias")  # that of minGRU has three axes
            key = (unfreezing.rate(name), name.startswith("embedding."), is_matrix)
            groups.setdefault(key, []).append(parameter)
    return OPTIMIZERS[config.optimizer](
        [
            {
                "params": parameters,
                "weight_decay": config.weight_decay if is_matrix else 0.0,
                "lr": config.learning_rate,
                "factor": factor * (config.embedding_rate if is_embedding else 1.0),
            }
            for (factor, is_embedding, is_matrix), parameters in groups.items()
        ],
        # One pass over each tensor: for word vectors a fraction of the usual time, and less than an update of
        # only the rows in use takes by sparse gradients.
        fused=True,
    )


def set_rate(optimizer: torch.optim.Optimizer, config: TrainingConfig, *, step: float, total: int) -> float:
    """Set the rate of step `step` (from 0) of `total`, and return it without the groups' factors."""
    warm = config.warmup * total
    if step < warm:
        factor = (step + 1) / (warm + 1)
    else:
        # A chunk more or less in an epoch of texts must not take the rate below 0.
        factor = DECAYS[config.decay](min(1.0, (step - warm) / max(total - warm, 1.0)))
    rate = config.learning_rate * factor
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    return rate
