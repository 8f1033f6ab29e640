"""What each pooling computes, against plain arithmetic on single texts."""

import math

import pytest
import torch
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


def test_attention_scores_are_those_of_the_papers(batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    h = encoded.sequence[0, :4]
    additive, dot = Attention(5), DotAttention(5)
    query = additive.query.weight[0]
    scores = [torch.tanh(additive.projection.weight @ x + additive.projection.bias) @ query for x in h]
    assert_close(additive.weights(encoded, mask)[0, :4], torch.stack(scores).softmax(0))
    scores = [x @ dot.query.weight[0] / math.sqrt(5) for x in h]
    assert_close(dot.weights(encoded, mask)[0, :4], torch.stack(scores).softmax(0))


@pytest.mark.parametrize("name", POOLINGS)
def test_output_size_is_true(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    pooling = POOLINGS[name](5)
    assert pooling(*batch).shape == (3, pooling.output_size)


@pytest.mark.parametrize("name", POOLINGS)
def test_low_precision_sums_are_kept_wide(name: str, batch: tuple[Encoded, torch.Tensor]) -> None:
    encoded, mask = batch
    low = Encoded(encoded.sequence.bfloat16(), encoded.last.bfloat16())
    assert POOLINGS[name](5).bfloat16()(low, mask).dtype is torch.float32
