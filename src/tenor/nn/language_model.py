"""`LanguageModel`: embedding, encoder, projection, softmax: tokens in, probabilities of the next one out.

    x_t = dropout(E w_t)
    h_t = encoder(x_1 ... x_t)
    p(w_{t+1}) = softmax(E (P dropout(h_t)) + b)

The word vectors E stand at both ends (Press & Wolf 2017; Inan et al. 2017). There is always a projection P,
not only where sizes differ: an encoder whose outputs are its inputs, a bag, could otherwise only say that
each word goes with itself. Dropout is locked: the same units for all tokens of a chunk (Gal & Ghahramani
2016).
"""

import torch
from torch import Tensor, nn

from tenor.nn.encoder import Embedded, Encoder, State
from tenor.nn.softmax import AdaptiveSoftmax, FullSoftmax
from tenor.nn.transformer import Linear
from tenor.text.vocabulary import UNKNOWN_ID

NOTHING = -1  # a target that does not count


class LockedDropout(nn.Module):
    """Dropout of the same units at every token of a text."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        if not self.training or not self.p:
            return x
        kept = torch.rand(len(x), 1, x.shape[-1], device=x.device) >= self.p
        return x * kept.to(x).div_(1 - self.p)


class LanguageModel(nn.Module):
    """Reads left to right; it knows no text and no vocabulary."""

    def __init__(
        self,
        embedding: nn.Embedding,
        encoder: Encoder,
        projection: Linear | None,
        output: FullSoftmax | AdaptiveSoftmax,
        *,
        embedding_dropout: float,
        word_dropout: float,
        output_dropout: float,
        unknown: int = UNKNOWN_ID,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.encoder = encoder
        self.projection = projection
        self.output = output
        # (V, H), where the vectors at the output are not the word vectors
        self.output_weight: nn.Parameter | None = None
        if projection is None:
            size = encoder.output_size
            self.output_weight = nn.Parameter(torch.randn(embedding.num_embeddings, size) * size**-0.5)
        self.embedding_dropout = LockedDropout(embedding_dropout)
        self.output_dropout = LockedDropout(output_dropout)
        self.word_dropout = word_dropout
        self.unknown = unknown  # the id that dropped words are read as

    @property
    def vectors(self) -> Tensor:
        """The vectors of the tokens at the output, (V, D); if they are tied, the word vectors."""
        return self.embedding.weight if self.output_weight is None else self.output_weight

    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first token."""
        return self.encoder.initial_state(batch_size)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """ids (B, T) -> what the softmax takes, (B, T, D), and the state after the last column."""
        if self.training and self.word_dropout:
            dropped = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(dropped, self.unknown)
        x = self.embedding_dropout(self.embedding(ids))
        # Every place counts as real: what stands behind a text's end reaches nothing that is used.
        encoded = self.encoder(Embedded(x, torch.ones_like(ids, dtype=torch.bool), ids), state)
        assert encoded.state is not None, "a state went in"  # noqa: S101
        hidden = self.output_dropout(encoded.sequence)
        return hidden if self.projection is None else self.projection(hidden), encoded.state

    def losses(self, ids: Tensor, targets: Tensor, state: State) -> tuple[Tensor, State]:
        """Return -log p of each target (B, T) that is not `NOTHING`, (N,) row by row, and the new state."""
        hidden, after = self(ids, state)
        there = targets != NOTHING
        return self.output.losses(hidden[there], self.vectors, targets[there]), after

    def next_log_probabilities(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Return log p of every token after the last of ids (B, T), (B, V), and the new state."""
        hidden, after = self(ids, state)
        return self.output.log_probabilities(hidden[:, -1], self.vectors), after
