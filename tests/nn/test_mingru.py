"""minGRU in torch against the NumPy reference: outputs and gradients, in float64."""

import pytest
import torch
from by_reference import assert_encodes_alike, randomised
from torch.testing import assert_close

from tenor.config.network import MinGRUConfig
from tenor.nn import mingru as module
from tenor.nn.mingru import MinGRU

SIZE, HIDDEN = 3, 4


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("layers", "width"), [(1, 1), (1, 3), (2, 2), (3, 1)])
def test_equals_the_reference(
    monkeypatch: pytest.MonkeyPatch, layers: int, width: int, both: bool, compiles: bool
) -> None:
    if not compiles:
        monkeypatch.setattr(module, "compiles", lambda x: False)
    settings = MinGRUConfig(hidden_size=HIDDEN, layers=layers, width=width, gate_bias=-0.5)
    assert_encodes_alike(randomised(MinGRU(SIZE, settings, bidirectional=both)))


def test_gate_bias_sets_how_fast_the_state_moves() -> None:
    slow = MinGRU(SIZE, MinGRUConfig(hidden_size=HIDDEN, gate_bias=-3.0), bidirectional=False)
    x = torch.zeros(1, 1, SIZE)
    products = slow.layers[0].table(x)
    assert_close(torch.sigmoid(products[0, 0, 0, 0, 0]), torch.full((HIDDEN,), 0.0474), atol=1e-4, rtol=0)
