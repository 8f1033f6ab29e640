"""The reference against torch: outputs and all gradients, in float64. (Our own networks: tests/nn.)"""

from typing import Any

import by_reference
import torch
from by_reference import EXACT, assert_same_gradients, random, randomised
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.reference.cross_entropy import cross_entropy
from tenor.reference.gru import gru_reset_before

CELLS: dict[str, Any] = {
    "rnn": nn.RNN,
    "relu": lambda *sizes: nn.RNN(*sizes, nonlinearity="relu"),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(list(CELLS)),
    steps=st.integers(1, 12),
    size=st.integers(1, 5),
    hidden=st.integers(1, 6),
    seed=st.integers(0, 1000),
)
def test_cells_are_torchs(kind: str, steps: int, size: int, hidden: int, seed: int) -> None:
    torch.manual_seed(seed)
    cell = randomised(CELLS[kind](size, hidden))
    x = random(steps, size)
    initial = tuple(random(hidden) for _ in range(2 if kind == "lstm" else 1))
    state = tuple(part[None] for part in initial)
    expected, last = cell(x, state if kind == "lstm" else state[0])
    h, *c = by_reference.read(cell, x, initial)
    ours, theirs = h, expected
    if kind == "lstm":
        assert_close(c[0][-1], last[1][0], **EXACT)
        # What comes back through the last cell counts, too.
        ours, theirs = torch.cat((h, c[0][-1:])), torch.cat((expected, last[1]))
    assert_close(ours, theirs, **EXACT)
    assert_same_gradients(ours, theirs, (x, *initial, *cell.parameters()))


def test_reset_before_the_product_is_the_equation_of_the_paper() -> None:
    """torch has no such GRU, so its equation is written out and torch differentiates it."""
    steps, size, hidden = 6, 3, 4
    inputs = (random(steps, size), *(random(3, hidden, n) for n in (size, hidden)), random(3, hidden))
    x, weight, recurrent, bias = inputs
    initial = random(hidden)
    h, rows = initial, []
    for step in x:
        r, z = (torch.sigmoid(weight[k] @ step + recurrent[k] @ h + bias[k]) for k in (0, 1))
        n = torch.tanh(weight[2] @ step + recurrent[2] @ (r * h) + bias[2])
        h = (1 - z) * n + z * h
        rows.append(h)
    expected = torch.stack(rows)
    (found,) = by_reference.layer(
        gru_reset_before, x, weight.flatten(0, 1), recurrent.flatten(0, 1), bias.flatten(), initial
    )
    assert_close(found, expected, **EXACT)
    assert_same_gradients(found, expected, (*inputs, initial))


def test_cross_entropy_is_torchs() -> None:
    logits, classes = random(6, 4), torch.tensor([0, 3, 1, 1, 2, 0])
    found = by_reference.layer(lambda array: cross_entropy(array, classes.numpy()), logits)[0]
    expected = F.cross_entropy(logits, classes, reduction="none")
    assert_close(found, expected, **EXACT)
    assert_same_gradients(found, expected, (logits,))
