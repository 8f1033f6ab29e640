"""The entropy of predictions: its values, and its gradient."""

import math

import pytest
import torch
from perturbed import along, network, number, slope, unlabelled
from small import CLASSES

from tenor.training.objectives.entropy import Entropy


def test_it_is_largest_where_nothing_is_decided_and_0_where_all_is() -> None:
    module = network("mingru", "mean-max")
    with torch.no_grad():
        module.head.output.weight.zero_()
        module.head.output.bias.zero_()
        assert number(Entropy()(module, unlabelled()).loss) == pytest.approx(math.log(CLASSES))
        module.head.output.bias[1] = 1e4
        assert number(Entropy()(module, unlabelled()).loss) == 0


def test_the_gradient_is_that_of_finite_differences() -> None:
    module = network("mingru", "mean-max")
    Entropy()(module, unlabelled()).loss.backward()
    direction, expected = slope(module, lambda: Entropy()(module, unlabelled()).loss)
    assert along(module, direction) == pytest.approx(expected, rel=1e-5)
