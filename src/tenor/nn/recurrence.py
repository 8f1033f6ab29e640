"""GRU and plain RNN on the CPU, from the weights of torch's modules (steps: `tenor.kernels.recurrence`).

torch runs an LSTM by oneDNN, but a GRU and an RNN step by step, and back through them step by step, with a
product of weight gradients at each. Here the input's products are made at once before the first step, and
those of the weights' gradients after the last; the steps between are compiled. Groups of eight texts are
read side by side in threads, each text from its own first to its own last token.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from tenor.kernels import recurrence
from tenor.kernels.parallel import run
from tenor.nn.native import halves, product, product_over_rows

Numbers = npt.NDArray[np.int64]


def read(cell: nn.RNNBase, x: Tensor, lengths: Tensor, *, reverse: bool = False) -> Tensor:
    """(B, T, D), lengths (B,) -> h (B, T, H) of a GRU or RNN of one layer, zero in the padding.

    `reverse` reads each text from its own end. For float32 and float64 on the CPU. Under autocast to bfloat16
    the products of the input and of the weights' gradients are made in it; the steps are not. Gradients
    cannot be differentiated again.
    """
    kind = "gru" if isinstance(cell, nn.GRU) else str(cell.nonlinearity)
    weights = (cell.weight_ih_l0, cell.weight_hh_l0, cell.bias_ih_l0, cell.bias_hh_l0)
    keep = torch.is_grad_enabled()  # what only the backward pass needs; inside `forward` it is always off
    h = _Read.apply(x, *weights, lengths.numpy(), kind, reverse, keep)  # type: ignore[no-untyped-call]
    return cast(Tensor, h)


class _Read(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0917
        ctx: Any, x: Tensor, w_in: Tensor, w_own: Tensor, b_in: Tensor, b_own: Tensor,
        lengths: Numbers, kind: str, reverse: bool, keep: bool,
    ) -> Tensor:  # fmt: skip
        rows, width, _ = x.shape
        ctx.half = halves()
        a = product(x.flatten(0, 1), w_in, b_in, half=ctx.half).view(rows, width, -1)
        h = x.new_empty(rows, width, w_own.shape[1])
        products = x.new_empty(h.shape if keep else (0, 0, 0))
        arrays = (a.numpy(), w_own.t().contiguous().numpy(), b_own.detach().numpy())

        def step(group: Numbers) -> None:
            if kind == "gru":
                recurrence.gru_forward(*arrays, lengths, group, reverse, products.numpy(), h.numpy())
            else:
                recurrence.rnn_forward(*arrays, lengths, group, reverse, kind == "relu", h.numpy())

        _side_by_side(step, lengths)
        if keep:
            ctx.save_for_backward(x, w_in, w_own, h, *((a, products) if kind == "gru" else ()))
        ctx.lengths, ctx.kind, ctx.reverse = lengths, kind, reverse
        return h

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_h: Tensor) -> tuple[Tensor | None, ...]:
        x, w_in, w_own, h, *rest = ctx.saved_tensors
        size, gru = w_own.shape[1], ctx.kind == "gru"
        d_a, d_products = h.new_empty(*h.shape[:2], len(w_own)), torch.empty_like(h) if gru else None
        before = torch.empty_like(h)
        given = (h.numpy(), w_own.detach().contiguous().numpy(), d_h.contiguous().numpy())

        def step(group: Numbers) -> None:
            places = (ctx.lengths, group, ctx.reverse)
            if d_products is None:
                recurrence.rnn_backward(*given, *places, ctx.kind == "relu", d_a.numpy(), before.numpy())
                return
            gates, products = (part.numpy() for part in rest)
            made = (d_a.numpy(), d_products.numpy(), before.numpy())
            recurrence.gru_backward(gates, products, *given, *places, *made)

        _side_by_side(step, ctx.lengths)
        times = partial(product_over_rows, half=ctx.half)
        flat, past = d_a.flatten(0, 1), before.flatten(0, 1)  # (N, G * H), (N, H)
        d_b_own = d_b_in = flat.sum(0)
        if d_products is None:
            d_w_own = times(flat, past)
        else:
            last = d_products.flatten(0, 1)
            d_w_own = torch.cat((times(flat[:, : 2 * size], past), times(last, past)))
            d_b_own = torch.cat((d_b_in[: 2 * size], last.sum(0)))
        d_w_in = times(flat, x.flatten(0, 1))
        d_x = product(flat, w_in.t(), half=ctx.half).view_as(x) if ctx.needs_input_grad[0] else None
        return d_x, d_w_in, d_w_own, d_b_in, d_b_own, None, None, None, None


def _side_by_side(step: Callable[[Numbers], None], lengths: Numbers) -> None:
    """Call `step` with groups of texts of like length, dealt to torch's number of threads."""
    order = np.argsort(-lengths, kind="stable")
    groups = [order[first : first + recurrence.GROUP] for first in range(0, len(order), recurrence.GROUP)]
    threads = min(torch.get_num_threads(), len(groups))

    def all_of(share: list[Numbers]) -> None:
        for group in share:
            step(group)

    run([partial(all_of, groups[first::threads]) for first in range(threads)], threads)
