"""The soft targets: the loss is its equation, its gradient the derivative of that, and reading keeps rows."""

import numpy as np
import pytest
import torch
from small import CLASSES, SMALL, classifier
from torch.nn import functional as F

from tenor.batching import Batches
from tenor.evaluation.temperature import softmax
from tenor.text.tokens import Tokens
from tenor.training.objectives.soft_targets import SoftTargets
from tenor.training.objectives.supervised import Supervised
from tenor.training.soft_reading import SoftReading

TEXTS = Tokens.of([[2, 3, 4], [5], [6, 7, 8, 9, 10], [2, 9], [3, 3, 3, 3]])
TARGETS = np.array([0, 1, 2, 1, 0])
LABELLED = np.array([True, False, True, False, True])


def reading(shares, labelled=LABELLED, size=5):
    batches = Batches(TEXTS, TARGETS, size, seed=3)
    return SoftReading(batches, np.asarray(shares, np.float32), labelled)


def drawn(seed=0):
    return softmax(2 * np.random.default_rng(seed).standard_normal((len(TEXTS), CLASSES)))


class Saying(torch.nn.Module):
    """A network whose logits of a batch are its parameters."""

    def __init__(self, logits):
        super().__init__()
        self.logits = torch.nn.Parameter(torch.tensor(logits, dtype=torch.float32))

    def forward(self, batch):
        return self.logits


def equation(logits, shares, temperature, labels, weights):
    """Return the loss as the docstring has it, in NumPy."""
    soft, plain = softmax(logits, temperature), softmax(logits)
    apart = temperature**2 * (shares * np.log(shares / soft)).sum(1)
    wrong = -np.log(plain[np.arange(len(plain)), TARGETS]) * weights[TARGETS]
    share = labels * LABELLED
    return ((1 - share) * apart + share * wrong).mean()


@pytest.mark.parametrize("temperature", [0.7, 1.0, 4.0])
@pytest.mark.parametrize("labels", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
def test_loss_and_gradient_are_those_of_the_equation(temperature, labels, weighted):
    logits, shares = np.random.default_rng(7).standard_normal((5, CLASSES)), drawn()
    weights = np.array([0.5, 2.0, 1.5]) if weighted else np.ones(CLASSES)
    network = Saying(logits)
    objective = SoftTargets(temperature, labels, torch.tensor(weights).float() if weighted else None)
    step = objective(network, reading(shares).batch(np.arange(5)))
    assert step.loss.item() == pytest.approx(equation(logits, shares, temperature, labels, weights), abs=1e-5)
    assert step.correct == (logits.argmax(1) == TARGETS).sum()
    step.loss.backward()
    slopes = np.empty_like(logits)
    for place in np.ndindex(logits.shape):
        ends = []
        for move in (1e-5, -1e-5):
            moved = logits.copy()
            moved[place] += move
            ends.append(equation(moved, shares, temperature, labels, weights))
        slopes[place] = (ends[0] - ends[1]) / 2e-5
    np.testing.assert_allclose(network.logits.grad.numpy(), slopes, atol=1e-5)
    if labels == 0.0:  # the closed form
        closed = temperature * (softmax(logits, temperature) - shares) / len(logits)
        np.testing.assert_allclose(network.logits.grad.numpy(), closed, atol=1e-5)


def test_nothing_is_left_to_learn_where_the_student_says_the_same():
    logits = np.random.default_rng(1).standard_normal((5, CLASSES))
    network = Saying(logits)
    step = SoftTargets(3.0, 0.0)(network, reading(softmax(logits, 3.0)).batch(np.arange(5)))
    step.loss.backward()
    assert abs(step.loss.item()) < 1e-5
    assert network.logits.grad.abs().max() < 1e-5


def test_a_sure_teacher_at_temperature_1_is_a_label():
    network = classifier(SMALL)
    batch = reading(np.eye(CLASSES)[TARGETS], labelled=np.zeros(5, bool)).batch(np.arange(5))
    alike = Supervised()(network, batch.texts).loss
    torch.testing.assert_close(SoftTargets(1.0, 0.9)(network, batch).loss, alike)


def test_high_temperatures_keep_the_size_of_the_gradient():
    """That is what T^2 is for: without it the soft term fades beside the labels."""
    logits, said = (np.random.default_rng(seed).standard_normal((5, CLASSES)) for seed in (1, 2))
    sizes = []
    for temperature in (10.0, 1000.0):
        network = Saying(logits)
        shares = softmax(said, temperature)
        SoftTargets(temperature, 0.0)(network, reading(shares).batch(np.arange(5))).loss.backward()
        sizes.append(network.logits.grad.norm().item())
    assert sizes[1] == pytest.approx(sizes[0], rel=0.1)


def test_rows_stay_together_in_the_order_of_plain_batches():
    shares = drawn()
    soft = reading(shares, size=2)
    assert (len(soft), soft.total, soft.whole_epochs) == (3, 5, True)
    seen = []
    for rows, plain in zip(soft.order(4), soft.batches.order(4), strict=True):
        assert (rows == plain).all()
        batch = soft.batch(rows).to(torch.device("cpu"))
        assert len(batch) == len(rows)
        np.testing.assert_array_equal(batch.texts.targets.numpy(), TARGETS[rows])
        np.testing.assert_array_equal(batch.shares.numpy(), shares.astype(np.float32)[rows])
        np.testing.assert_array_equal(batch.labelled.numpy(), LABELLED[rows])
        seen += rows.tolist()
    assert sorted(seen) == list(range(5))


def test_the_longest_texts_are_rehearsed_by_their_beginnings():
    shares = drawn().astype(np.float32)
    batch = reading(shares, size=2).beginnings(3)
    assert batch.texts.ids.tolist() == [[6, 7, 8], [3, 3, 3]]
    np.testing.assert_array_equal(batch.shares.numpy(), shares[[2, 4]])
    assert torch.isfinite(F.log_softmax(classifier(SMALL)(batch.texts), -1)).all()
