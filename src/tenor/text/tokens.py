"""`Tokens`: ragged ids of some texts, without padding."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of B texts end to end: text b is `ids[offsets[b]:offsets[b + 1]]`, never empty."""

    ids: npt.NDArray[np.int32]  # (N,)
    offsets: npt.NDArray[np.int64]  # (B+1,)

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> "Tokens":
        """Join one id sequence a text."""
        offsets = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(ids) for ids in texts], out=offsets[1:])
        ids = np.fromiter(chain.from_iterable(texts), dtype=np.int32, count=int(offsets[-1]))
        return cls(ids, offsets)

    @classmethod
    def joined(cls, parts: "Sequence[Tokens]") -> "Tokens":
        """Return the texts of all parts, in their order."""
        starts = np.cumsum([0, *(len(part.ids) for part in parts)])
        offsets = [part.offsets[:-1] + start for part, start in zip(parts, starts[:-1], strict=True)]
        ids = np.concatenate([np.empty(0, np.int32), *(part.ids for part in parts)])
        return cls(ids, np.concatenate([*offsets, starts[-1:]]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each text, (B,)."""
        return np.diff(self.offsets)

    def select(self, rows: npt.NDArray[np.int64]) -> "Tokens":
        """Return the texts of `rows`, in that order."""
        return self._gather(self.offsets[rows], self.lengths[rows])

    def turned(self) -> "Tokens":
        """Return every text from its last token to its first."""
        ends = np.repeat(self.offsets[:-1] + self.offsets[1:] - 1, self.lengths)
        return Tokens(self.ids[ends - np.arange(len(self.ids))], self.offsets)

    def piece(self, rows: npt.NDArray[np.int64], start: int, most: int) -> "Tokens":
        """Return at most `most` tokens, from token `start` on, of the texts of `rows`, which are longer."""
        return self._gather(self.offsets[rows] + start, np.minimum(self.lengths[rows] - start, most))

    def _gather(self, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> "Tokens":
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        # Position of every output id in the input: start of its text + its place within the text.
        places = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        return Tokens(self.ids[np.repeat(starts, lengths) + places], offsets)

    def padded(self, pad: int = 0, width: int | None = None) -> npt.NDArray[np.int64]:
        """Return ids as a rectangle (B, width), `pad` after each text's end; width None: the longest."""
        lengths = self.lengths
        width = int(lengths.max(initial=0)) if width is None else width
        out = np.full((len(self), width), pad, dtype=np.int64)
        out[np.arange(width) < lengths[:, None]] = self.ids
        return out
