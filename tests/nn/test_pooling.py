"""What each pooling computes, against plain arithmetic on single texts."""

import pytest
import torch
from torch.testing import assert_close

from tenor.nn.encoder import Encoded
from tenor.nn.pooling import POOLINGS, Attention

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


def test_attention_weights_are_a_distribution_over_real_tokens(batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    pooling = Attention(5)
    weights = pooling.weights(encoded, mask)
    assert_close(weights.sum(1), torch.ones(3))
    assert not weights[~mask].any()
    assert weights[1, 0] == 1.0
    assert_close(pooling(encoded, mask)[0], (weights[0, :4, None] * encoded.sequence[0, :4]).sum(0))


@pytest.mark.parametrize("name", POOLINGS)
def test_output_size_is_true(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    pooling = POOLINGS[name](5)
    assert pooling(*batch).shape == (3, pooling.output_size)


@pytest.mark.parametrize("name", POOLINGS)
def test_low_precision_sums_are_kept_wide(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    low = Encoded(encoded.sequence.bfloat16(), encoded.last.bfloat16())
    assert POOLINGS[name](5).bfloat16()(low, mask).dtype is torch.float32
