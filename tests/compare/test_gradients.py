"""Gradient norms against distance, beside what is known of the network."""

import dataclasses

import pytest
import torch

from tenor.batching import collate
from tenor.compare.gradients import gradient_norms
from tenor.config.network import NetworkConfig, RecurrentConfig
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens

CONFIG = NetworkConfig(
    encoder="rnn",
    bidirectional=False,
    pooling="last",
    embedding_size=4,
    embedding_dropout=0.5,
    word_dropout=0.5,
    output_dropout=0.5,
    recurrent=RecurrentConfig(hidden_size=3),
)
TOKENS = Tokens.of([[2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3], [2, 2, 2, 2, 2, 2, 2]])


def network(**changes: object) -> Classifier:
    torch.manual_seed(1)
    return build(dataclasses.replace(CONFIG, **changes), vocabulary_size=9, classes=2)  # type: ignore[arg-type]


def test_norms_are_those_of_each_text_alone() -> None:
    module = network().eval()
    expected = torch.zeros(3)
    for row in range(3):
        text = collate(Tokens.of([TOKENS.ids[TOKENS.offsets[row] : TOKENS.offsets[row + 1]].tolist()]))
        embedded = module.embed(text)
        x = embedded.x.detach().requires_grad_()
        module.forward_embedded(dataclasses.replace(embedded, x=x))[0, 1].backward()  # type: ignore[no-untyped-call]
        assert x.grad is not None
        expected += torch.stack([x.grad[0, -1 - distance].norm() for distance in (0, 1, 4)]) / 3
    assert gradient_norms(module, TOKENS, (0, 1, 4), threads=1) == pytest.approx(expected.tolist(), rel=1e-4)


def test_the_mean_of_words_has_the_same_gradient_everywhere() -> None:
    near, middle, far = gradient_norms(network(encoder="bag", pooling="mean"), TOKENS, (0, 2, 4), threads=1)
    assert near == pytest.approx(middle) == pytest.approx(far)


def test_a_linear_recurrence_fades_by_its_own_factor_far_below_float32() -> None:
    module = network(recurrent=RecurrentConfig(hidden_size=3, nonlinearity="relu"))
    cell = module.encoder.layers[0][0]  # type: ignore[attr-defined]
    with torch.no_grad():
        cell.weight_hh_l0.copy_(torch.eye(3) * 0.1)
        cell.weight_ih_l0.abs_()
        module.embedding.weight.abs_()
    tokens = Tokens.of([[2, 3, 4] * 30])
    start, far = gradient_norms(module, tokens, (0, 80), threads=1)
    assert far / start == pytest.approx(1e-80, rel=1e-6)


def test_the_module_is_left_as_it_is() -> None:
    module = network().train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    gradient_norms(module, TOKENS, (0,), threads=1)
    assert module.training
    assert all(parameter.grad is None for parameter in module.parameters())
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])
        assert tensor.dtype is before[name].dtype
