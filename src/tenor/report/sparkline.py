"""A curve from 0 to 1 in two lines of text: the border between them is 0.5."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BLOCKS, ASCII = " ▁▂▃▄▅▆▇█", " .,:-=+*#"
_WIDEST = 3  # columns of one value


def columns(values: int, width: int) -> npt.NDArray[np.int64]:
    """Return which of so many values each column shows, in at most `width` columns."""
    if values <= width:
        return np.repeat(np.arange(values), min(width // values, _WIDEST))
    return np.linspace(0, values - 1, width).round().astype(np.int64)


def sparkline(values: npt.NDArray[np.float64], blocks: Sequence[str] = BLOCKS) -> tuple[str, str]:
    """Return two lines, one character a value: of the part above 0.5, and of that below."""
    levels = np.maximum((values * 2 * (len(blocks) - 1)).round().astype(int), 1)
    most = len(blocks) - 1
    upper, lower = np.maximum(levels - most, 0), np.minimum(levels, most)
    return "".join(blocks[i] for i in upper), "".join(blocks[i] for i in lower)
