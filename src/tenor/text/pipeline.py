"""`TextPipeline`: texts -> ids, the same way in training and ever after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tenor.config.text import TextConfig
from tenor.errors import ModelError
from tenor.kernels.parallel import available_cores
from tenor.text import pretrained
from tenor.text import tokenizer as tokenizers
from tenor.text.bulk import Encoder, Kept
from tenor.text.effort import Effort
from tenor.text.familiarity import unknown_share
from tenor.text.token import Token
from tenor.text.tokenizer import Tokenizer
from tenor.text.tokens import Tokens
from tenor.text.truncation import truncate
from tenor.text.vocabulary import Vocabulary, count

EFFORT = Effort()


@dataclass(frozen=True)
class TextPipeline:
    """Tokenizer, vocabulary and truncation; a value, saved as JSON."""

    tokenizer: Tokenizer
    vocabulary: Vocabulary
    max_length: int | None
    truncation: str

    def __post_init__(self) -> None:
        truncate((), self.max_length, self.truncation)  # refuses a rule or length that does not exist

    @classmethod
    def build(cls, texts: Sequence[str], config: TextConfig, *, threads: int | None = None) -> "TextPipeline":
        """Make tokenizer and vocabulary from the training texts, and from nothing else.

        With `config.pretrained` both are those of that folder, and the texts are not read.
        `threads` is for many texts, and None is all cores; it changes nothing but the time.
        """
        if config.pretrained is not None:
            return cls(*pretrained.read(config.pretrained), config.max_length, config.truncation)
        tokenizer = tokenizers.build(
            config.tokenizer, texts, max_size=config.max_size, min_count=config.min_count
        )
        counts, number = _counted(tokenizer, texts, threads)
        vocabulary = Vocabulary.of_counts(counts, number, config.max_size, config.min_count)
        return cls(tokenizer, vocabulary, config.max_length, config.truncation)

    def extended(
        self, texts: Sequence[str], config: TextConfig, *, threads: int | None = None
    ) -> "TextPipeline":
        """Return the pipeline with the tokens of these texts that its vocabulary lacks behind its own.

        Of `config`, `max_size` and `min_count` say which. Raises `ConfigError` when there is no room.
        """
        counts, _ = _counted(self.tokenizer, texts, threads)
        return replace(self, vocabulary=self.vocabulary.extended(counts, config.max_size, config.min_count))

    def encode(self, texts: Iterable[str], *, threads: int | None = None) -> Tokens:
        """Return the ids of each text, truncated; a text without tokens becomes one unknown token.

        `threads` is for many texts, and None is all cores; it changes nothing but the time.
        """
        return self.encode_with_lengths(texts, threads=threads)[0]

    def encode_with_lengths(
        self, texts: Iterable[str], *, threads: int | None = None
    ) -> tuple[Tokens, npt.NDArray[np.int64]]:
        """Return `encode(texts)` and the number of tokens of each text before truncation, (B,)."""
        texts, many = EFFORT.weigh(texts)
        if not many:
            return self._encode_one_by_one(texts)
        kept = Kept.of(self.max_length, self.truncation)
        parts = self._encoder.encode(texts, kept, threads or available_cores())
        ids, offsets, lengths = zip(*parts, strict=True)
        starts = np.cumsum([0, *map(len, ids)])
        joined = [part[:-1] + start for part, start in zip(offsets, starts[:-1], strict=True)]
        return Tokens(np.concatenate(ids), np.concatenate([*joined, starts[-1:]])), np.concatenate(lengths)

    @cached_property
    def _encoder(self) -> Encoder:
        return self.tokenizer.bulk().encoder(self.vocabulary)

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_encoder"}

    def _encode_one_by_one(self, texts: Iterable[str]) -> tuple[Tokens, npt.NDArray[np.int64]]:
        """Define what `encode_with_lengths` returns; `Bulk` only does it faster."""
        rows = []
        lengths = []
        for text in texts:
            tokens = self.tokenizer.tokenize(text)
            lengths.append(len(tokens))
            kept = truncate(tokens, self.max_length, self.truncation)
            rows.append(self.vocabulary.ids(kept) or [self.vocabulary.unknown])
        return Tokens.of(rows), np.array(lengths, dtype=np.int64)

    def spans(self, text: str) -> list[Token]:
        """Return the tokens behind the ids of `encode([text])`, one each, with their places in the text.

        A text without tokens has one, unknown, which is the whole text.
        """
        kept = truncate(self.tokenizer.spans(text), self.max_length, self.truncation)
        return list(kept) or [Token(self.vocabulary.token(self.vocabulary.unknown), 0, len(text))]

    def unknown_share(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return the share of unknown tokens of each text, (B,), between 0 and 1."""
        return unknown_share(tokens, self.vocabulary.unknown)

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "tokenizer": self.tokenizer.to_json(),
            "vocabulary": self.vocabulary.to_json(),
            "max_length": self.max_length,
            "truncation": self.truncation,
        }

    @classmethod
    def from_json(cls, value: object) -> "TextPipeline":
        """Return the pipeline of `to_json`; `ModelError` when it is damaged."""
        match value:
            case {
                "tokenizer": tokenizer,
                "vocabulary": vocabulary,
                "max_length": int() | None as max_length,
                "truncation": str(truncation),
            }:
                return cls(
                    tokenizers.from_json(tokenizer), Vocabulary.from_json(vocabulary), max_length, truncation
                )
        raise ModelError(
            "the model's text pipeline is damaged (expected tokenizer, vocabulary, max_length, truncation); "
            "restore the model from a copy, or train it again"
        )


def _counted(
    tokenizer: Tokenizer, texts: Sequence[str], threads: int | None
) -> tuple[Mapping[str, int], int]:
    """Return how often each token occurs, and the number of texts."""
    read, many = EFFORT.weigh(texts)
    if many:
        return tokenizer.bulk().count(read, threads or available_cores())
    return count(map(tokenizer.tokenize, read))
