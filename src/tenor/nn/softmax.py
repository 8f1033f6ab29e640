"""Probabilities of the next token, over all tokens at once or by way of clusters of rare ones.

`FullSoftmax` makes a product with the vector of every token. `AdaptiveSoftmax` (Grave et al. 2017, "Efficient
softmax approximation for GPUs") makes it with the most frequent ones and a vector for each cluster of rarer
ones, and with the tokens of a cluster only where one of them comes next:

    p(w) = p(w | head)                          of frequent tokens
    p(w) = p(cluster | head) p(w | cluster)     of all others

That is an exact distribution, in training, evaluation and sampling alike. Other than there, clusters have
vectors as long as the head's, so that all of them can be word vectors.
"""

from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.config.language_model import OutputConfig
from tenor.nn.native import linear


class Softmax(Protocol):
    """From vectors (N, D) and the vectors of V tokens, (V, D), to probabilities."""

    def losses(self, x: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        """Return -log p of the targets (N,) int64, (N,)."""
        ...

    def log_probabilities(self, x: Tensor, weight: Tensor) -> Tensor:
        """Return log p of every token, (N, V)."""
        ...


class FullSoftmax(nn.Module):
    """One softmax over all tokens."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))

    def losses(self, x: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        """Return -log p of the targets, (N,)."""
        return F.cross_entropy(_wide(linear(x, weight, self.bias)), targets, reduction="none")

    def log_probabilities(self, x: Tensor, weight: Tensor) -> Tensor:
        """Return log p of every token, (N, V)."""
        return _wide(linear(x, weight, self.bias)).log_softmax(-1)


class AdaptiveSoftmax(nn.Module):
    """A softmax over the first tokens and the clusters, and one over the tokens of each cluster.

    Clusters are ids from one of `cutoffs` to the next, so ids should stand in the order of frequency.
    """

    def __init__(self, vocabulary_size: int, vector_size: int, cutoffs: tuple[int, ...]) -> None:
        super().__init__()
        self._cutoffs = [*cutoffs, vocabulary_size]
        self.bias = nn.Parameter(torch.zeros(vocabulary_size))
        self.clusters = nn.Parameter(torch.zeros(len(cutoffs), vector_size))
        self.cluster_bias = nn.Parameter(torch.zeros(len(cutoffs)))

    def losses(self, x: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
        """Return -log p of the targets, (N,)."""
        (head_weight, head_bias), *tails = self._parts(weight)
        number = torch.bucketize(targets, targets.new_tensor(self._cutoffs[:-1]), right=True)  # 0: the head
        of_head = torch.where(number > 0, self._cutoffs[0] + number - 1, targets)
        losses = F.cross_entropy(_wide(linear(x, head_weight, head_bias)), of_head, reduction="none")
        for cluster, (tail_weight, tail_bias) in enumerate(tails, 1):
            rows = (number == cluster).nonzero().squeeze(1)
            if len(rows):
                logits = _wide(linear(x[rows], tail_weight, tail_bias))
                within = targets[rows] - self._cutoffs[cluster - 1]
                losses = losses.index_add(0, rows, F.cross_entropy(logits, within, reduction="none"))
        return losses

    def log_probabilities(self, x: Tensor, weight: Tensor) -> Tensor:
        """Return log p of every token, (N, V)."""
        (head_weight, head_bias), *tails = self._parts(weight)
        head = _wide(linear(x, head_weight, head_bias)).log_softmax(-1)
        first = self._cutoffs[0]
        parts = [head[:, :first]]
        for cluster, (tail_weight, tail_bias) in enumerate(tails):
            within = _wide(linear(x, tail_weight, tail_bias)).log_softmax(-1)
            parts.append(head[:, first + cluster, None] + within)
        return torch.cat(parts, 1)

    def _parts(self, weight: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return weight and bias of the head, with the clusters last, and of each cluster."""
        sizes = [end - start for start, end in pairwise([0, *self._cutoffs])]
        # One split: its gradient is joined once, where slices would each fill a matrix with zeros.
        weights, biases = torch.split(weight, sizes), torch.split(self.bias, sizes)
        head = torch.cat((weights[0], self.clusters)), torch.cat((biases[0], self.cluster_bias))
        return [head, *zip(weights[1:], biases[1:], strict=True)]


def softmax(config: OutputConfig, vocabulary_size: int, vector_size: int) -> FullSoftmax | AdaptiveSoftmax:
    """Make the softmax of a configuration for so many tokens; cutoffs beyond them mean nothing."""
    cutoffs = tuple(cutoff for cutoff in sorted(set(config.cutoffs)) if cutoff < vocabulary_size)
    many = bool(cutoffs) and vocabulary_size > 2 * cutoffs[0]
    if cutoffs and (config.softmax == "adaptive" or (config.softmax == "auto" and many)):
        return AdaptiveSoftmax(vocabulary_size, vector_size, cutoffs)
    return FullSoftmax(vocabulary_size)


def _wide(x: Tensor) -> Tensor:
    """At least float32: only the products are made in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
