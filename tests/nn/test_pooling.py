"""What each pooling computes, against plain arithmetic and the NumPy reference on single texts."""

import by_reference
import pytest
import torch
from by_reference import assert_same_gradients, random, randomised
from torch.testing import assert_close

from tenor.nn.encoder import Encoded
from tenor.nn.pooling import POOLINGS, Attention, DotAttention

LENGTHS = [4, 1, 3]


@pytest.fixture
def batch() -> tuple[Encoded, torch.Tensor]:
    mask = torch.arange(6) < torch.tensor(LENGTHS)[:, None]
    sequence = torch.randn(3, 6, 5)
    return Encoded(sequence, sequence[torch.arange(3), mask.sum(1) - 1]), mask


EXPECTED = {
    "last": lambda h: h[-1],
    "mean": lambda h: h.mean(0),
    "max": lambda h: h.max(0).values,
    "mean-max": lambda h: torch.cat((h.mean(0), h.max(0).values)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_pools_real_tokens_only(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    pooled = POOLINGS[name](5)(encoded, mask)
    for row, length in enumerate(LENGTHS):
        assert_close(pooled[row], EXPECTED[name](encoded.sequence[row, :length]))


@pytest.mark.parametrize("kind", [Attention, DotAttention])
def test_attention_weights_are_a_distribution_over_real_tokens(
    kind: type[Attention | DotAttention], batch: tuple[Encoded, torch.Tensor]
) -> None:
    encoded, mask = batch
    pooling = kind(5)
    weights = pooling.weights(encoded, mask)
    assert_close(weights.sum(1), torch.ones(3))
    assert not weights[~mask].any()
    assert weights[1, 0] == 1.0
    assert_close(pooling(encoded, mask)[0], (weights[0, :4, None] * encoded.sequence[0, :4]).sum(0))


@pytest.mark.parametrize("kind", [Attention, DotAttention])
def test_attention_equals_the_reference(kind: type[Attention | DotAttention]) -> None:
    pooling = randomised(kind(4))
    mask = torch.arange(6) < torch.tensor(LENGTHS)[:, None]
    h = random(3, 6, 4)
    encoded = Encoded(h, h[:, 0])
    pooled, weights = pooling(encoded, mask), pooling.weights(encoded, mask)
    one_by_one = [by_reference.attend(pooling, h[row, :length]) for row, length in enumerate(LENGTHS)]
    expected = torch.cat([torch.cat(parts) for parts in zip(*one_by_one, strict=True)])
    found = torch.cat((pooled.flatten(), weights[mask]))
    assert_close(found, expected, **by_reference.EXACT)
    assert_same_gradients(found, expected, (h, *pooling.parameters()))


@pytest.mark.parametrize("name", POOLINGS)
def test_output_size_is_true(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    pooling = POOLINGS[name](5)
    assert pooling(*batch).shape == (3, pooling.output_size)


@pytest.mark.parametrize("name", POOLINGS)
def test_low_precision_sums_are_kept_wide(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    low = Encoded(encoded.sequence.bfloat16(), encoded.last.bfloat16())
    assert POOLINGS[name](5).bfloat16()(low, mask).dtype is torch.float32
