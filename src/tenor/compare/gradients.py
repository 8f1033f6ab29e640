"""Gradient norms against distance: the vanishing gradient as numbers (Bengio, Simard & Frasconi 1994)."""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from tenor.batching import collate
from tenor.errors import TrainingError
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training.runtime import Runtime, applied


def gradient_norms(
    module: Classifier, tokens: Tokens, distances: Sequence[int], *, threads: int
) -> tuple[float, ...]:
    """Return, for each distance k, the mean over texts of ||d logit / d x_t|| k places before the last token.

    The logit is that of the last class against the first. Computed on the CPU, without dropout and in
    float64: in float32 the gradient of a forgetful network is 0 after a hundred tokens. The module is left
    as it is. Every text needs more tokens than the greatest distance.
    """
    network = copy.deepcopy(module).cpu().double().eval()
    places = tokens.lengths[:, None] - 1 - np.asarray(distances)[None, :]  # (B, K)
    with applied(Runtime("cpu", "float32", threads)):
        embedded = network.embed(collate(tokens))
        x = embedded.x.detach().requires_grad_()  # (B, T, D)
        logits = network.forward_embedded(replace(embedded, x=x))
        (gradient,) = torch.autograd.grad((logits[:, -1] - logits[:, 0]).sum(), x)
    norms = gradient.norm(dim=-1).gather(1, torch.from_numpy(places)).mean(0)  # (K,)
    if not bool(norms.isfinite().all()):
        raise TrainingError("the gradient is not finite; lower the learning rate")
    return tuple(norms.tolist())
