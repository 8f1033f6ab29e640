"""`Aligned`: a rewritten text that remembers where each character came from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenor.text.token import Token


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text of C characters; character c stands for `starts[c]` to `ends[c]` of the original."""

    text: str
    starts: Sequence[int]  # (C,)
    ends: Sequence[int]  # (C,)

    def token(self, text: str, start: int, end: int) -> Token:
        """Return `text` as the token at `start` to `end` of this text, in offsets of the original."""
        return Token(text, self.starts[start], self.ends[end - 1])


def substitute(pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str) -> Aligned:
    """Return `pattern.sub(replacement, text)`, each new character standing for the whole match."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        new = replacement(match)
        pieces += (text[done:start], new)
        starts += (*range(done, start), *[start] * len(new))
        ends += (*range(done + 1, start + 1), *[end] * len(new))
        done = end
    if not pieces:
        return Aligned(text, range(len(text)), range(1, len(text) + 1))
    pieces.append(text[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Aligned("".join(pieces), starts, ends)


def blank(match: re.Match[str]) -> str:
    """Return as many spaces as the match is long: a replacement after which nothing has moved."""
    return " " * len(match[0])
