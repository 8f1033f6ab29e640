"""minGRU in torch against the NumPy reference, in float64."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from tenor.config.network import MinGRUConfig
from tenor.nn import mingru as module
from tenor.nn.encoder import Embedded
from tenor.nn.mingru import MinGRU
from tenor.reference.mingru import mingru

SIZE, HIDDEN = 3, 4
LENGTHS = (5, 1, 3, 2)


def by_reference(encoder: MinGRU, x: np.ndarray) -> np.ndarray:
    """All layers and directions of one text (T, D) by the reference: (T, directions x H)."""
    for layer in encoder.layers:
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        outputs = []
        for direction in range(weight.shape[1]):
            turned = x if direction == 0 else x[::-1]
            h, _ = mingru(turned, weight[:, direction], bias[direction])
            outputs.append(h if direction == 0 else h[::-1])
        x = np.concatenate(outputs, -1)
    return x


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("layers", "width"), [(1, 1), (1, 3), (2, 2), (3, 1)])
def test_equals_the_reference(
    monkeypatch: pytest.MonkeyPatch, layers: int, width: int, both: bool, compiles: bool
) -> None:
    if not compiles:
        monkeypatch.setattr(module, "compiles", lambda x: False)
    settings = MinGRUConfig(hidden_size=HIDDEN, layers=layers, width=width, gate_bias=-0.5)
    encoder = MinGRU(SIZE, settings, bidirectional=both).double()
    mask = torch.arange(7) < torch.tensor(LENGTHS)[:, None]
    x = torch.randn(len(LENGTHS), 7, SIZE, dtype=torch.float64)
    encoded = encoder(Embedded(x, mask))
    for row, length in enumerate(LENGTHS):
        expected = torch.from_numpy(by_reference(encoder, x[row, :length].numpy()))
        assert_close(encoded.sequence[row, :length], expected, atol=1e-12, rtol=0)
        forward, backward = expected[-1, :HIDDEN], expected[0, HIDDEN:]
        assert_close(encoded.last[row], torch.cat((forward, backward)), atol=1e-12, rtol=0)


def test_gate_bias_sets_how_fast_the_state_moves() -> None:
    slow = MinGRU(SIZE, MinGRUConfig(hidden_size=HIDDEN, gate_bias=-3.0), bidirectional=False)
    x = torch.zeros(1, 1, SIZE)
    products = slow.layers[0].table(x)
    assert_close(torch.sigmoid(products[0, 0, 0, 0, 0]), torch.full((HIDDEN,), 0.0474), atol=1e-4, rtol=0)
