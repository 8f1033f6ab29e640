"""Compiled: bytes of a text -> letters in lower case."""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

import numpy as np

from tenor.kernels.compiled import compiled
from tenor.text.scan.scan import Bytes, Letters


@compiled
def decode(text: Bytes, start: int, end: int, lower: Letters, letters: Letters, at: int) -> int:
    """Write the lower-cased letters of `text[start:end]` from `at`; return where they end."""
    i = start
    while i < end:
        c = np.int64(text[i])
        if c < 0x80:
            i += 1
        elif c < 0xE0:
            c = (c & 0x1F) << 6 | np.int64(text[i + 1]) & 0x3F
            i += 2
        elif c < 0xF0:
            c = (c & 0x0F) << 12 | (np.int64(text[i + 1]) & 0x3F) << 6 | np.int64(text[i + 2]) & 0x3F
            i += 3
        else:
            c = (
                (c & 0x07) << 18
                | (np.int64(text[i + 1]) & 0x3F) << 12
                | (np.int64(text[i + 2]) & 0x3F) << 6
                | np.int64(text[i + 3]) & 0x3F
            )
            i += 4
        letters[at] = lower[c]
        at += 1
    return at
