"""`Classifier`: embedding, encoder, pooling, head: a batch in, logits out."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tenor.batching import Batch
from tenor.kernels.ragged import distinct
from tenor.nn.encoder import Embedded, Encoder, WordReader, Words, pad
from tenor.nn.pooling import Pooling
from tenor.text.ratios import Counts, LogCountRatios
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import UNKNOWN_ID


class Head(nn.Module):
    """From the pooled vector to logits (B, C), by way of a ReLU layer if `hidden` > 0.

    Two classes share one output z as logits (0, z), so that softmax cross-entropy is the logistic loss
    and the layer has no spare parameters.
    """

    def __init__(self, input_size: int, classes: int, *, hidden: int, dropout: float) -> None:
        super().__init__()
        self.classes = classes
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(input_size, hidden) if hidden else None
        self.output = nn.Linear(hidden or input_size, classes if classes > 2 else 1)

    def forward(self, pooled: Tensor) -> Tensor:
        """(B, H') -> (B, C)."""
        x = self.dropout(pooled)
        if self.hidden is not None:
            x = torch.relu(self.hidden(x))
        logits: Tensor = self.output(x)
        return torch.cat((torch.zeros_like(logits), logits), -1) if logits.shape[-1] == 1 else logits


class Classifier(nn.Module):
    """A text classifier. It knows neither losses nor label names."""

    def __init__(
        self,
        embedding: nn.Embedding,
        encoder: Encoder,
        pooling: Pooling,
        head: Head,
        *,
        embedding_dropout: float,
        word_dropout: float,
        ratios: LogCountRatios | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.encoder = encoder
        self.pooling = pooling
        self.head = head
        self.embedding_dropout = nn.Dropout(embedding_dropout)
        self.word_dropout = word_dropout
        self.ratios = ratios
        # What the ratios were counted from, while the network is trained on it.
        self.counts: Counts | None = None

    def forward(self, batch: Batch) -> Tensor:
        """Batch of B texts -> logits (B, C)."""
        encoder, pooling = self.encoder, self.pooling.name
        if isinstance(encoder, WordReader) and encoder.fuses(pooling, self.embedding.weight):
            logits: Tensor = self.head(encoder.pooled(self.embed_words(batch), pooling))
            return logits
        return self.forward_embedded(self.embed(batch))

    def embed_words(self, batch: Batch) -> Words:
        """Embed the distinct words of the batch; dropout is the same for all occurrences of a word."""
        ids, offsets = batch.tokens.ids, batch.tokens.offsets
        if self.training and self.word_dropout:
            ids = np.where(torch.rand(len(ids)).numpy() < self.word_dropout, np.int32(UNKNOWN_ID), ids)
        words, rows = distinct(ids, self.embedding.num_embeddings)
        vectors = self.embedding_dropout(self.embedding(torch.from_numpy(words).to(self._device)))
        of_words, of_bigrams = self._ratios(batch, words, Tokens(ids, offsets))
        return Words(torch.cat((vectors, of_words), 1), rows, of_bigrams.numpy(), offsets)

    def embed(self, batch: Batch) -> Embedded:
        """ids (B, T) -> x (B, T, D) with its mask; D covers the ratios of the word and of its bigram."""
        if isinstance(self.encoder, WordReader):
            return self.embed_words(batch).padded(batch.ids.shape[1])
        ids, mask = batch.ids, batch.mask
        if self.training and self.word_dropout:
            dropped = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(dropped & mask, UNKNOWN_ID)
        x = self.embedding_dropout(self.embedding(ids))
        if self.ratios is not None:
            read = ids[mask].cpu().numpy().astype(np.int32)
            beside = torch.cat(self._ratios(batch, read, Tokens(read, batch.tokens.offsets)), 1)
            x = torch.cat((x, pad(beside.to(x), mask)), -1)
        return Embedded(x, mask)

    def forward_embedded(self, embedded: Embedded) -> Tensor:
        """x (B, T, D) -> logits (B, C); explanations start here."""
        logits: Tensor = self.head(self.pooling(self.encoder(embedded), embedded.mask))
        return logits

    @property
    def _device(self) -> torch.device:
        return self.embedding.weight.device

    def _ratios(self, batch: Batch, words: npt.NDArray[np.int32], tokens: Tokens) -> tuple[Tensor, Tensor]:
        """Return log-count ratios of words (U, F) and of the bigram each token ends (N, F); F may be 0.

        In training the texts of the batch itself are not counted.
        """
        if self.ratios is None:
            return torch.empty(len(words), 0, device=self._device), torch.empty(len(tokens.ids), 0)
        found = self.ratios.bigrams.find(tokens)
        if self.training and self.counts is not None:
            assert batch.targets is not None, "a training batch has targets"  # noqa: S101
            with self.counts.without(batch.tokens, batch.targets.cpu().numpy()):
                ratios = self.counts.of_words(words), self.counts.of_bigrams(found)
        else:
            ratios = self.ratios.of_words(words), self.ratios.of_bigrams(found)
        return torch.from_numpy(ratios[0]).to(self.embedding.weight), torch.from_numpy(ratios[1])
