"""minGRU: a recurrent network whose gates do not look at its state (Feng et al. 2024).

    z_t = sigmoid(W_z x_t + b_z)
    c_t = tanh(W_c x_t + b_c)
    h_t = (1 - z_t) h_{t-1} + z_t c_t

With `width` K > 1 the gates also see the K - 1 tokens read before, each through a matrix of its own: a QRNN
with f-pooling (Bradbury et al. 2017). All products are made before the scan begins, in the first layer once
for each distinct word; the scan runs over ragged texts in compiled code (`tenor.kernels`). On other devices,
in export, and where a state is carried, plain torch operations do the same.
"""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from tenor.config.network import READS_BACKWARDS, MinGRUConfig, NetworkConfig
from tenor.errors import ConfigError
from tenor.kernels import ragged
from tenor.kernels.pooling import LAST, POOLED
from tenor.nn.encoder import Embedded, Encoded, State, Words, pad, take_last
from tenor.nn.native import compiles, linear
from tenor.nn.turning import turn, turned_rows

Array = npt.NDArray[np.float32]
Arrays = Mapping[str, Array]


class Layer(nn.Module):
    """The gates' weights of one layer: K x D directions x (z, c) x H rows of the products' matrix."""

    def __init__(self, input_size: int, settings: MinGRUConfig, directions: int) -> None:
        super().__init__()
        self.shape = (settings.width, directions, 2, settings.hidden_size)
        self.weight = nn.Parameter(torch.empty(*self.shape, input_size))
        self.bias = nn.Parameter(torch.zeros(self.shape[1:]))
        # As Glorot & Bengio 2010 for each gate, whose inputs are those of all K tokens.
        bound = (6 / (settings.width * input_size + settings.hidden_size)) ** 0.5
        nn.init.uniform_(self.weight, -bound, bound)
        with torch.no_grad():
            self.bias[:, 0] = settings.gate_bias

    def table(self, x: Tensor) -> Tensor:
        """(..., S) -> gate products (..., K, D, 2, H) of the first S inputs, the bias in the token's own."""
        bias = F.pad(self.bias.flatten(), (0, (self.shape[0] - 1) * self.bias.numel()))
        products = linear(x, self.weight.flatten(0, 3)[:, : x.shape[-1]], bias)
        return products.view(*x.shape[:-1], *self.shape)

    def lift(self, count: int) -> Tensor:
        """Return the weights of the last `count` inputs, (K, count, D, 2, H)."""
        return self.weight[..., self.weight.shape[-1] - count :].movedim(-1, 1)


class MinGRU(nn.Module):
    """Stacked layers in one or two directions, whose outputs lie side by side in every layer."""

    def __init__(self, input_size: int, settings: MinGRUConfig, *, bidirectional: bool) -> None:
        super().__init__()
        self._directions = 2 if bidirectional else 1
        self.output_size = self._directions * settings.hidden_size
        self.streams = not bidirectional
        self.layers = nn.ModuleList(
            Layer(input_size if number == 0 else self.output_size, settings, self._directions)
            for number in range(settings.layers)
        )
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, T, H), last (B, H), and the new state if one was given."""
        if state is not None:
            return self._continue(embedded, state)
        if not compiles(embedded.x):
            return self._plain(embedded)
        sequence, pooled = self._read(Words.of(embedded), keep_sequence=True)
        return Encoded(pad(sequence, embedded.mask), pooled[LAST])

    def pooled(self, words: Words, pooling: str) -> Tensor:
        """Return what `pooling`, one of `fuses`, makes of the sequence: (B, H'). Compiled only."""
        _, pooled = self._read(words, keep_sequence=False)
        return torch.cat([pooled[place] for place in POOLED[pooling]], -1)

    def fuses(self, pooling: str, like: Tensor) -> bool:
        """Whether the compiled scan can be used, and does this pooling on its way."""
        return pooling in POOLED and compiles(like)

    def initial_state(self, batch_size: int) -> State:
        """Return zeros: h (L, B, H), and for each layer the K - 1 inputs read before, (K-1, B, its size)."""
        layers = self._layers()
        width, _, _, size = layers[0].shape
        new = layers[0].weight.new_zeros
        before = (new(width - 1, batch_size, layer.weight.shape[-1]) for layer in layers)
        return (new(len(layers), batch_size, size), *before)

    def _read(self, words: Words, *, keep_sequence: bool) -> tuple[Tensor, Tensor]:
        """Run all layers compiled: sequence (N, H), if it is to be kept, and pooled values (3, B, H)."""
        sequence = pooled = words.vectors
        for number, layer in enumerate(self._layers()):
            if number:
                words = Words.every(self.dropout(sequence), words.offsets)
            table, lift = _wide(layer.table(words.vectors)), layer.lift(words.numbers.shape[1])
            goes_on = number < len(self.layers) - 1
            sequence, pooled = _scan(table, lift, words, keep_sequence=keep_sequence or goes_on)
        return sequence, pooled

    def _plain(self, embedded: Embedded) -> Encoded:
        """Run all layers by plain operations on the padded batch."""
        turned = None if self.streams else turned_rows(embedded.mask)
        sequence = last = embedded.x
        for number, layer in enumerate(self._layers()):
            x = self.dropout(sequence) if number else sequence
            products = _wide(layer.table(x))  # (B, T, K, D, 2, H)
            forward = _plain_scan(products[:, :, :, 0])
            sequence, last = forward, take_last(forward, embedded.mask)
            if turned is not None:
                backward = turn(_plain_scan(turn(products[:, :, :, 1], turned)), turned)
                # The reverse direction has read everything when it stands at the first token.
                last = torch.cat((last, backward[:, 0]), -1)
                sequence = torch.cat((forward, backward), -1)
        return Encoded(sequence, last)

    def _continue(self, embedded: Embedded, state: State) -> Encoded:
        if not self.streams:
            raise ConfigError(READS_BACKWARDS)
        before, *inputs = state
        sequence, last, seen = embedded.x, [], []
        for number, layer in enumerate(self._layers()):
            x = self.dropout(sequence) if number else sequence
            x = torch.cat((inputs[number].transpose(0, 1), x), 1)  # (B, K-1 + T, its size)
            kept = x.shape[1] - sequence.shape[1]
            products = _wide(layer.table(x))[:, :, :, 0]
            # Before the first token of all, inputs are zero, and so are their products with no bias.
            sequence = _plain_scan(products, before[number], skip=kept)
            last.append(take_last(sequence, embedded.mask))
            places = embedded.lengths[:, None] + torch.arange(kept, device=x.device)  # (B, K-1)
            seen.append(x.gather(1, places.unsqueeze(-1).expand(-1, -1, x.shape[-1])).transpose(0, 1))
        return Encoded(sequence, last[-1], (torch.stack(last), *seen))

    def _layers(self) -> list[Layer]:
        return [cast(Layer, layer) for layer in self.layers]


class _Scan(torch.autograd.Function):
    """table (U, K, D, 2, H), lift (K, F, D, 2, H) -> sequence (N, D * H), pooled (3, B, D * H)."""

    @staticmethod
    def forward(
        ctx: Any, table: Tensor, lift: Tensor, words: Words, keep_sequence: bool
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        array = table.detach().contiguous().numpy()
        numbers = words.numbers.astype(array.dtype, copy=False)
        given = (array, words.rows, words.offsets, numbers, lift.detach().contiguous().numpy())
        found = ragged.read(*given, threads=torch.get_num_threads(), sequence=keep_sequence)
        ctx.given, ctx.found = given, found
        return torch.from_numpy(found.sequence).flatten(1), torch.from_numpy(found.pooled).flatten(2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_sequence: Tensor | None, d_pooled: Tensor | None) -> tuple[Tensor | None, ...]:
        found = ctx.found
        own = None if d_sequence is None else d_sequence.contiguous().numpy().reshape(found.sequence.shape)
        if d_pooled is None:
            each = np.zeros_like(found.pooled)
        else:
            each = d_pooled.contiguous().numpy().reshape(found.pooled.shape)
        table, rows, offsets, numbers, lift = ctx.given
        d_table, d_lift = ragged.gradients(
            table, rows, offsets, numbers, lift, found, each, own, threads=torch.get_num_threads()
        )
        return torch.from_numpy(d_table), torch.from_numpy(d_lift), None, None


def _scan(table: Tensor, lift: Tensor, words: Words, *, keep_sequence: bool) -> tuple[Tensor, Tensor]:
    made = _Scan.apply(table, lift, words, keep_sequence)  # type: ignore[no-untyped-call]
    return cast(tuple[Tensor, Tensor], made)


def _plain_scan(products: Tensor, before: Tensor | None = None, *, skip: int = 0) -> Tensor:
    """Products (B, T, K, 2, H) -> h (B, T - skip, H) of the tokens after the first `skip`."""
    sums = products[:, :, 0]
    for back in range(1, products.shape[2]):
        sums = sums + F.pad(products[:, :-back, back], (0, 0, 0, 0, back, 0))[:, : sums.shape[1]]
    z, c = sums[:, skip:].unbind(2)
    keep, move = torch.sigmoid(-z), torch.sigmoid(z) * torch.tanh(c)
    h = keep.new_zeros(keep.shape[0], keep.shape[2]) if before is None else before
    sequence = []
    for t in range(keep.shape[1]):
        h = keep[:, t] * h + move[:, t]
        sequence.append(h)
    return torch.stack(sequence, 1)


def _wide(x: Tensor) -> Tensor:
    """At least float32: only the products are made in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def both_ways(ahead: Arrays, back: Arrays) -> dict[str, Array]:
    """Return the tensors of one layer that reads both ways, of those of two that read one way each."""
    return {name: np.concatenate((ahead[name], back[name]), _axis(name)) for name in ahead}


def one_way(arrays: Arrays) -> dict[str, Array]:
    """Return those of the layer that reads on."""
    return {name: array.take([0], _axis(name)) for name, array in arrays.items()}


def _axis(name: str) -> int:
    """Return the axis of the directions."""
    return 1 if name.endswith("weight") else 0


def mingru(config: NetworkConfig, input_size: int) -> MinGRU:
    """Make the encoder of a configuration."""
    return MinGRU(input_size, config.mingru, bidirectional=config.bidirectional)
