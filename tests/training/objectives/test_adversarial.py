"""Adversarial training: the loss at the perturbation, whose gradient does not go through that."""

import pytest
import torch
from perturbed import BATCH, WAYS, along, network, number, perturbation, slope
from torch.nn import functional as F

from tenor.training.objectives.adversarial import Adversarial
from tenor.training.objectives.supervised import Supervised


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS)
def test_the_gradient_is_that_of_the_loss_at_a_constant_perturbation(
    encoder: str, pooling: str, by_word: bool
) -> None:
    module, objective = network(encoder, pooling), Adversarial(perturbation(by_word))
    around = objective.perturbation.around(module, module.read(BATCH))
    loss = Supervised().loss
    gradient = around.gradient(module, around.zero(), lambda logits: loss(logits, BATCH.targets))
    fixed = around.steepest(gradient, objective.perturbation.epsilon)

    def value() -> torch.Tensor:
        # The unit of the rows is a constant as well.
        anew = objective.perturbation.around(module, module.read(BATCH))
        return F.cross_entropy(
            module.forward_embedded(anew.at(fixed * around.deviation / anew.deviation)), BATCH.targets
        )

    step = objective(module, BATCH)
    assert number(step.loss) == pytest.approx(number(value()))
    assert number(step.loss) > number(Supervised()(module, BATCH).loss)
    step.loss.backward()
    direction, expected = slope(module, value)
    assert along(module, direction) == pytest.approx(expected, rel=1e-4)


def test_classes_weigh_as_in_the_supervised_loss() -> None:
    module = network("mingru", "mean-max")
    weights = torch.tensor([1.0, 0.0, 0.0])
    found = Adversarial(perturbation(False, 1e-9), Supervised(weights))(module, BATCH)
    assert number(found.loss) == pytest.approx(number(Supervised(weights)(module, BATCH).loss))


def test_dropout_is_the_same_in_both_passes() -> None:
    module = network(
        "mingru", "mean-max", embedding_dropout=0.5, output_dropout=0.5, word_dropout=0.3
    ).train()
    torch.manual_seed(3)
    plain = Supervised()(module, BATCH).loss
    torch.manual_seed(3)
    assert number(Adversarial(perturbation(True, 1e-9))(module, BATCH).loss) == pytest.approx(number(plain))
