"""Promises 5 and 6: precision, gradients, and that a tiny set is learned."""

import copy
from dataclasses import replace

import numpy as np
import torch
from small import CLASSES, VOCABULARY, wider
from torch.nn import functional as F

from tenor.batching import collate
from tenor.config.network import NetworkConfig
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens


def test_float32_agrees_with_float64(module: Classifier, tokens: Tokens) -> None:
    batch = collate(tokens)
    with torch.no_grad():
        exact = copy.deepcopy(module).double()(batch)
        torch.testing.assert_close(module(batch).double(), exact, atol=1e-5, rtol=1e-5)


def test_gradients_are_those_of_finite_differences(module: Classifier) -> None:
    batch = collate(Tokens.of([[2, 3, 4], [5], [6, 7]]))
    module = module.double()
    embedded = module.embed(batch)
    x = embedded.x.detach().requires_grad_()
    parameters = [p for name, p in module.named_parameters() if not name.startswith("embedding")]

    def logits(x: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        return module.forward_embedded(replace(embedded, x=x))

    assert torch.autograd.gradcheck(logits, (x, *parameters), fast_mode=True)


def test_a_tiny_set_is_learned(network: NetworkConfig) -> None:
    generator = np.random.default_rng(3)
    tokens = Tokens.of([generator.integers(2, VOCABULARY, n).tolist() for n in range(1, 13)])
    batch = collate(tokens, np.arange(12) % CLASSES)
    assert batch.targets is not None
    wide = replace(
        wider(network, 16),
        recurrent=replace(network.recurrent, hidden_size=16, layers=1),
        cnn=replace(network.cnn, filters=16),
        transformer=replace(network.transformer, hidden_size=16),
    )
    module = build(wide, vocabulary_size=VOCABULARY, classes=CLASSES)
    optimizer = torch.optim.Adam(module.parameters(), 0.03)
    for _ in range(150):
        optimizer.zero_grad()
        F.cross_entropy(module(batch), batch.targets).backward()
        optimizer.step()
    assert (module.eval()(batch).argmax(-1) == batch.targets).all()
