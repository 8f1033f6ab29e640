"""RNN, LSTM and GRU over padded batches, exact without packing.

Reading forwards, padding comes after the text and cannot reach it. For the reverse direction each text is
turned around within its own length, read forwards, and turned back, so no real token ever follows padding.
This keeps torch's fast CPU path for the LSTM, which `pack_padded_sequence` leaves (measured:
docs/benchmarks.md). GRU and RNN have no such path: on the CPU their steps are our own
(`tenor.nn.recurrence`); on other devices, in export, and where a state is carried, they are torch's.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tenor.config.network import READS_BACKWARDS, NetworkConfig, RecurrentConfig
from tenor.errors import ConfigError
from tenor.nn.encoder import Embedded, Encoded, State, take_last
from tenor.nn.native import compiles, pays
from tenor.nn.turning import turn, turned_rows

Array = npt.NDArray[np.float32]
Arrays = Mapping[str, Array]

_AHEAD, _BACK = "layers.0.0.", "layers.0.1."  # names of tensors begin with layer and direction
# Gates in the order torch stacks their weights; the forget gate of the LSTM is the second.
_GATES = {"rnn": 1, "lstm": 4, "gru": 3}

MERGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "concat": lambda forward, backward: torch.cat((forward, backward), -1),
    "sum": torch.add,
    "mean": lambda forward, backward: (forward + backward) / 2,
    "product": torch.mul,
}


class Recurrent(nn.Module):
    """Stacked recurrent layers in one or two directions; the directions are merged in every layer."""

    def __init__(self, cell: str, input_size: int, settings: RecurrentConfig, *, bidirectional: bool) -> None:
        super().__init__()
        directions = 2 if bidirectional else 1
        doubled = bidirectional and settings.merge == "concat"
        self.output_size = settings.hidden_size * (2 if doubled else 1)
        self.streams = not bidirectional
        self._cell = cell
        self._hidden_size = settings.hidden_size
        self._merge = MERGES[settings.merge]
        self.layers = nn.ModuleList(
            nn.ModuleList(
                _cell(cell, input_size if layer == 0 else self.output_size, settings)
                for _ in range(directions)
            )
            for layer in range(settings.layers)
        )
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, embedded: Embedded, state: State | None = None) -> Encoded:
        """(B, T, D) -> sequence (B, T, H), last (B, H), and the new state if one was given."""
        if state is not None:
            return self._continue(embedded, state)
        sequence, last = embedded.x, embedded.x
        for number, directions in enumerate(self._directions()):
            x = self.dropout(sequence) if number else sequence
            sequence = _read(directions[0], x, embedded.mask, reverse=False)
            last = take_last(sequence, embedded.mask)
            if not self.streams:
                backward = _read(directions[1], x, embedded.mask, reverse=True)
                # The reverse direction has read everything when it stands at the first token.
                last = self._merge(last, backward[:, 0])
                sequence = self._merge(sequence, backward)
        return Encoded(sequence, last)

    def initial_state(self, batch_size: int) -> State:
        """Return zeros: h (L, B, H), and for the LSTM c (L, B, H)."""
        weight = next(self.parameters())
        shape = (len(self.layers), batch_size, self._hidden_size)
        return tuple(weight.new_zeros(shape) for _ in range(2 if self._cell == "lstm" else 1))

    def _continue(self, embedded: Embedded, state: State) -> Encoded:
        if not self.streams:
            raise ConfigError(READS_BACKWARDS)
        sequence, states = embedded.x, []
        for number, (cell,) in enumerate(self._directions()):
            x = self.dropout(sequence) if number else sequence
            before = tuple(part[number : number + 1] for part in state)
            sequence, after = _run(cell, x, embedded.lengths, before)
            states.append(after)
        merged = tuple(torch.cat(parts) for parts in zip(*states, strict=True))
        return Encoded(sequence, take_last(sequence, embedded.mask), merged)

    def _directions(self) -> list[list[nn.RNNBase]]:
        return [[cast(nn.RNNBase, cell) for cell in cast(nn.ModuleList, layer)] for layer in self.layers]


def _read(cell: nn.RNNBase, x: Tensor, mask: Tensor, *, reverse: bool) -> Tensor:
    """Run one layer in one direction from a state of zeros: (B, T, D) -> (B, T, H)."""
    if not isinstance(cell, nn.LSTM) and compiles(x) and pays(x):
        from tenor.nn import recurrence  # imports Numba

        return recurrence.read(cell, x, mask.sum(1), reverse=reverse)
    if not reverse:
        return cast(Tensor, cell(x)[0])
    turned = turned_rows(mask)
    return turn(cell(turn(x, turned))[0], turned)


def _run(cell: nn.RNNBase, x: Tensor, lengths: Tensor, before: State) -> tuple[Tensor, State]:
    """Run one layer from a given state; ragged rows go by packing: the fast path runs on past their end."""
    hx = before if isinstance(cell, nn.LSTM) else before[0]
    if bool((lengths == x.shape[1]).all()):
        sequence, after = cell(x, hx)
    else:
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, after = cell(packed, hx)
        sequence, _ = pad_packed_sequence(output, batch_first=True, total_length=x.shape[1])
    return sequence, after if isinstance(after, tuple) else (after,)


def _cell(name: str, input_size: int, settings: RecurrentConfig) -> nn.RNNBase:
    size = settings.hidden_size
    module: nn.RNNBase
    if name == "rnn":
        module = nn.RNN(input_size, size, batch_first=True, nonlinearity=settings.nonlinearity)
    elif name == "lstm":
        module = nn.LSTM(input_size, size, batch_first=True)
    else:
        module = nn.GRU(input_size, size, batch_first=True)
    _initialise(module, gates=_GATES[name], forget_bias=settings.forget_bias if name == "lstm" else None)
    return module


@torch.no_grad()
def _initialise(module: nn.RNNBase, *, gates: int, forget_bias: float | None) -> None:
    """Glorot input weights, orthogonal recurrent ones (Saxe et al. 2014), zero biases, open forget gate."""
    size = module.hidden_size
    for gate in range(gates):
        rows = slice(gate * size, (gate + 1) * size)
        nn.init.xavier_uniform_(cast(Tensor, module.weight_ih_l0)[rows])
        nn.init.orthogonal_(cast(Tensor, module.weight_hh_l0)[rows])
    for bias in (module.bias_ih_l0, module.bias_hh_l0):
        cast(Tensor, bias).zero_()
    if forget_bias is not None:
        # torch adds two biases; one of them carries the value.
        cast(Tensor, module.bias_ih_l0)[size : 2 * size] = forget_bias


def both_ways(ahead: Arrays, back: Arrays) -> dict[str, Array]:
    """Return the tensors of one layer that reads both ways, of those of two that read one way each."""
    return {**ahead, **{name.replace(_AHEAD, _BACK): array for name, array in back.items()}}


def one_way(arrays: Arrays) -> dict[str, Array]:
    """Return those of the layer that reads on."""
    return {name: array for name, array in arrays.items() if not name.startswith(_BACK)}


def _encoder(cell: str, config: NetworkConfig, input_size: int) -> Recurrent:
    return Recurrent(cell, input_size, config.recurrent, bidirectional=config.bidirectional)


rnn = partial(_encoder, "rnn")
lstm = partial(_encoder, "lstm")
gru = partial(_encoder, "gru")
