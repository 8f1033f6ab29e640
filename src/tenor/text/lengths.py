"""Texts of about the same length together, so that little is padded."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

# Enough rows for full matrix products, few enough tokens that a batch stays in tens of megabytes.
MOST_TEXTS = 256
MOST_TOKENS = 32_768
# With so many texts a step of an LSTM is as cheap for each as it gets on a CPU.
FULL = 8
# Beyond that, a batch ends rather than have a larger share of padding.
MOST_PADDING = 0.1


def by_length(
    lengths: npt.NDArray[np.int64], *, most_texts: int = MOST_TEXTS, most_tokens: int = MOST_TOKENS
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield row numbers of batches, shortest texts first, each at most so many texts and padded tokens.

    A single text longer than `most_tokens` is a batch of its own. Of more than `FULL` texts at most
    `MOST_PADDING` is padding.
    """
    order = np.argsort(lengths, kind="stable")
    ordered = lengths[order].tolist()
    start = 0
    while start < len(ordered):
        end, real = start + 1, ordered[start]
        while end < len(ordered) and end - start < most_texts:
            padded = ordered[end] * (end - start + 1)
            real += ordered[end]
            if padded > most_tokens or (end - start >= FULL and real < (1 - MOST_PADDING) * padded):
                break
            end += 1
        yield order[start:end]
        start = end
