"""What networks compute outside torch's own operators: when that is possible, and the matrix product.

torch makes float32 products on the CPU by MKL, which on processors not by Intel uses half their vector width.
oneDNN, which torch uses for convolutions and the LSTM, is faster there. Under autocast to bfloat16
both are the same.
"""

import sys
from functools import cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

# Tokens that torch's own GRU reads in the time that loading Numba takes.
_FEW = 20_000


def compiles(x: Tensor) -> bool:
    """Whether compiled code can take this tensor: a real one, in float32 or float64, on the CPU."""
    tracing = torch.jit.is_tracing() or torch.compiler.is_compiling()  # type: ignore[attr-defined, no-untyped-call]
    return x.device.type == "cpu" and x.dtype in (torch.float32, torch.float64) and not tracing


def pays(x: Tensor) -> bool:
    """Whether loading the compiled code, which takes tenths of a second, is worth it for x (B, T, ...)."""
    loaded = "numba" in sys.modules
    return loaded or torch.is_grad_enabled() or x.shape[0] * x.shape[1] > _FEW


def halves() -> bool:
    """Whether products on the CPU are to be made in bfloat16."""
    return torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu") is torch.bfloat16


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None, *, half: bool) -> Tensor:
    """x (N, K), weight (M, K) -> (N, M), in the type of x; no gradients."""
    if half:
        made = F.linear(x.bfloat16(), weight.bfloat16()).to(x.dtype)
        return made if bias is None else made.add_(bias)
    if x.dtype is torch.float32 and _has_onednn():
        made = torch.ops.mkldnn._linear_pointwise(_dense(x), _dense(weight), bias, "none", [], "")
        return cast(Tensor, made)
    return F.linear(x, weight, bias)


def product_over_rows(a: Tensor, b: Tensor, *, half: bool) -> Tensor:
    """a (N, K), b (N, M) -> the sum over n of a_n b_n', (K, M): the gradient of a weight; no gradients."""
    if a.shape[1] <= b.shape[1]:  # oneDNN is twice as fast where the second is the longer one
        return product(a.t(), b.t(), half=half)
    return product(b.t(), a.t(), half=half).t().contiguous()


def linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`F.linear` in the type of x (..., K): by `product` where it can be. Differentiable once."""
    if not compiles(x):
        return F.linear(x, weight, bias)
    made = cast(Tensor, _Linear.apply(x.flatten(0, -2), weight, bias))  # type: ignore[no-untyped-call]
    return made.view(*x.shape[:-1], -1)


class Dropout(nn.Module):
    """Dropout (Srivastava et al. 2014), faster on the CPU than torch's, whose mask takes long."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Set a share `p` of the entries to 0 in training, and scale the others so that the mean stays."""
        if not self.training or not self.p:
            return x
        return x * (torch.rand_like(x) >= self.p).to(x).div_(1 - self.p)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.half = halves()
        return product(x, weight, bias, half=ctx.half)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        d_x = product(given, weight.t(), half=ctx.half) if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:  # of a network that is only asked where its input should go
            return d_x, None, given.sum(0)
        return d_x, product_over_rows(given, x, half=ctx.half), given.sum(0)


def _dense(x: Tensor) -> Tensor:
    """Without gaps between rows or columns: with gaps oneDNN takes a far slower route."""
    return x if x.is_contiguous() or x.t().is_contiguous() else x.contiguous()


@cache
def _has_onednn() -> bool:
    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return bool(available) and hasattr(torch.ops.mkldnn, "_linear_pointwise")
