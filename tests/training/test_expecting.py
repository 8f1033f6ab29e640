"""How long training will take is told by some of its steps, which leave nothing behind."""

from dataclasses import replace

import pytest
import torch
import toy

from tenor.batching import Batches
from tenor.experiments.preparing import prepare
from tenor.nn.build import build
from tenor.training import expecting
from tenor.training.loop import Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime

RUNTIME = Runtime("cpu", "float32", 1)


class Clocked(Trainer):
    """A trainer by whose clock a step takes as many seconds as its texts have tokens."""

    def fit(self, train, validation):  # type: ignore[no-untyped-def]
        progress = self._progress
        for rows in train.order(0):
            progress.seconds += len(rows) * float(train.tokens.lengths[rows].max())
            self._observer.step(progress)


@pytest.fixture
def training():
    config = toy.config().training
    prepared = prepare(toy.dataset(train=61), toy.config().text)
    train = prepared.labelled["train"]
    module = build(toy.config().network, vocabulary_size=len(prepared.pipeline.vocabulary), classes=2)
    batches = Batches(train.tokens, train.targets, config.batch_size, config.seed)
    return module, config, batches, prepared.labelled["validation"]


def test_weights_and_random_numbers_are_left_alone(training) -> None:
    module, config, batches, validation = training
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    state = torch.random.get_rng_state()
    assert (
        expecting.expected_seconds(
            module, Supervised(), config, RUNTIME, batches=batches, validation=validation
        )
        > 0
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())
    assert module.training


def test_all_steps_of_all_epochs_count(training, monkeypatch: pytest.MonkeyPatch) -> None:
    module, config, batches, _ = training
    monkeypatch.setattr(expecting, "Trainer", Clocked)
    lengths = batches.tokens.lengths
    tokens = sum(len(rows) * float(lengths[rows].max()) for rows in batches.order(0))

    def expected(**changes: object) -> float:
        changed = replace(config, **changes)
        return expecting.expected_seconds(
            module, Supervised(), changed, RUNTIME, batches=batches, validation=None
        )

    assert expected() == pytest.approx(config.epochs * tokens)
    assert expected(epochs=1) == pytest.approx(tokens)
    assert expected(minutes=0.5) == 30
    one = Batches(batches.tokens, batches.targets, len(batches.tokens), 0)
    assert expecting.expected_seconds(
        module, Supervised(), config, RUNTIME, batches=one, validation=None
    ) == pytest.approx(config.epochs * len(lengths) * float(lengths.max()))
