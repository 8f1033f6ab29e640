"""`Tokenizer`: text -> tokens with offsets, and the dict of those there are."""

from collections.abc import Iterable, Mapping
from typing import Protocol, Self

from tenor.errors import ConfigError, ModelError
from tenor.text.basic_english import BasicEnglish
from tenor.text.bpe import Bpe
from tenor.text.reviews import Reviews
from tenor.text.token import Token as Token
from tenor.text.words import Words


class Tokenizer(Protocol):
    """Cuts a text into tokens. A value, saved as JSON; it holds no code."""

    @property
    def name(self) -> str:
        """Its key in `TOKENIZERS`."""

    @classmethod
    def build(cls, texts: Iterable[str], *, max_size: int | None, min_count: int) -> Self:
        """Return a tokenizer that has learned from training texts what it needs to learn."""

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """Return the tokenizer of `to_json`; `ModelError` when it is damaged."""

    def to_json(self) -> dict[str, object]:
        """Return a JSON-ready form with the key "name"."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of the text; there may be none."""

    def spans(self, text: str) -> list[Token]:
        """Return the tokens of `tokenize` with offsets into `text`, starts and ends never decreasing."""


# A saved model knows its tokenizer by this name: a rule that changes what it returns gets a new name.
TOKENIZERS: dict[str, type[Tokenizer]] = {
    "words": Words,
    "basic_english": BasicEnglish,
    "reviews": Reviews,
    "bpe": Bpe,
}


def build(name: str, texts: Iterable[str], *, max_size: int | None, min_count: int) -> Tokenizer:
    """Return the tokenizer called `name`; `texts` are read by those that learn (bpe).

    `max_size` is the size of the vocabulary to come, with its two special tokens; `min_count` the count from
    which a pair of pieces may be merged. Raises `ConfigError` for an unknown name.
    """
    if name not in TOKENIZERS:
        raise ConfigError(f'no tokenizer is called "{name}"; choose one of: {", ".join(TOKENIZERS)}')
    return TOKENIZERS[name].build(texts, max_size=max_size, min_count=min_count)


def from_json(value: object) -> Tokenizer:
    """Return the tokenizer a model was saved with; `ModelError` when it is damaged or unknown."""
    match value:
        case {"name": str(name)} if name in TOKENIZERS:
            return TOKENIZERS[name].from_json(value)
        case {"name": name}:
            raise ModelError(
                f"the model's tokenizer is called {name!r}, and this version of Tenor knows "
                f"{', '.join(TOKENIZERS)}; use the version that trained it, or a newer one"
            )
    raise ModelError("the model's tokenizer has no name; restore the model from a copy, or train it again")
