"""Texts of about the same length together, so that little is padded."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

# Enough rows for full matrix products, few enough tokens that a batch stays in tens of megabytes.
MOST_TEXTS = 256
MOST_TOKENS = 32_768


def by_length(
    lengths: npt.NDArray[np.int64], *, most_texts: int = MOST_TEXTS, most_tokens: int = MOST_TOKENS
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield row numbers of batches, shortest texts first, each at most so many texts and padded tokens.

    A single text longer than `most_tokens` is a batch of its own.
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while (
            end < len(order)
            and end - start < most_texts
            and int(lengths[order[end]]) * (end - start + 1) <= most_tokens
        ):
            end += 1
        yield order[start:end]
        start = end
