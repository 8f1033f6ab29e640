"""Pooling: from a sequence of outputs to one vector; padding never counts."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from tenor.nn.encoder import Encoded


class Last(nn.Module):
    """The output after the last token each direction read."""

    name = "last"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return _wide(encoded.last)


class Mean(nn.Module):
    """The mean over real tokens."""

    name = "mean"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return _mean(encoded, mask)


class Max(nn.Module):
    """The largest value of each unit over real tokens."""

    name = "max"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return _max(encoded, mask)


class MeanMax(nn.Module):
    """Mean and maximum side by side (Howard & Ruder 2018)."""

    name = "mean-max"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = 2 * size

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, 2H)."""
        return torch.cat((_mean(encoded, mask), _max(encoded, mask)), -1)


class Attention(nn.Module):
    """Additive attention with a learned query: softmax over t of v . tanh(W h_t + b) (Yang et al. 2016)."""

    name = "attention"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size
        self.projection = nn.Linear(size, size)
        self.query = nn.Linear(size, 1, bias=False)

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return _weighted(encoded, self.weights(encoded, mask))

    def weights(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """Return the weight of each token, (B, T): 0 at padding, 1 in sum."""
        return _softmax(self.scores(encoded.sequence), mask)

    def scores(self, sequence: Tensor) -> Tensor:
        """Return what the softmax is taken of, (..., H) -> (...)."""
        scores: Tensor = self.query(torch.tanh(self.projection(sequence)))
        return scores.squeeze(-1)


class DotAttention(nn.Module):
    """Scaled dot-product attention with a learned query: softmax over t of q . h_t / sqrt(H).

    Scaled as by Vaswani et al. 2017. The query starts as they take queries to be, of unit variance.
    """

    name = "dot-attention"

    def __init__(self, size: int) -> None:
        super().__init__()
        self.output_size = size
        self.query = nn.Linear(size, 1, bias=False)
        nn.init.normal_(self.query.weight)

    def forward(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """(B, T, H), (B, T) -> (B, H)."""
        return _weighted(encoded, self.weights(encoded, mask))

    def weights(self, encoded: Encoded, mask: Tensor) -> Tensor:
        """Return the weight of each token, (B, T): 0 at padding, 1 in sum."""
        return _softmax(self.scores(encoded.sequence), mask)

    def scores(self, sequence: Tensor) -> Tensor:
        """Return what the softmax is taken of, (..., H) -> (...)."""
        scores: Tensor = self.query(sequence) / self.output_size**0.5
        return scores.squeeze(-1)


Pooling = Last | Mean | Max | MeanMax | Attention | DotAttention

POOLINGS: dict[str, Callable[[int], Pooling]] = {
    kind.name: kind for kind in (Last, Mean, Max, MeanMax, Attention, DotAttention)
}


def _wide(x: Tensor) -> Tensor:
    """At least float32: sums over long texts would lose digits in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def _mean(encoded: Encoded, mask: Tensor) -> Tensor:
    kept = _wide(encoded.sequence).masked_fill(~mask.unsqueeze(-1), 0.0)
    return kept.sum(1) / mask.sum(1, keepdim=True)


def _max(encoded: Encoded, mask: Tensor) -> Tensor:
    return _wide(encoded.sequence).masked_fill(~mask.unsqueeze(-1), float("-inf")).max(1).values


def _softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores (B, T) -> weights (B, T) over the real tokens."""
    return _wide(scores).masked_fill(~mask, float("-inf")).softmax(-1)


def _weighted(encoded: Encoded, weights: Tensor) -> Tensor:
    return (weights.unsqueeze(-1) * _wide(encoded.sequence)).sum(1)
