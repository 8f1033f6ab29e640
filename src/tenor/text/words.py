"""`Words`: runs of word characters, lower-cased."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from tenor.text.token import Token

_WORD = re.compile(r"\w+")


def lowered(text: str) -> str:
    """Return the text in lower case and of the same length.

    İ is the one character whose lower case is two (i and a combining dot); it becomes a plain i, so that
    İstanbul stays one word and offsets stay true.
    """
    return text.replace("İ", "i").lower()


@dataclass(frozen=True)
class Words:
    r"""Lower-cased runs of letters, digits and underscores (`\w+`); everything else is dropped."""

    name: ClassVar[str] = "words"

    @classmethod
    def build(cls, texts: Iterable[str], *, max_size: int | None, min_count: int) -> "Words":  # noqa: ARG003
        """Return the tokenizer; there is nothing to learn."""
        return cls()

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Words":  # noqa: ARG003
        """Return the tokenizer; its name says everything."""
        return cls()

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"name": self.name}

    def tokenize(self, text: str) -> list[str]:
        """Return the words of the text."""
        return _WORD.findall(lowered(text))

    def spans(self, text: str) -> list[Token]:
        """Return the words with their places."""
        return [Token(match[0], *match.span()) for match in _WORD.finditer(lowered(text))]
