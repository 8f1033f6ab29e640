"""`Classifier`: embedding, encoder, pooling, head: a batch in, logits out."""

from contextlib import AbstractContextManager, nullcontext

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tenor.batching import Batch
from tenor.kernels.ragged import distinct
from tenor.nn.encoder import Embedded, Encoder, WordReader, Words, pad
from tenor.nn.native import Dropout
from tenor.nn.pooling import Pooling
from tenor.text.ratios import Counts, LogCountRatios
from tenor.text.vocabulary import UNKNOWN_ID

# Distinct words are filled up to a multiple of it: oneDNN prepares each new shape of a product anew, which
# took as long as the product itself.
_WORDS_STEP = 128


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
        unknown: int = UNKNOWN_ID,
        ratios: LogCountRatios | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.encoder = encoder
        self.pooling = pooling
        self.head = head
        self.embedding_dropout = Dropout(embedding_dropout)
        self.word_dropout = word_dropout
        self.unknown = unknown  # the id that dropped words are read as
        self.ratios = ratios
        # What the ratios were counted from, while the network is trained on it.
        self.counts: Counts | None = None

    def forward(self, batch: Batch) -> Tensor:
        """Batch of B texts -> logits (B, C)."""
        return self.forward_embedded(self.read(batch))

    def pooled(self, batch: Batch) -> Tensor:
        """Batch of B texts -> the vector of each before the head, (B, H')."""
        return self._pooled(self.read(batch))

    def read(self, batch: Batch) -> Embedded | Words:
        """Embed a batch as the encoder takes it: its distinct words where it computes for these, else places.

        Dropout of words and of their vectors is drawn here, so that what was read can be changed a little and
        given to `forward_embedded` again.
        """
        return self.embed_words(batch) if isinstance(self.encoder, WordReader) else self.embed(batch)

    def embed_words(self, batch: Batch) -> Words:
        """Embed the distinct words of the batch; dropout is the same for all occurrences of a word."""
        ids, dropped = batch.tokens.ids, None
        if self.training and self.word_dropout:
            dropped = torch.rand(len(ids)).numpy() < self.word_dropout
            ids = np.where(dropped, np.int32(self.unknown), ids)
        words, rows = distinct(ids, self.embedding.num_embeddings)
        if len(words) > _WORDS_STEP:
            pad = self.embedding.padding_idx or 0  # which no token is
            words = np.pad(words, (0, -len(words) % _WORDS_STEP), constant_values=pad)
        vectors = self.embedding_dropout(self.embedding(torch.from_numpy(words).to(self._device)))
        of_words, of_bigrams = self._ratios(batch, words, dropped)
        return Words(
            torch.cat((vectors, of_words), 1),
            rows,
            of_bigrams.numpy(),
            batch.tokens.offsets,
            width=batch.ids.shape[1],
        )

    def embed(self, batch: Batch) -> Embedded:
        """ids (B, T) -> x (B, T, D) with its mask; D covers the ratios of the word and of its bigram."""
        if isinstance(self.encoder, WordReader):
            return self.embed_words(batch).padded()
        ids, mask, dropped = batch.ids, batch.mask, None
        if self.training and self.word_dropout:
            dropped = mask & (torch.rand(ids.shape, device=ids.device) < self.word_dropout)
            ids = ids.masked_fill(dropped, self.unknown)
        x = self.embedding_dropout(self.embedding(ids))
        if self.ratios is not None:
            words = ids[mask].cpu().numpy().astype(np.int32)
            beside = self._ratios(batch, words, None if dropped is None else dropped[mask].cpu().numpy())
            x = torch.cat((x, pad(torch.cat([part.to(x) for part in beside], 1), mask)), -1)
        return Embedded(x, mask, ids)

    def forward_embedded(self, embedded: Embedded | Words) -> Tensor:
        """What `read` or `embed` returned -> logits (B, C); explanations and perturbations start here."""
        logits: Tensor = self.head(self._pooled(embedded))
        return logits

    def _pooled(self, read: Embedded | Words) -> Tensor:
        if isinstance(read, Words):
            encoder, name = self.encoder, self.pooling.name
            if isinstance(encoder, WordReader) and encoder.fuses(name, self.embedding.weight):
                return encoder.pooled(read, name)
            read = read.padded()
        pooled: Tensor = self.pooling(self.encoder(read), read.mask)
        return pooled

    @property
    def _device(self) -> torch.device:
        return self.embedding.weight.device

    def _ratios(
        self, batch: Batch, words: npt.NDArray[np.int32], dropped: npt.NDArray[np.bool_] | None
    ) -> tuple[Tensor, Tensor]:
        """Return log-count ratios of words (U, F) and of the bigram each token ends (N, F); F may be 0.

        A bigram of which a word was dropped has none. In training the texts of the batch itself are not
        counted; texts without targets never were.
        """
        tokens, threads = batch.tokens, torch.get_num_threads()
        if self.ratios is None:
            return torch.empty(len(words), 0, device=self._device), torch.empty(len(tokens.ids), 0)
        every = found = self.ratios.bigrams.find(tokens, threads=threads)
        if dropped is not None:
            found = np.where(dropped | np.roll(dropped, 1), np.int32(-1), every)
        if self.training and self.counts is not None:
            own: AbstractContextManager[None] = nullcontext()
            if batch.targets is not None:
                own = self.counts.without(tokens, every, batch.targets.cpu().numpy())
            with own:
                ratios = self.counts.of_words(words), self.counts.of_bigrams(found)
        else:
            ratios = self.ratios.of_words(words), self.ratios.of_bigrams(found)
        return torch.from_numpy(ratios[0]).to(self.embedding.weight), torch.from_numpy(ratios[1])
