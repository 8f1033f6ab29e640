r"""The tokenizer "words": lower-cased runs of letters, digits and underscores (`\w+`)."""

import re

from tenor.text.bulk import Bulk
from tenor.text.cutting import MARKS, last_place
from tenor.text.token import Token

_WORD = re.compile(r"\w+")
_PLACE = re.compile(rf"([\s{MARKS}])")


def lowered(text: str) -> str:
    """Return the text in lower case and of the same length.

    İ is the one character whose lower case is two (i and a combining dot); it becomes a plain i, so that
    İstanbul stays one word and offsets stay true.
    """
    return text.replace("İ", "i").lower()


def tokenize(text: str) -> list[str]:
    """Return the words of the text."""
    return _WORD.findall(lowered(text))


def cut(text: str) -> int:
    """Return where the last white space or mark ends: no word reaches over it, and no Σ looks beyond it."""
    return last_place(_PLACE, text)


def bulk() -> Bulk:
    """Return the compiled form of `tokenize`."""
    from tenor.text.scan.scanner import Scanner
    from tenor.text.scan.words import scan

    return Scanner(scan, _settled)


def _settled(text: str) -> str:
    """Return the text in lower case if that depends on context: only Σ does (ς at the end of a word)."""
    return lowered(text) if "Σ" in text else text


def spans(text: str) -> list[Token]:
    """Return the words with their places."""
    return [Token(match[0], *match.span()) for match in _WORD.finditer(lowered(text))]
