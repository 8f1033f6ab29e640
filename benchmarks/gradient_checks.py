"""How right the gradients of `tenor.reference` are: against finite differences and torch, in float64.

    python benchmarks/gradient_checks.py              some seconds
    python benchmarks/gradient_checks.py --quick      only to see that it runs

Every layer reads random texts, with a random gradient from outside at each of its outputs. Finite differences
are central, with a step of 1e-5; their error is the largest difference over the largest entry of the same
gradient. torch's side is its own cells step by step, and torch's differentiation of them. Where torch has no
such cell (GRU with the reset gate before the product, minGRU), it differentiates the equations.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import record
import torch
from torch import Tensor
from torch.nn import functional as F

from tenor.reference.activations import Array
from tenor.reference.gradient_check import gradient_errors
from tenor.reference.layers import LAYERS, Layer

SIZES, SEEDS = (30, 8, 12), range(5)  # steps, inputs, units
QUICK_SIZES, QUICK_SEEDS = (3, 2, 2), range(1)


def rnn(cell: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """Return what reads a text by one of torch's plain cells."""

    def read(x: Tensor, weight: Tensor, recurrent: Tensor, bias: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        outputs = []
        for step in x:
            h = cell(step[None], h.view(1, -1), weight, recurrent, bias)[0]
            outputs.append(h)
        return (torch.stack(outputs),)

    return read


def lstm(  # noqa: PLR0917
    x: Tensor, weight: Tensor, recurrent: Tensor, bias: Tensor, h: Tensor, c: Tensor
) -> tuple[Tensor, ...]:
    """Read a text by torch's LSTM cell: h and c."""
    state, outputs = (h[None], c[None]), []
    for step in x:
        state = torch.lstm_cell(step[None], state, weight, recurrent, bias)
        outputs.append(torch.cat(state))
    h, c = torch.stack(outputs).unbind(1)
    return h, c


def gru_reset_before(
    x: Tensor, weight: Tensor, recurrent: Tensor, bias: Tensor, h: Tensor
) -> tuple[Tensor, ...]:
    """Read a text by the equations of Cho et al. 2014."""
    outputs, own = [], recurrent.chunk(3)
    for a in (x @ weight.T + bias).unbind():
        r, z, n = a.chunk(3)
        r, z = torch.sigmoid(r + own[0] @ h), torch.sigmoid(z + own[1] @ h)
        h = (1 - z) * torch.tanh(n + own[2] @ (r * h)) + z * h
        outputs.append(h)
    return (torch.stack(outputs),)


def gru_reset_after(
    x: Tensor, weight: Tensor, recurrent: Tensor, bias: Tensor, h: Tensor
) -> tuple[Tensor, ...]:
    """Read a text by torch's GRU cell."""
    return rnn(lambda *given: torch.gru_cell(*given[:4], *given[4]))(x, weight, recurrent, bias, h)


def mingru(x: Tensor, weight: Tensor, bias: Tensor, h: Tensor) -> tuple[Tensor, ...]:
    """Read a text by the equations of Feng et al. 2024, of one token or more."""
    outputs = []
    for t in range(len(x)):
        z, c = sum((part @ x[t - j] for j, part in enumerate(weight) if j <= t), start=bias)
        z = torch.sigmoid(z)
        h = (1 - z) * h + z * torch.tanh(c)
        outputs.append(h)
    return (torch.stack(outputs),)


def attention(h: Tensor, scores: Tensor) -> tuple[Tensor, ...]:
    """Return the pooled vector and the weights."""
    weights = scores.softmax(0)
    return weights @ h, weights


def cross_entropy(logits: Tensor) -> tuple[Tensor, ...]:
    """Return torch's loss of each row, the classes as in `LAYERS`."""
    classes = torch.arange(len(logits)) % logits.shape[1]
    return (F.cross_entropy(logits, classes, reduction="none"),)


# The layers of the reference by torch, under the same names.
TWINS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "RNN": rnn(torch.rnn_tanh_cell),
    "RNN, relu": rnn(torch.rnn_relu_cell),
    "LSTM": lstm,
    "GRU, reset before the product": gru_reset_before,
    "GRU, reset after the product": gru_reset_after,
    "minGRU": mingru,
    "minGRU, three tokens wide": mingru,
    "additive attention": lambda h, w, b, q: attention(h, torch.tanh(h @ w.T + b) @ q),
    "scaled dot attention": lambda h, q: attention(h, h @ q / h.shape[1] ** 0.5),
    "softmax cross-entropy": cross_entropy,
}


def against_torch(name: str, arrays: list[Array], seed: int) -> dict[str, float]:
    """Return the largest difference of outputs, of gradients, and the largest gradient."""
    *outputs, backward = LAYERS[name].function(*arrays)
    tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
    theirs = TWINS[name](*tensors)
    generator = np.random.default_rng(seed)
    outside = [generator.normal(size=output.shape) for output in outputs]
    loss = sum(
        (output * torch.from_numpy(factor)).sum() for output, factor in zip(theirs, outside, strict=True)
    )
    assert isinstance(loss, Tensor)
    expected = [gradient.numpy() for gradient in torch.autograd.grad(loss, tensors)]
    found = backward(*outside)
    gradients = [getattr(found, one.name) for one in fields(found)]
    return {
        "outputs": _largest(outputs, [output.detach().numpy() for output in theirs]),
        "gradients": _largest(gradients, expected),
        "largest_gradient": max(float(np.abs(gradient).max()) for gradient in expected),
    }


def figures(name: str, layer: Layer, sizes: tuple[int, int, int], seeds: range) -> dict[str, Any]:
    """Return the worst of all seeds."""
    differences: dict[str, float] = {}
    torchs: dict[str, float] = {}
    for seed in seeds:
        arrays = layer.arrays(*sizes, np.random.default_rng(seed))
        for key, error in gradient_errors(layer.function, *arrays, seed=seed).items():
            differences[key] = max(differences.get(key, 0.0), error)
        for key, value in against_torch(name, arrays, seed).items():
            torchs[key] = max(torchs.get(key, 0.0), value)
    return {"finite_differences": differences, "torch": torchs}


def _largest(found: list[Array], expected: list[Array]) -> float:
    return max(float(np.abs(one - other).max()) for one, other in zip(found, expected, strict=True))


def main() -> None:
    """Check, print and write."""
    options = record.parser(__doc__).parse_args()
    sizes, seeds = (QUICK_SIZES, QUICK_SEEDS) if options.quick else (SIZES, SEEDS)
    layers = {}
    for name, layer in LAYERS.items():
        layers[name] = figures(name, layer, sizes, seeds)
        worst, torchs = max(layers[name]["finite_differences"].values()), layers[name]["torch"]
        print(
            f"{name:31} finite differences {worst:.0e}   torch: outputs {torchs['outputs']:.0e}, "
            f"gradients {torchs['gradients']:.0e} of {torchs['largest_gradient']:.2g}",
            flush=True,
        )
    found = {"steps": sizes[0], "inputs": sizes[1], "units": sizes[2], "texts": len(seeds), "layers": layers}
    record.write("gradient-checks", found, record.target(options))


if __name__ == "__main__":
    main()
