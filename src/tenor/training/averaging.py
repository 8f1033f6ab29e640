"""`Average`: the exponential moving average of a network's weights."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Average:
    """Weights averaged over the steps (Polyak & Juditsky 1992; so by Tarvainen & Valpola 2017, section 2).

        a_t = alpha_t a_(t-1) + (1 - alpha_t) theta_t,    alpha_t = min(decay, 1 - 1 / t)

    with t the step, from 1: at first it is the plain mean of all steps, and the random start has no share.
    """

    decay: float
    weights: dict[str, Tensor]

    @classmethod
    def of(cls, module: nn.Module, decay: float) -> "Average":
        """Begin with the weights as they are."""
        return cls(decay, _copied(module.state_dict()))

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Take in the weights after a step, counted from 1."""
        share = max(1 - self.decay, 1 / step)
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                self.weights[name].lerp_(tensor, share)
            else:
                self.weights[name].copy_(tensor)

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Go on with weights that were saved."""
        for name, tensor in weights.items():
            self.weights[name].copy_(tensor)

    @contextmanager
    def in_place(self, module: nn.Module) -> Iterator[None]:
        """Let the network have the averaged weights for a while."""
        own = _copied(module.state_dict())
        module.load_state_dict(self.weights)
        try:
            yield
        finally:
            module.load_state_dict(own)


def _copied(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}
