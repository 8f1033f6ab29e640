"""Compiled steps of GRU and RNN equal the reference: every size, precision, direction, number of threads."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import by_reference
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.config.network import RecurrentConfig
from tenor.nn.encoder import Embedded
from tenor.nn.recurrence import read
from tenor.nn.recurrent import Recurrent

KINDS = ["gru", "tanh", "relu"]
INPUT = 7


def cell_of(kind: str, hidden: int) -> nn.RNNBase:
    if kind == "gru":
        return nn.GRU(INPUT, hidden, batch_first=True)
    return nn.RNN(INPUT, hidden, batch_first=True, nonlinearity=kind)


def batch(rows: int, longest: int) -> tuple[Tensor, Tensor, Tensor]:
    lengths = torch.randint(1, longest + 1, (rows,))
    mask = torch.arange(longest + 2) < lengths[:, None]
    return torch.randn(rows, longest + 2, INPUT), lengths, mask


def by_the_reference(cell: nn.RNNBase, x: Tensor, lengths: Tensor, *, reverse: bool) -> Tensor:
    """(B, T, D) -> h (B, T, H) in float64, text by text."""
    rows = []
    for row, length in zip(x, lengths.tolist(), strict=True):
        text = row[:length].flip(0) if reverse else row[:length]
        (h,) = by_reference.read(cell, text)
        rows.append(F.pad(h.flip(0) if reverse else h, (0, 0, 0, x.shape[1] - length)))
    return torch.stack(rows)


@contextmanager
def threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "hidden"), [(1, 1), (8, 16), (21, 19), (33, 66)])
def test_equals_the_reference(kind: str, rows: int, hidden: int, reverse: bool) -> None:
    """The sizes leave rests: of groups of eight texts, and of four rows of a matrix."""
    cell = cell_of(kind, hidden)
    x, lengths, _ = batch(rows, 30)
    x.requires_grad_()
    h, expected = read(cell, x, lengths, reverse=reverse), by_the_reference(cell, x, lengths, reverse=reverse)
    assert_close(h, expected.float(), atol=1e-5, rtol=0)
    weights = torch.randn_like(h)
    got = torch.autograd.grad(h.mul(weights).sum(), (x, *cell.parameters()))
    wanted = torch.autograd.grad(expected.mul(weights).sum(), (x, *cell.parameters()))
    for one, other in zip(got, wanted, strict=True):
        # Sums over all tokens, in another order: exact to the largest of them, not to each.
        assert_close(one, other, atol=1e-5 * max(1.0, float(other.abs().max())), rtol=0)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_finite_differences(kind: str, reverse: bool) -> None:
    cell = cell_of(kind, 5).double()
    x, lengths, _ = batch(9, 4)
    inputs = (x.double().requires_grad_(), *cell.parameters())
    assert torch.autograd.gradcheck(
        lambda x, *_: read(cell, x, lengths, reverse=reverse), inputs, fast_mode=True
    )


@pytest.mark.parametrize("kind", KINDS)
def test_threads_change_nothing(kind: str) -> None:
    cell = cell_of(kind, 12)
    x, lengths, _ = batch(40, 20)
    found = []
    for number in (1, 3):
        with threads(number):
            h = read(cell, x, lengths)
            found.append((h, *torch.autograd.grad(h.square().sum(), cell.weight_hh_l0)))
    for one, other in zip(*found, strict=True):
        # The products over all tokens are torch's, which may sum in another order.
        assert_close(one, other, atol=1e-5, rtol=1e-5)
    assert torch.equal(found[0][0], found[1][0])


@pytest.mark.parametrize("kind", KINDS)
def test_without_gradients_the_output_is_the_same(kind: str) -> None:
    cell = cell_of(kind, 12)
    x, lengths, _ = batch(10, 9)
    with torch.inference_mode():
        assert torch.equal(read(cell, x, lengths), read(cell, x.clone(), lengths))
        alone = read(cell, x, lengths)
    assert torch.equal(alone, read(cell, x, lengths).detach())


@pytest.mark.parametrize("kind", ["gru", "tanh"])
def test_saturated_gates_stay_finite(kind: str) -> None:
    cell = cell_of(kind, 12)
    x, lengths, _ = batch(10, 9)
    x = (x * 1e4).requires_grad_()
    h = read(cell, x, lengths)
    assert_close(h, by_the_reference(cell, x, lengths, reverse=False).float(), atol=1e-5, rtol=1e-5)
    (grad,) = torch.autograd.grad(h.sum(), x)
    assert grad.isfinite().all()


@pytest.mark.parametrize("kind", KINDS)
def test_autocast_rounds_products_only(kind: str) -> None:
    cell = cell_of(kind, 16)
    x, lengths, _ = batch(20, 12)
    exact = read(cell, x, lengths)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = read(cell, x, lengths)
    assert rounded.dtype is torch.float32
    assert not torch.equal(rounded, exact)
    assert_close(rounded, exact, atol=0.05, rtol=0.05)
    for one, other in zip(
        torch.autograd.grad(rounded.sum(), cell.parameters()),
        torch.autograd.grad(exact.sum(), cell.parameters()),
        strict=True,
    ):
        assert one.dtype is torch.float32
        assert (one - other).norm() < 0.05 * other.norm()


def test_gradients_of_gradients_are_refused() -> None:
    cell = cell_of("gru", 4)
    x, lengths, _ = batch(3, 5)
    x.requires_grad_()
    (grad,) = torch.autograd.grad(read(cell, x, lengths).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        grad.sum().backward()


class Sequence(nn.Module):
    """An encoder whose inputs and outputs are tensors, as exporters want them."""

    def __init__(self, encoder: Recurrent) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        sequence: Tensor = self.encoder(Embedded(x, mask)).sequence
        return sequence


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_export_takes_torchs_module(cell: str) -> None:
    encoder = Recurrent(cell, INPUT, RecurrentConfig(hidden_size=6), bidirectional=True).eval()
    x, _, mask = batch(4, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own
        program = torch.export.export(Sequence(encoder), (x, mask))
    used = {str(node.target) for node in program.graph.nodes}
    assert any("aten.gru" in name or "aten.rnn_tanh" in name for name in used)
    with torch.no_grad():
        ours, theirs = encoder(Embedded(x, mask)).sequence, program.module()(x, mask)
    assert_close(ours * mask[..., None], theirs * mask[..., None], atol=1e-5, rtol=0)
