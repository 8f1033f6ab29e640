"""Our product is torch's: values and gradients."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from tenor.nn import native


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(5,), (2, 3)])
@pytest.mark.parametrize("onednn", [True, False])
def test_equals_torch(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, shape: tuple[int, ...], onednn: bool
) -> None:
    if not onednn:
        monkeypatch.setattr(native, "_has_onednn", lambda: False)
    given = [torch.randn(*shape, 4), torch.randn(7, 4), torch.randn(7)]
    found = []
    for function in (native.linear, F.linear):
        x, weight, bias = (tensor.to(dtype).requires_grad_() for tensor in given)
        out = function(x, weight, bias)
        out.square().sum().backward()
        found.append((out, x.grad, weight.grad, bias.grad))
    for ours, theirs in zip(*found, strict=True):
        assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


def test_under_autocast_it_rounds_as_torch_does() -> None:
    x, weight, bias = torch.randn(6, 40), torch.randn(7, 40), torch.randn(7)
    exact = F.linear(x, weight, bias)
    with torch.autocast("cpu", torch.bfloat16):
        ours = native.linear(x, weight, bias)
    assert ours.dtype is torch.float32
    assert_close(ours, exact, atol=0.2, rtol=0.02)
    assert not torch.equal(ours, exact)


class Linear(torch.nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return native.linear(x, self.weight, self.bias)


def test_exported_it_is_torch_s_own() -> None:
    exported = torch.export.export(Linear(4, 7), (torch.randn(3, 4),))
    assert "aten.linear" in str(exported.graph)
