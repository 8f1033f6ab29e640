"""The reference against torch and against our own networks: outputs and all gradients, in float64."""

from typing import Any

import by_reference
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.config.network import MinGRUConfig, RecurrentConfig
from tenor.nn import mingru as mingru_module
from tenor.nn.encoder import Embedded, Encoded
from tenor.nn.mingru import MinGRU
from tenor.nn.pooling import Attention, DotAttention
from tenor.nn.recurrent import MERGES, Recurrent
from tenor.reference.cross_entropy import cross_entropy
from tenor.reference.gru import gru_reset_before

EXACT = {"atol": 1e-10, "rtol": 0}
CELLS: dict[str, Any] = {
    "rnn": nn.RNN,
    "relu": lambda *sizes: nn.RNN(*sizes, nonlinearity="relu"),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}


def assert_same_gradients(ours: Tensor, theirs: Tensor, inputs: tuple[Tensor, ...]) -> None:
    """Compare the gradients of a random sum of two equal outputs."""
    outside = torch.randn_like(theirs)
    wanted = torch.autograd.grad((theirs * outside).sum(), inputs)
    got = torch.autograd.grad((ours * outside).sum(), inputs)
    for one, other in zip(got, wanted, strict=True):
        assert_close(one, other, **EXACT)


def random(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


def randomised(module: nn.Module) -> nn.Module:
    """Biases that are zero would hide a mistake."""
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.5)
    return module.double()


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


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize("merge", [None, *MERGES])  # None: one direction
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_recurrent_encoders(cell: str, merge: Any, compiles: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiles:
        monkeypatch.setattr("tenor.nn.recurrent.compiles", lambda _: False)
    config = RecurrentConfig(hidden_size=4, layers=2, merge=merge or "concat")
    encoder = randomised(Recurrent(cell, 3, config, bidirectional=merge is not None))
    assert_encodes_as_the_reference(encoder)


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("layers", "width"), [(1, 1), (1, 3), (2, 2), (3, 1)])
def test_mingru(layers: int, width: int, both: bool, compiles: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiles:
        monkeypatch.setattr(mingru_module, "compiles", lambda _: False)
    config = MinGRUConfig(hidden_size=4, layers=layers, width=width)
    assert_encodes_as_the_reference(randomised(MinGRU(3, config, bidirectional=both)))


def assert_encodes_as_the_reference(encoder: Any) -> None:
    """Compare a padded batch with its texts one by one: sequence, last state, gradients of all."""
    lengths = (5, 1, 3, 2)
    mask = torch.arange(7) < torch.tensor(lengths)[:, None]
    x = random(len(lengths), 7, 3)
    encoded = encoder(Embedded(x, mask))
    one_by_one = [by_reference.encode(encoder, x[row, :length]) for row, length in enumerate(lengths)]
    ours = torch.cat([*(one.sequence for one in one_by_one), *(one.last[None] for one in one_by_one)])
    theirs = torch.cat((encoded.sequence[mask], encoded.last))
    assert_close(theirs, ours, **EXACT)
    assert_same_gradients(ours, theirs, (x, *encoder.parameters()))


@pytest.mark.parametrize("kind", [Attention, DotAttention])
def test_attention(kind: type[Attention | DotAttention]) -> None:
    pooling: Any = randomised(kind(4))
    lengths = (5, 1, 3)
    mask = torch.arange(6) < torch.tensor(lengths)[:, None]
    h = random(3, 6, 4)
    encoded = Encoded(h, h[:, 0])
    pooled, weights = pooling(encoded, mask), pooling.weights(encoded, mask)
    one_by_one = [by_reference.attend(pooling, h[row, :length]) for row, length in enumerate(lengths)]
    ours = torch.cat([torch.cat(parts) for parts in zip(*one_by_one, strict=True)])
    theirs = torch.cat((pooled.flatten(), weights[mask]))
    assert_close(theirs, ours, **EXACT)
    assert_same_gradients(ours, theirs, (h, *pooling.parameters()))


def test_cross_entropy_is_torchs() -> None:
    logits, classes = random(6, 4), torch.tensor([0, 3, 1, 1, 2, 0])
    found = by_reference.layer(lambda array: cross_entropy(array, classes.numpy()), logits)[0]
    expected = F.cross_entropy(logits, classes, reduction="none")
    assert_close(found, expected, **EXACT)
    assert_same_gradients(found, expected, (logits,))
