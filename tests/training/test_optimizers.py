"""Schedule and parameter groups."""

from dataclasses import replace

import pytest
from small import CLASSES, SMALL, VOCABULARY

from tenor.config.training import TrainingConfig
from tenor.nn.build import build
from tenor.training import optimizers

TOTAL = 100


def rates(config: TrainingConfig) -> list[float]:
    module = build(SMALL, vocabulary_size=VOCABULARY, classes=CLASSES)
    optimizer = optimizers.build(module, config)
    return [optimizers.set_rate(optimizer, config, step=step, total=TOTAL) for step in range(TOTAL)]


@pytest.mark.parametrize("decay", optimizers.DECAYS)
def test_rate_rises_to_its_height_and_never_above(decay: str) -> None:
    found = rates(TrainingConfig(learning_rate=0.5, warmup=0.1, decay=decay))
    assert found[:10] == sorted(found[:10])
    assert 0 < found[0] < 0.1
    assert max(found) == pytest.approx(0.5)
    assert found[10:] == sorted(found[10:], reverse=True)


@pytest.mark.parametrize(("decay", "end"), [("none", 0.5), ("linear", 0.0), ("cosine", 0.0)])
def test_rate_ends_where_its_decay_says(decay: str, end: float) -> None:
    found = rates(TrainingConfig(learning_rate=0.5, warmup=0.0, decay=decay))
    assert found[0] == pytest.approx(0.5)
    assert found[-1] == pytest.approx(end, abs=0.01)


def test_half_way_linear_is_half_and_cosine_too() -> None:
    for decay in ("linear", "cosine"):
        assert rates(TrainingConfig(learning_rate=1.0, warmup=0.0, decay=decay))[50] == pytest.approx(0.5)


def test_biases_do_not_decay_and_word_vectors_have_their_rate() -> None:
    config = TrainingConfig(learning_rate=0.1, embedding_rate=0.5, weight_decay=0.3, warmup=0.0)
    module = build(SMALL, vocabulary_size=VOCABULARY, classes=CLASSES)
    optimizer = optimizers.build(module, config)
    optimizers.set_rate(optimizer, config, step=0, total=TOTAL)
    group_of = {id(p): group for group in optimizer.param_groups for p in group["params"]}
    for name, parameter in module.named_parameters():
        group = group_of.pop(id(parameter))
        assert group["weight_decay"] == (0.3 if parameter.ndim > 1 else 0.0), name
        assert group["lr"] == pytest.approx(0.05 if name.startswith("embedding") else 0.1), name
    assert not group_of


def test_frozen_word_vectors_are_not_optimized() -> None:
    module = build(replace(SMALL, freeze_embedding=True), vocabulary_size=VOCABULARY, classes=CLASSES)
    optimizer = optimizers.build(module, TrainingConfig())
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    assert id(module.embedding.weight) not in held
