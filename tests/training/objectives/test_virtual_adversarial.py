"""Virtual adversarial training: a divergence, the direction of which labels say nothing."""

import pytest
import torch
from perturbed import BATCH, WAYS, along, network, number, perturbation, slope, unlabelled
from torch.testing import assert_close

from tenor.training.objectives.virtual_adversarial import VirtualAdversarial, divergence


def test_the_divergence_is_that_of_kullback_and_leibler() -> None:
    one, other = torch.randn(2, 5, 3, dtype=torch.float64)
    p, q = one.softmax(-1), other.softmax(-1)
    assert_close(divergence(one, other), (p * (p / q).log()).sum(-1).mean())
    assert number(divergence(one, one)) == 0
    assert number(divergence(one, one + 1)) == pytest.approx(0, abs=1e-12)  # the same probabilities
    assert number(divergence(one, other)) > 0
    far = torch.tensor([[1e4, 0.0], [0.0, 1e4]])  # where probabilities are 0
    assert torch.isfinite(divergence(far, -far))


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS)
def test_the_direction_moves_the_answer_more_than_random_ones(
    encoder: str, pooling: str, by_word: bool
) -> None:
    module, length = network(encoder, pooling), 1e-2
    torch.manual_seed(5)
    found = number(VirtualAdversarial(perturbation(by_word, length), xi=1e-3)(module, unlabelled()).loss)
    around = perturbation(by_word).around(module, module.read(BATCH))
    clean = module(BATCH)
    random = [
        number(divergence(clean, module.forward_embedded(around.at(around.random(length)))))
        for _ in range(20)
    ]
    assert min(random) >= 0
    assert found > 1.5 * sum(random) / len(random)


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS)
def test_the_gradient_takes_the_clean_answer_and_the_perturbation_as_constants(
    encoder: str, pooling: str, by_word: bool
) -> None:
    module, objective = network(encoder, pooling), VirtualAdversarial(perturbation(by_word))
    clean = module(BATCH).detach()
    around = objective.perturbation.around(module, module.read(BATCH))
    torch.manual_seed(7)
    start = around.random(objective.xi)
    gradient = around.gradient(module, start, lambda logits: divergence(clean, logits))
    fixed = around.steepest(gradient, objective.perturbation.epsilon)

    def value() -> torch.Tensor:
        anew = objective.perturbation.around(module, module.read(BATCH))
        rows = fixed * around.deviation / anew.deviation
        return divergence(clean, module.forward_embedded(anew.at(rows)))

    torch.manual_seed(7)
    step = objective(module, unlabelled())
    assert step.correct is None
    assert number(step.loss) == pytest.approx(number(value()))
    step.loss.backward()
    direction, expected = slope(module, value)
    assert along(module, direction) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("encoder", "pooling", "by_word"), WAYS[:1] + WAYS[-2:])
def test_dropout_is_the_same_in_all_passes(encoder: str, pooling: str, by_word: bool) -> None:
    """With masks of its own each pass would differ from the others before anything is perturbed."""
    module = network(encoder, pooling, embedding_dropout=0.5, output_dropout=0.5, word_dropout=0.3).train()
    assert number(divergence(module(BATCH), module(BATCH))) > 1e-4
    assert number(VirtualAdversarial(perturbation(by_word, 1e-7))(module, unlabelled()).loss) < 1e-10


def test_precision_of_the_products_leaves_the_weights_their_gradients() -> None:
    """Weights that autocast keeps in bfloat16 from a pass without gradients would have none in the last."""
    module = network("lstm", "mean").float().train()
    with torch.autocast("cpu", torch.bfloat16):
        loss = VirtualAdversarial(perturbation(False))(module, unlabelled()).loss
    loss.backward()
    assert all(p.grad is not None and p.grad.any() for n, p in module.named_parameters() if "bias" not in n)
