"""`TextPipeline`: texts -> ids, the same way in training and ever after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.config.text import TextConfig
from tenor.errors import ModelError
from tenor.text import tokenizer as tokenizers
from tenor.text.familiarity import unknown_share
from tenor.text.token import Token
from tenor.text.tokenizer import Tokenizer
from tenor.text.tokens import Tokens
from tenor.text.truncation import truncate
from tenor.text.vocabulary import Vocabulary


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
    def build(cls, texts: Sequence[str], config: TextConfig) -> "TextPipeline":
        """Make tokenizer and vocabulary from the training texts, and from nothing else."""
        tokenizer = tokenizers.build(
            config.tokenizer, texts, max_size=config.max_size, min_count=config.min_count
        )
        vocabulary = Vocabulary.build(map(tokenizer.tokenize, texts), config.max_size, config.min_count)
        return cls(tokenizer, vocabulary, config.max_length, config.truncation)

    def encode(self, texts: Iterable[str]) -> Tokens:
        """Return the ids of each text, truncated; a text without tokens becomes one unknown token."""
        return self.encode_with_lengths(texts)[0]

    def encode_with_lengths(self, texts: Iterable[str]) -> tuple[Tokens, npt.NDArray[np.int64]]:
        """Return `encode(texts)` and the number of tokens of each text before truncation, (B,)."""
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
