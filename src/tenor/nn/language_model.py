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


class TwoWayLanguageModel(LanguageModel):
    """Two language models with the same word vectors and softmax: one reads on, one reads back.

    So those of Peters et al. 2018 (section 3.1) do. Their encoders are the two directions of a bidirectional
    encoder of one layer. The model itself is the one that reads on.
    """

    def __init__(self, ahead: LanguageModel, back: LanguageModel) -> None:
        """Take over the parts of both; vectors and softmax are those of `ahead`."""
        super().__init__(
            ahead.embedding,
            ahead.encoder,
            ahead.projection,
            ahead.output,
            embedding_dropout=ahead.embedding_dropout.p,
            word_dropout=ahead.word_dropout,
            output_dropout=ahead.output_dropout.p,
            unknown=ahead.unknown,
        )
        self.output_weight = ahead.output_weight
        self.back_encoder = back.encoder
        self.back_projection = back.projection
        back.embedding, back.output, back.output_weight = ahead.embedding, ahead.output, ahead.output_weight
        self._back = [back]  # in a list: its parameters are all registered above

    @property
    def back(self) -> LanguageModel:
        """The model that reads texts turned around: from their last token to their first."""
        return self._back[0]

    def train(self, mode: bool = True) -> "TwoWayLanguageModel":
        """Set the mode of both."""
        super().train(mode)
        self.back.train(mode)
        return self
