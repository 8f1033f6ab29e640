"""Layer groups from the head down, when they are trained and how fast."""

from dataclasses import replace

import pytest
import torch
from small import CLASSES, SMALL, VOCABULARY

from tenor.batching import Batches
from tenor.config.names import apply_name
from tenor.config.network import NetworkConfig
from tenor.config.training import TrainingConfig
from tenor.config.transfer import TransferConfig
from tenor.nn.build import build
from tenor.nn.classifier import Classifier
from tenor.text.tokens import Tokens
from tenor.training import optimizers
from tenor.training.loop import Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime
from tenor.training.unfreezing import Unfreezing

NAMES = ("lstm-attention", "bigru", "mingru", "cnn-max", "transformer", "bag")
TRAINING = TrainingConfig(
    epochs=3, batch_size=2, learning_rate=0.1, weight_decay=0.3, warmup=0.0, patience=None
)


def network(config: NetworkConfig) -> Classifier:
    return build(config, vocabulary_size=VOCABULARY, classes=CLASSES)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_in_a_group_head_first_vectors_last(name: str) -> None:
    module = network(apply_name(SMALL, name))
    unfreezing = Unfreezing.of(module, TransferConfig())
    assert unfreezing.depths.keys() == {name for name, _ in module.named_parameters()}
    assert unfreezing.groups[0] == "head"
    assert unfreezing.groups[-1] == "word vectors"
    assert set(unfreezing.depths.values()) == set(range(len(unfreezing.groups)))
    for parameter, depth in unfreezing.depths.items():
        assert (depth == 0) == parameter.startswith(("head.", "pooling."))
        assert (depth == len(unfreezing.groups) - 1) == parameter.startswith("embedding.")


@pytest.mark.parametrize(("name", "part"), [("lstm", "layers"), ("cnn", "layers"), ("transformer", "blocks")])
def test_upper_layers_come_first(name: str, part: str) -> None:
    depths = Unfreezing.of(network(apply_name(SMALL, name)), TransferConfig()).depths
    of_layers = [
        {depth for parameter, depth in depths.items() if parameter.startswith(f"encoder.{part}.{layer}.")}
        for layer in range(2)
    ]
    assert of_layers == [{2}, {1}]


def test_what_is_frozen_stays_so_and_is_no_group() -> None:
    module = network(replace(SMALL, freeze_embedding=True))
    unfreezing = Unfreezing.of(module, TransferConfig())
    assert "word vectors" not in unfreezing.groups
    unfreezing.apply(module, epochs=100)
    assert not module.embedding.weight.requires_grad


@pytest.mark.parametrize("share", [1.0, 0.25])
def test_a_group_is_trained_from_its_start_on(share: float) -> None:
    module = network(SMALL)
    unfreezing = Unfreezing.of(module, TransferConfig(unfreeze=share))
    for group in range(len(unfreezing.groups)):
        for epochs, reached in ((group * share - 0.01, group - 1), (group * share, group)):
            unfreezing.apply(module, epochs=epochs)
            trained = {unfreezing.depths[n] for n, p in module.named_parameters() if p.requires_grad}
            assert trained == set(range(reached + 1))


def test_all_at_once_and_groups_that_are_never_reached() -> None:
    module = network(SMALL)
    at_once = Unfreezing.of(module, TransferConfig(unfreeze=0))
    at_once.apply(module, epochs=0)
    assert all(parameter.requires_grad for parameter in module.parameters())
    assert at_once.untouched(1) == ()
    slow = Unfreezing.of(module, TransferConfig(unfreeze=1.5))
    assert slow.groups == ("head", "encoder layer 2", "encoder layer 1", "word vectors")
    assert slow.untouched(3) == ("encoder layer 1", "word vectors")
    assert slow.untouched(5) == ()


def test_rates_fall_from_group_to_group() -> None:
    module = network(SMALL)
    unfreezing = Unfreezing.of(module, TransferConfig(factor=2.0))
    config = replace(TRAINING, embedding_rate=0.5)
    optimizer = optimizers.build(module, config, unfreezing)
    optimizers.set_rate(optimizer, config, step=0, total=10)
    rate = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    for name, parameter in module.named_parameters():
        expected = 0.1 / 2 ** unfreezing.depths[name] * (0.5 if name.startswith("embedding.") else 1.0)
        assert rate[id(parameter)] == pytest.approx(expected), name


class Watching:
    """An objective that notes before every step which parameters have moved, and which have a state."""

    def __init__(self, module: Classifier) -> None:
        self.start = {name: p.detach().clone() for name, p in module.named_parameters()}
        self.moved: list[set[str]] = []
        self.states: list[set[str]] = []
        self.optimizer: torch.optim.Optimizer | None = None
        self._supervised = Supervised()
        self.counts_correct = True

    def __call__(self, module, batch):
        named = dict(module.named_parameters())
        self.moved.append({name for name, p in named.items() if not torch.equal(p, self.start[name])})
        assert self.optimizer is not None
        self.states.append({name for name, p in named.items() if self.optimizer.state.get(p)})
        return self._supervised(module, batch)


def test_frozen_parameters_neither_move_nor_have_a_state() -> None:
    module = network(SMALL)
    unfreezing = Unfreezing.of(module, TransferConfig(unfreeze=1.0))
    tokens = Tokens.of([[2, 3, 4], [5, 6], [7], [8, 9, 10]])
    batches = Batches(tokens, torch.tensor([0, 1, 2, 0]).numpy(), 2, 0)
    watching = Watching(module)
    runtime = Runtime("cpu", "float32", 1)
    trainer = Trainer(module, watching, replace(TRAINING, epochs=4), runtime, unfreezing=unfreezing)
    watching.optimizer = trainer._optimizer
    trainer.fit(batches, None)
    assert len(watching.moved) == 8  # two steps an epoch
    for step, (moved, states) in enumerate(zip(watching.moved, watching.states, strict=True)):
        reached = (step - 1) // 2  # the epoch of the step before this one
        expected = {name for name, depth in unfreezing.depths.items() if step and depth <= reached}
        assert moved == states == expected, step
    assert all(parameter.requires_grad for parameter in module.parameters())
