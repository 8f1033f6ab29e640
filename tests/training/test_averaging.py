"""The moving average of weights: its values, and that the network gets its own back."""

import pytest
import torch
from torch import nn

from tenor.training.averaging import Average


class Counting(nn.Module):
    """A weight, and a buffer of whole numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([8.0, -2.0]))
        self.register_buffer("seen", torch.tensor(0))


def step(module: Counting, average: Average, number: int, value: float) -> None:
    with torch.no_grad():
        module.weight.fill_(value)
        module.seen += 1
    average.update(module, number)


def test_first_the_plain_mean_then_the_decay() -> None:
    module = Counting()
    average = Average.of(module, 0.75)
    for number, value in enumerate((1.0, 2.0, 6.0), 1):
        step(module, average, number, value)
    assert average.weights["weight"].tolist() == pytest.approx([3.0, 3.0])  # the start has no share
    step(module, average, 4, 3.0)
    assert average.weights["weight"].tolist() == pytest.approx([3.0, 3.0])
    step(module, average, 5, 7.0)
    assert average.weights["weight"].tolist() == pytest.approx([4.0, 4.0])  # 0.75 * 3 + 0.25 * 7
    assert int(average.weights["seen"]) == 5


def test_the_network_has_the_average_for_a_while() -> None:
    module = Counting()
    average = Average.of(module, 0.5)
    step(module, average, 1, 1.0)
    step(module, average, 2, 2.0)
    with average.in_place(module):
        assert module.weight.tolist() == [1.5, 1.5]
    assert module.weight.tolist() == [2.0, 2.0]
    with pytest.raises(ValueError, match="stop"), average.in_place(module):
        raise ValueError("stop")
    assert module.weight.tolist() == [2.0, 2.0]


def test_it_goes_on_where_it_was_saved() -> None:
    module = Counting()
    average = Average.of(module, 0.9)
    step(module, average, 1, 1.0)
    other = Average.of(module, 0.9)
    other.restore({name: tensor.clone() for name, tensor in average.weights.items()})
    for one in (average, other):
        step(module, one, 2, 5.0)
    assert torch.equal(average.weights["weight"], other.weights["weight"])
