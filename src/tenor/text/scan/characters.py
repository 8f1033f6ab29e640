"""`Characters`: what Python's own `re` and `str.lower` say about each character, as arrays."""

import functools
import re
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Bits of `Characters.kinds`.
ALPHANUMERIC = 1  # [^\W_]
DIGIT = 2  # \d
SPACE = 4  # \s


@dataclass(frozen=True, eq=False)
class Characters:
    """The lower case and the kind of every code point."""

    lower: npt.NDArray[np.uint32]  # (0x110000,)
    kinds: npt.NDArray[np.uint8]  # (0x110000,)


@functools.cache
def characters() -> Characters:
    """Return the tables of this Python, made at first use (about 30 ms, 5 MB).

    Two characters have no lower case of their own and are for the caller to settle beforehand: İ, which grows
    (here it is a plain i), and Σ, which looks at its neighbours (here it is never final).
    """
    every = code_points(np.arange(sys.maxunicode + 1, dtype=np.uint32))
    lower = letters(every.replace("İ", "i").lower())
    lower[ord("Σ")] = ord("σ")
    kinds = np.zeros(len(every), dtype=np.uint8)
    for pattern, bit in ((r"[^\W_]+", ALPHANUMERIC), (r"\d+", DIGIT), (r"\s+", SPACE)):
        for match in re.finditer(pattern, every):
            kinds[match.start() : match.end()] |= bit
    return Characters(lower, kinds)


def letters(text: str) -> npt.NDArray[np.uint32]:
    """Return the code points of a text, (C,); halves of surrogate pairs are let through."""
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), dtype="<u4")


def code_points(values: npt.NDArray[np.uint32]) -> str:
    """Return the text of code points (C,), the inverse of `letters`."""
    return values.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
