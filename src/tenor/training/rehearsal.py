"""`rehearsal`: a training step on a copy of the network, for the start-up check of the precision."""

import copy
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn

from tenor.nn.forward import autocast
from tenor.training.runtime import Step

_Network = TypeVar("_Network", bound=nn.Module)


def rehearsal(module: _Network, loss: Callable[[_Network], Tensor]) -> Step:
    """Return a function that runs one step on a copy of the network and returns its gradients.

    The copy is made by the first call: where the precision is given there is none.
    """
    network: _Network | None = None

    def step(dtype: torch.dtype) -> list[Tensor]:
        nonlocal network
        if network is None:
            network = copy.deepcopy(module).train()
        torch.manual_seed(0)  # the same dropout each time
        network.zero_grad(set_to_none=True)
        with autocast(torch.device("cpu"), dtype):
            value = loss(network)
        value.backward()  # type: ignore[no-untyped-call]
        return [p.grad.clone() for p in network.parameters() if p.grad is not None]

    return step
