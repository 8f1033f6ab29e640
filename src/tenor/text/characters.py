"""The tokenizer "characters": every character is a token, in its own case, spaces and line ends included."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from tenor.text.bulk import Bulk, Encoded, Kept
from tenor.text.token import Token
from tenor.text.vocabulary import Vocabulary

_CODES = 0x110000
_TEXTS = 1024  # read at a time


def tokenize(text: str) -> list[str]:
    """Return the characters of the text."""
    return list(text)


def spans(text: str) -> list[Token]:
    """Return the characters with their places."""
    return [Token(character, place, place + 1) for place, character in enumerate(text)]


def cut(text: str) -> int:
    """Return the end of the text: no character looks at another."""
    return len(text)


def bulk() -> Bulk:
    """Return what reads code points as arrays."""
    return CodePoints()


@dataclass(frozen=True)
class CodePoints:
    """Counts code points, and looks up their ids in a table of all there are."""

    def encoder(self, vocabulary: Vocabulary) -> "CodePointsEncoder":
        """Return what finds the ids of `vocabulary`."""
        table = np.full(_CODES, vocabulary.unknown, dtype=np.int32)
        specials = {vocabulary.pad, vocabulary.unknown}
        for index, token in enumerate(vocabulary.tokens):
            if len(token) == 1 and index not in specials:
                table[ord(token)] = index
        return CodePointsEncoder(table, vocabulary.unknown)

    def count(self, texts: Iterable[str], threads: int) -> tuple[dict[str, int], int]:
        """Return how often each character occurs, and the number of texts."""
        counts, number = np.zeros(_CODES, dtype=np.int64), 0
        for some in _some(texts):
            counts += np.bincount(_codes(some), minlength=_CODES)
            number += len(some)
        return {chr(code): int(counts[code]) for code in np.flatnonzero(counts)}, number


@dataclass(frozen=True, eq=False)
class CodePointsEncoder:
    """The id of every code point."""

    table: npt.NDArray[np.int32]  # (0x110000,)
    unknown: int

    def encode(self, texts: Iterable[str], kept: Kept, threads: int) -> Iterator[Encoded]:
        """Yield ids, offsets, and lengths before truncation, of some texts at a time, in order."""
        for some in _some(texts):
            lengths = np.array([len(text) for text in some], dtype=np.int64)
            rows = [self._row(text, kept) for text in some]
            offsets = np.zeros(len(rows) + 1, dtype=np.int64)
            np.cumsum([len(row) for row in rows], out=offsets[1:])
            yield np.concatenate(rows), offsets, lengths

    def _row(self, text: str, kept: Kept) -> npt.NDArray[np.int32]:
        if len(text) > kept.limit:
            text = text[: kept.front] + text[len(text) - (kept.limit - kept.front) :]
        return self.table[_codes([text])] if text else np.array([self.unknown], dtype=np.int32)


def _codes(texts: list[str]) -> npt.NDArray[np.uint32]:
    """Return the code points of some texts, end to end; halves of surrogate pairs are let through."""
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _some(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while some := list(islice(rest, _TEXTS)):
        yield some
