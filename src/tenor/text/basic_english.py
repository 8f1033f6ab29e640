"""`BasicEnglish`: the tokens torchtext's "basic_english" makes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from tenor.text.alignment import substitute
from tenor.text.token import Token

_SPACED = "'.,()!?"  # each becomes a token of its own
_DROPPED = ";:"  # each only separates
_TO_SPACED = str.maketrans(
    {'"': None} | {mark: f" {mark} " for mark in _SPACED} | dict.fromkeys(_DROPPED, " ")
)

# Double quotes vanish before line breaks are looked for, so they may stand anywhere inside one.
_BREAK = re.compile(r'<"*b"*r"* "*/"*>')
_TOKEN = re.compile(rf"[^\s{re.escape(_SPACED + _DROPPED)}]+|[{re.escape(_SPACED)}]")
_DOTTED_I = re.compile("İ")


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


@dataclass(frozen=True)
class BasicEnglish:
    """The rule of torchtext's `get_tokenizer("basic_english")`, quirks included.

    Lower case; `' . , ( ) ! ?` are tokens; `<br />`, `;` and `:` separate; double quotes vanish, so that
    `so"called` is one token `socalled`; everything else, such as `-` and other HTML, belongs to words.
    """

    name: ClassVar[str] = "basic_english"

    @classmethod
    def build(cls, texts: Iterable[str], *, max_size: int | None, min_count: int) -> "BasicEnglish":  # noqa: ARG003
        """Return the tokenizer; there is nothing to learn."""
        return cls()

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "BasicEnglish":  # noqa: ARG003
        """Return the tokenizer; its name says everything."""
        return cls()

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"name": self.name}

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of the text."""
        return _BREAK.sub(" ", text.lower()).translate(_TO_SPACED).split()

    def spans(self, text: str) -> list[Token]:
        """Return the tokens with their places; double quotes at the ends of a word are left outside."""
        # İ is the one character that grows in lower case; without it nothing moves.
        aligned = substitute(_DOTTED_I, _lower, text)
        spans = []
        for match in _TOKEN.finditer(_BREAK.sub(_blank, aligned.text.lower())):
            inner = match[0].strip('"')
            if inner:
                start = match.start() + match[0].index(inner)
                spans.append(aligned.token(inner.replace('"', ""), start, start + len(inner)))
        return spans
