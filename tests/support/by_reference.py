"""Recurrent layers of torch and encoders of `tenor.nn` read by `tenor.reference`, in float64.

A layer of the reference is one operation for autograd, whose way back is the reference's own. So what is
built of layers (stacks, directions, a loss) has gradients that no other code made.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor, nn

from tenor.nn.encoder import Encoded
from tenor.nn.mingru import MinGRU
from tenor.nn.pooling import Attention, DotAttention
from tenor.nn.recurrent import MERGES, Recurrent
from tenor.reference.activations import RELU, TANH
from tenor.reference.attention import additive_attention, dot_attention
from tenor.reference.gru import gru_reset_after
from tenor.reference.lstm import lstm
from tenor.reference.mingru import mingru
from tenor.reference.rnn import rnn

Layer = Callable[..., tuple[Any, ...]]


class _Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, layer: Layer, *inputs: Tensor) -> tuple[Tensor, ...]:
        *outputs, ctx.way_back = layer(*(tensor.detach().numpy() for tensor in inputs))
        return tuple(torch.from_numpy(output.copy()) for output in outputs)

    @staticmethod
    def backward(ctx: Any, *d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        gradients = ctx.way_back(*(tensor.numpy() for tensor in d_outputs))
        found = (getattr(gradients, field.name) for field in fields(gradients))
        return None, *(torch.from_numpy(array.copy()) for array in found)


def layer(function: Layer, *inputs: Tensor) -> tuple[Tensor, ...]:
    """Apply a layer of the reference to tensors: its outputs, with a gradient for each input."""
    return _Layer.apply(function, *inputs)


def read(cell: nn.RNNBase, x: Tensor, initial: tuple[Tensor, ...] | None = None) -> tuple[Tensor, ...]:
    """Read one text (T, D) with the weights of one layer of torch: h (T, H), of an LSTM also c (T, H).

    Gradients reach the parameters of torch's module. initial: h_0 (H,), of an LSTM also c_0.
    """
    bias_in, bias_own = cell.bias_ih_l0.double(), cell.bias_hh_l0.double()
    if initial is None:
        initial = (x.new_zeros(cell.hidden_size),) * (2 if isinstance(cell, nn.LSTM) else 1)
    function: Layer
    if isinstance(cell, nn.GRU):
        function, bias = gru_reset_after, torch.stack((bias_in, bias_own))
    else:
        bias = bias_in + bias_own
        function = lstm
        if isinstance(cell, nn.RNN):
            activation = RELU if cell.nonlinearity == "relu" else TANH

            def function(*inputs: Any) -> tuple[Any, ...]:
                return rnn(*inputs, activation=activation)

    return layer(function, x.double(), cell.weight_ih_l0.double(), cell.weight_hh_l0.double(), bias, *initial)


def encode(encoder: Recurrent | MinGRU, x: Tensor) -> Encoded:
    """Read one text (T, D) with all layers and directions of an encoder: sequence (T, H), last (H,)."""
    merge = encoder._merge if isinstance(encoder, Recurrent) else MERGES["concat"]
    sequence = x
    for part in encoder.layers:
        cells = _directions(part)
        forward = cells[0](sequence)
        last = forward[-1]
        if len(cells) == 1:
            sequence = forward
        else:
            backward = cells[1](sequence.flip(0)).flip(0)
            last = merge(last, backward[0])
            sequence = merge(forward, backward)
    return Encoded(sequence, last)


def attend(pooling: Attention | DotAttention, h: Tensor) -> tuple[Tensor, Tensor]:
    """Pool one text (T, H) with the weights of an attention: pooled (H,) and the weights (T,)."""
    query = pooling.query.weight[0].double()
    if isinstance(pooling, DotAttention):
        return layer(dot_attention, h, query)
    projection = pooling.projection
    return layer(additive_attention, h, projection.weight.double(), projection.bias.double(), query)


def _directions(part: nn.Module) -> list[Callable[[Tensor], Tensor]]:
    """Return what reads (T, D) -> (T, H) for each direction of a layer."""
    if isinstance(part, nn.ModuleList):
        return [lambda x, cell=cell: read(cell, x)[0] for cell in part]
    weight, bias = part.weight.double(), part.bias.double()  # (K, directions, 2, H, D), (directions, 2, H)

    def by(direction: int) -> Callable[[Tensor], Tensor]:
        zeros = bias.new_zeros(bias.shape[-1])
        return lambda x: layer(mingru, x, weight[:, direction], bias[direction], zeros)[0]

    return [by(direction) for direction in range(len(bias))]
