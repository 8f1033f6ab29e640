"""Sums of objectives, and labelled texts beside unlabelled ones."""

import torch
from perturbed import BATCH, TOKENS, network, number, unlabelled
from torch import Tensor

from tenor.batching import collate
from tenor.training.objectives.entropy import Entropy
from tenor.training.objectives.objective import Carrying, Step
from tenor.training.objectives.semi_supervised import SemiSupervised
from tenor.training.objectives.sum import Sum
from tenor.training.objectives.supervised import Supervised
from tenor.training.pairs import Pair


class Counting:
    """Carries how often it was asked."""

    counts_correct = False

    def __init__(self) -> None:
        self.asked = torch.zeros(())

    def __call__(self, module: object, batch: object) -> Step:
        self.asked = self.asked + 1
        return Step(self.asked)

    def carried(self) -> dict[str, Tensor]:
        return {"asked": self.asked}

    def carry(self, tensors: dict[str, Tensor]) -> None:
        self.asked = tensors["asked"]


def test_losses_are_weighed_and_what_is_right_is_counted() -> None:
    module = network("mingru", "mean-max")
    one, other = Supervised()(module, BATCH), Entropy()(module, BATCH)
    found = Sum(((1.0, Supervised()), (0.5, Entropy())))(module, BATCH)
    assert torch.equal(found.loss, one.loss + 0.5 * other.loss)
    assert torch.equal(found.correct, one.correct)
    assert torch.equal(Sum(((1.0, Supervised()),))(module, BATCH).loss, one.loss)
    assert Sum(((1.0, Supervised()), (0.5, Entropy()))).counts_correct
    assert not Sum(((0.5, Entropy()),)).counts_correct


def test_what_its_parts_carry_is_carried() -> None:
    one, other = Counting(), Counting()
    made = Sum(((1.0, one), (1.0, Entropy()), (1.0, other)))
    assert isinstance(made, Carrying)
    one(None, None)
    kept = made.carried()
    other(None, None)
    made.carry(kept)
    assert (number(one.asked), number(other.asked)) == (1, 0)


def test_what_needs_no_labels_is_a_mean_over_both_kinds_of_text() -> None:
    module = network("mingru", "mean-max")
    more = collate(TOKENS.select(torch.tensor([2]).numpy()))
    pair = Pair(BATCH, more)
    found = SemiSupervised(Supervised(), Entropy())(module, pair)
    together = (4 * Entropy()(module, unlabelled()).loss + Entropy()(module, more).loss) / 5
    torch.testing.assert_close(found.loss, Supervised()(module, BATCH).loss + together)
    assert torch.equal(found.correct, Supervised()(module, BATCH).correct)
