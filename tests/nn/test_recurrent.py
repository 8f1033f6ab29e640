"""Padded reading equals torch's packed reference and our own, outputs and gradients, whatever the lengths."""

from typing import Any
from unittest.mock import patch

import pytest
import torch
from by_reference import assert_encodes_alike, randomised
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.testing import assert_close

from tenor.config.network import RecurrentConfig
from tenor.nn import recurrent
from tenor.nn.encoder import Embedded
from tenor.nn.recurrent import MERGES, Recurrent

CELLS: dict[str, Any] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
SIZE, HIDDEN = 5, 4


def packed_reference(encoder: Recurrent, cell: str, layers: int, both: bool) -> nn.RNNBase:
    """Torch's own module, all layers and directions in one, with the same weights."""
    reference: nn.RNNBase = CELLS[cell](SIZE, HIDDEN, layers, batch_first=True, bidirectional=both)
    for layer, directions in enumerate(encoder.layers):
        for suffix, direction in zip(("", "_reverse"), directions, strict=False):
            for name, parameter in direction.named_parameters():
                target = getattr(reference, name.replace("_l0", f"_l{layer}{suffix}"))
                target.data.copy_(parameter)
    return reference


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    cell=st.sampled_from(list(CELLS)),
    layers=st.integers(1, 3),
    both=st.booleans(),
    lengths=st.lists(st.integers(1, 15), min_size=1, max_size=20),
    extra=st.integers(0, 4),
    compiled=st.booleans(),
)
def test_equals_the_packed_reference(  # noqa: PLR0917
    cell: str, layers: int, both: bool, lengths: list[int], extra: int, compiled: bool
) -> None:
    torch.manual_seed(len(lengths))
    encoder = Recurrent(cell, SIZE, RecurrentConfig(hidden_size=HIDDEN, layers=layers), bidirectional=both)
    reference = packed_reference(encoder, cell, layers, both)
    width = max(lengths) + extra
    mask = torch.arange(width) < torch.tensor(lengths)[:, None]
    x = torch.randn(len(lengths), width, SIZE)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()

    # Without compiled steps (other devices, export) torch's own modules read the padded batch.
    with patch.object(recurrent, "compiles", lambda _: compiled):
        encoded = encoder(Embedded(ours, mask))
    packed = pack_padded_sequence(theirs, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    output, state = reference(packed)
    expected, _ = pad_packed_sequence(output, batch_first=True, total_length=width)
    hidden = state[0] if cell == "lstm" else state
    last = torch.cat((hidden[-2], hidden[-1]), -1) if both else hidden[-1]

    sequence = encoded.sequence * mask[..., None]
    assert_close(sequence, expected, atol=1e-5, rtol=0)
    assert_close(encoded.last, last, atol=1e-5, rtol=0)

    weights = torch.randn_like(expected)
    (sequence.mul(weights).sum() + encoded.last.square().sum()).backward()
    (expected.mul(weights).sum() + last.square().sum()).backward()
    assert_close(ours.grad, theirs.grad, atol=1e-5, rtol=1e-4)
    for layer, directions in enumerate(encoder.layers):
        for suffix, direction in zip(("", "_reverse"), directions, strict=False):
            for name, parameter in direction.named_parameters():
                twin = getattr(reference, name.replace("_l0", f"_l{layer}{suffix}"))
                assert_close(parameter.grad, twin.grad, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("merge", [None, *MERGES])  # None: one direction
@pytest.mark.parametrize(
    ("cell", "nonlinearity"), [("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh")]
)
def test_equals_the_reference(cell: str, nonlinearity: Any, merge: Any, compiled: bool) -> None:
    settings = RecurrentConfig(
        hidden_size=HIDDEN, layers=2, merge=merge or "concat", nonlinearity=nonlinearity
    )
    encoder = Recurrent(cell, SIZE, settings, bidirectional=merge is not None)
    with patch.object(recurrent, "compiles", lambda _: compiled):
        assert_encodes_alike(randomised(encoder))


@pytest.mark.parametrize(
    ("merge", "combined"),
    [
        ("concat", lambda a, b: torch.cat((a, b), -1)),
        ("sum", lambda a, b: a + b),
        ("mean", lambda a, b: (a + b) / 2),
        ("product", lambda a, b: a * b),
    ],
)
def test_merges_put_the_two_directions_together(merge: Any, combined: Any) -> None:
    encoder = Recurrent("gru", SIZE, RecurrentConfig(hidden_size=HIDDEN, merge=merge), bidirectional=True)
    x = torch.randn(2, 6, SIZE)
    embedded = Embedded(x, torch.ones(2, 6, dtype=torch.bool))
    forward, backward = encoder.layers[0]
    one, other = forward(x)[0], backward(x.flip(1))[0].flip(1)
    encoded = encoder(embedded)
    assert_close(encoded.sequence, combined(one, other))
    assert_close(encoded.last, combined(one[:, -1], other[:, 0]))
    assert encoded.sequence.shape[-1] == encoder.output_size


def test_forget_gate_starts_open() -> None:
    settings = RecurrentConfig(hidden_size=HIDDEN, forget_bias=1.5)
    encoder = Recurrent("lstm", SIZE, settings, bidirectional=True)
    for cell in encoder.layers[0]:
        bias = cell.bias_ih_l0 + cell.bias_hh_l0
        assert bias[HIDDEN : 2 * HIDDEN].tolist() == [1.5] * HIDDEN
        assert bias[:HIDDEN].tolist() == [0.0] * HIDDEN


def test_relu_rnn_is_not_the_tanh_one() -> None:
    outputs = []
    for nonlinearity in ("tanh", "relu"):
        torch.manual_seed(1)
        encoder = Recurrent(
            "rnn", SIZE, RecurrentConfig(hidden_size=HIDDEN, nonlinearity=nonlinearity), bidirectional=False
        )
        x = torch.randn(1, 4, SIZE)
        outputs.append(encoder(Embedded(x, torch.ones(1, 4, dtype=torch.bool))).sequence)
    assert (outputs[1] >= 0).all()
    assert (outputs[0] < 0).any()
