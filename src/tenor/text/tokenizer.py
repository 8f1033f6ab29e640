"""`Tokenizer`: text -> tokens with offsets, and the dict of those there are."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from tenor.errors import ConfigError, ModelError
from tenor.text import basic_english, characters, reviews, words
from tenor.text.bpe import Bpe
from tenor.text.bulk import Bulk
from tenor.text.pretrained import PretrainedTokenizer
from tenor.text.rule import Rule
from tenor.text.token import Token


class Tokenizer(Protocol):
    """Cuts a text into tokens. A value, saved as JSON; it holds no code."""

    @property
    def name(self) -> str:
        """What a saved model finds it by: its key in `TOKENIZERS`, or "pretrained"."""

    def tokenize(self, text: str, /) -> list[str]:
        """Return the tokens of the text; there may be none."""

    def spans(self, text: str, /) -> list[Token]:
        """Return the tokens of `tokenize` with offsets into `text`; starts and ends never decrease."""

    def cut(self, text: str, /) -> int:
        """Return the last place where the text can be cut, if it may go on; 0 where there is none.

        Whatever follows, the tokens are those before the place and then those of the rest and what follows.
        Raises `ConfigError` where the tokenizer cannot tell.
        """

    def bulk(self) -> Bulk:
        """Return what does the same for many texts at once; loading it takes a moment."""

    def to_json(self) -> dict[str, object]:
        """Return a JSON-ready form with the key "name"."""


class TokenizerKind(Protocol):
    """What makes tokenizers of one name."""

    def build(self, texts: Iterable[str], *, max_size: int | None, min_count: int) -> Tokenizer:
        """Return a tokenizer that has learned from training texts what it needs to learn."""

    def from_json(self, value: Mapping[str, object]) -> Tokenizer:
        """Return the tokenizer of `to_json`; `ModelError` when it is damaged."""


# A saved model finds its tokenizer by this name: a rule that returns other tokens needs another name.
TOKENIZERS: dict[str, TokenizerKind] = {
    "words": Rule("words", words.tokenize, words.spans, words.cut, words.bulk),
    "basic_english": Rule(
        "basic_english",
        basic_english.tokenize,
        basic_english.spans,
        basic_english.cut,
        basic_english.bulk,
    ),
    "reviews": Rule("reviews", reviews.tokenize, reviews.spans, reviews.cut, reviews.bulk),
    "bpe": Bpe,
    "characters": Rule("characters", characters.tokenize, characters.spans, characters.cut, characters.bulk),
}


# Those a model may hold beside them: read from elsewhere, not made from training texts.
_READERS = {PretrainedTokenizer.name: PretrainedTokenizer.from_json}


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
    if not isinstance(value, dict) or "name" not in value:
        raise ModelError(
            "the model's tokenizer has no name; restore the model from a copy, or train it again"
        )
    name = value["name"]
    if isinstance(name, str) and name in _READERS:
        return _READERS[name](value)
    if not isinstance(name, str) or name not in TOKENIZERS:
        raise ModelError(
            f"the model's tokenizer is called {name!r}, and this version of Tenor knows "
            f"{', '.join(TOKENIZERS)}; use the version that trained it, or a newer one"
        )
    return TOKENIZERS[name].from_json(value)
