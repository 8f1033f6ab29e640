"""`Scan`: the form of the compiled rules."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Letters = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]


class Scan(Protocol):
    """Cuts B texts of N bytes in all into tokens."""

    def __call__(  # noqa: PLR0917 (compiled functions know no keywords)
        self,
        text: Bytes,
        offsets: Places,
        lower: Letters,
        kinds: Bytes,
        letters: Letters,
        starts: Places,
        ends: Places,
        firsts: Places,
        /,
    ) -> None:
        """Read texts, one after the other, and write their tokens.

        `text` is UTF-8, halves of surrogate pairs included; text b is `offsets[b]` to `offsets[b + 1]`.
        `lower` and `kinds` are those of `Characters`. Written are `letters` (N,), in lower case, and token t
        as `letters[starts[t]:ends[t]]` (N,), of which text b has `firsts[b]` to `firsts[b + 1]` (B+1,).
        """
