"""`Perturbation`: small changes of embedded texts, and the direction in which a loss changes most.

Miyato et al. 2017 ("Adversarial training methods for semi-supervised text classification", section 3) perturb
word vectors that are normalised, or a network would make any perturbation small by learning large vectors:

    v'_k = (v_k - E(v)) / sqrt(Var(v)),    E(v) = sum_j f_j v_j,    Var(v) = sum_j f_j (v_j - E(v))^2

with f_j the frequency of word j in the training texts. The network here reads v as it is, and a change r of
v' is the change sqrt(Var(v)) r of v: only how a perturbation is measured differs, not what the network can
compute, and a saved model needs no frequencies. No gradient goes through Var(v).

A change is added to every token (theirs), within an L2 ball of radius epsilon for each text, or to every
distinct word of the batch, so that all occurrences of a word share it, and products are still made once for
each word. Then the ball is one for the batch: sum_w n_w |r_w|^2 <= B epsilon^2 with n_w the occurrences of
word w in the B texts, so that a text is changed by epsilon in quadratic mean. In that ball a loss with
gradient G_w, summed over the occurrences, rises most along G_w / n_w, the mean of their gradients. This is
ours.

Log-count ratios beside the vectors stay as they are.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tenor.nn.classifier import Classifier
from tenor.nn.encoder import Embedded, Words, pad


@dataclass(frozen=True)
class Perturbation:
    """How far texts are changed, in what units, and whether by word or by token."""

    frequencies: Tensor  # (V,) of the words in the training texts, 1 in sum
    epsilon: float = 5.0
    by_word: bool = False

    def around(self, module: Classifier, read: Embedded | Words) -> "Neighbourhood":
        """Return what lies around a batch as `module` read it; by word it must have read words."""
        weight = module.embedding.weight.detach()
        deviation = _deviation(weight, self.frequencies.to(weight))
        if isinstance(read, Embedded):
            lengths = read.lengths
        else:
            lengths = torch.from_numpy(np.diff(read.offsets)).to(weight.device)
            if self.by_word:
                every = np.bincount(read.rows, minlength=len(read.vectors))
                counts = torch.from_numpy(every).to(weight)
                texts = weight.new_full((1,), len(lengths))
                return Neighbourhood(
                    read, deviation, counts, torch.zeros_like(counts, dtype=torch.long), texts
                )
            read = read.spread()
        balls = torch.arange(len(lengths), device=weight.device).repeat_interleave(lengths)
        counts, texts = weight.new_ones(len(balls)), weight.new_ones(len(lengths))
        return Neighbourhood(read, deviation, counts, balls, texts)


@dataclass(frozen=True)
class Neighbourhood:
    """Embedded texts and R rows that may be added to them: of tokens in their order, or of distinct words."""

    read: Embedded | Words
    deviation: Tensor  # (D,) of the word vectors: the unit of a row
    counts: Tensor  # (R,) tokens that a row is added to; 0 for words that only fill up
    balls: Tensor  # (R,) int64, the ball that a row lies in
    texts: Tensor  # (G,) in each ball

    def detached(self) -> "Neighbourhood":
        """Return the same around word vectors that get no gradient."""
        if isinstance(self.read, Words):
            return replace(self, read=replace(self.read, vectors=self.read.vectors.detach()))
        return replace(self, read=replace(self.read, x=self.read.x.detach()))

    def at(self, rows: Tensor) -> Embedded | Words:
        """Return the texts with rows (R, D) added."""
        read, added = self.read, rows * self.deviation
        if isinstance(read, Words):
            beside = read.vectors.shape[1] - added.shape[1]
            return replace(read, vectors=read.vectors + F.pad(added, (0, beside)))
        beside = read.x.shape[2] - added.shape[1]
        return replace(read, x=read.x + F.pad(pad(added.to(read.x), read.mask), (0, beside)))

    def zero(self) -> Tensor:
        """Return rows that change nothing, (R, D)."""
        return self.deviation.new_zeros(len(self.counts), len(self.deviation))

    def random(self, length: float) -> Tensor:
        """Return rows (R, D) of normal numbers, on the spheres of that radius."""
        return self.on_spheres(torch.randn_like(self.zero()), length)

    def steepest(self, gradient: Tensor, length: float) -> Tensor:
        """Return the rows (R, D) on the spheres along which a loss of that gradient (R, D) rises most."""
        return self.on_spheres(gradient / self.counts.clamp(min=1).unsqueeze(1), length)

    def on_spheres(self, rows: Tensor, length: float) -> Tensor:
        """Scale the rows (R, D) of each ball onto the sphere of that radius; a ball of zeros stays so."""
        rows = rows * (self.counts > 0).unsqueeze(1)
        # First by the largest entry: squares of vanishing gradients would be 0.
        largest = torch.zeros_like(self.texts).scatter_reduce(0, self.balls, rows.abs().amax(1), "amax")
        rows = rows / _nonzero(largest)[self.balls].unsqueeze(1)
        return rows * (length / _nonzero(self.norms(rows)))[self.balls].unsqueeze(1)

    def norms(self, rows: Tensor) -> Tensor:
        """Return the radius (G,) of the sphere that the rows (R, D) of each ball lie on."""
        squares = torch.zeros_like(self.texts).index_add(0, self.balls, self.counts * rows.square().sum(1))
        return (squares / self.texts).sqrt()

    def gradient(self, module: Classifier, rows: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the gradient (R, D) of `loss`, of logits (B, C), at these rows; the network gets none."""
        rows = rows.detach().requires_grad_()
        with frozen(module):
            value = loss(module.forward_embedded(self.detached().at(rows)))
        with torch.autocast(rows.device.type, enabled=False):
            (found,) = torch.autograd.grad(value, rows)
        return found


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Let no parameter have a gradient for a while.

    Unlike `torch.no_grad` that leaves no weights without a gradient in the cache of autocast.
    """
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)


def _deviation(weight: Tensor, frequencies: Tensor) -> Tensor:
    """Weight (V, D), frequencies (V,) -> the standard deviation of each entry, (D,)."""
    with torch.autocast(weight.device.type, enabled=False):
        variance = frequencies @ (weight - frequencies @ weight).square()
    return variance.sqrt()


def _nonzero(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, torch.ones_like(x))
