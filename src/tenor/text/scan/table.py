"""`Table`: counts of tokens, or places of tokens, found by their letters."""

import numpy as np
import numpy.typing as npt

from tenor.text.scan import hashing
from tenor.text.scan.characters import code_points, letters
from tenor.text.vocabulary import Vocabulary

Places = npt.NDArray[np.int64]


class Table:
    """E different tokens in the order in which they came, with a count each.

    Adding needs a thread of its own; any number of threads may look up.
    """

    def __init__(self, tokens: int, size: int) -> None:
        """Make room for `tokens` tokens of `size` letters in all; it grows when they are more."""
        self._slots = np.zeros(1 << (2 * tokens).bit_length() + 1, dtype=np.int64)
        self._letters = np.empty(size, dtype=np.uint32)
        self._bounds = np.zeros(tokens + 1, dtype=np.int64)
        self._counts = np.zeros(tokens, dtype=np.int64)
        self._size = 0

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Table":
        """Return the table of all tokens but the specials; its counts are their ids."""
        specials = {vocabulary.pad, vocabulary.unknown}
        ids = np.array([i for i in range(len(vocabulary)) if i not in specials], dtype=np.int64)
        tokens = [vocabulary.tokens[i] for i in ids]
        bounds = np.zeros(len(tokens) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens)), out=bounds[1:])
        table = cls(len(tokens), int(bounds[-1]))
        table.add(letters("".join(tokens)), bounds[:-1], bounds[1:], ids)
        return table

    def __len__(self) -> int:
        return self._size

    def add(self, letters: npt.NDArray[np.uint32], starts: Places, ends: Places, weights: Places) -> None:
        """Count token t, `letters[starts[t]:ends[t]]`, `weights[t]` times."""
        done = 0
        while True:
            done, self._size = hashing.add(
                letters,
                starts,
                ends,
                weights,
                done,
                self._slots,
                self._letters,
                self._bounds,
                self._counts,
                self._size,
            )
            if done == len(starts):
                return
            larger = Table(2 * len(self._counts) + 1, 2 * len(self._letters) + int(ends[done] - starts[done]))
            larger.update(self)
            self.__dict__ = larger.__dict__

    def update(self, other: "Table") -> None:
        """Add the counts of another table."""
        bounds, size = other._bounds, other._size
        self.add(other._letters, bounds[:size], bounds[1 : size + 1], other._counts[:size])

    def tokens(self, first: int = 0) -> list[str]:
        """Return the tokens, from entry `first`."""
        bounds = self._bounds[first : self._size + 1] - self._bounds[first]
        text = code_points(self._letters[self._bounds[first] : self._bounds[self._size]])
        return list(map(text.__getitem__, map(slice, bounds[:-1].tolist(), bounds[1:].tolist())))

    def counts(self) -> dict[str, int]:
        """Return the count of each token."""
        return dict(zip(self.tokens(), self._counts[: self._size].tolist(), strict=True))

    def entries(self, letters: npt.NDArray[np.uint32], starts: Places, ends: Places) -> npt.NDArray[np.int32]:
        """Return the entry of each of N tokens, (N,), having made those that were missing."""
        if not len(starts):
            return np.empty(0, dtype=np.int32)
        self.add(letters, starts, ends, np.zeros(len(starts), dtype=np.int64))
        self._counts[: self._size] = np.arange(self._size)
        every = np.array([0, len(starts)], dtype=np.int64)
        return self.look_up(letters, starts, ends, every, limit=len(starts), front=0, unknown=0)[0]

    def look_up(
        self,
        letters: npt.NDArray[np.uint32],
        starts: Places,
        ends: Places,
        firsts: Places,
        *,
        limit: int,
        front: int,
        unknown: int,
    ) -> tuple[npt.NDArray[np.int32], Places]:
        """Return the counts of the tokens of B texts, which are ids (see `of`), and offsets as in `Tokens`.

        Text b has the tokens `firsts[b]` to `firsts[b + 1]`. Of more than `limit` the first `front` are kept
        and, up to `limit`, the last. A token that is not here, and a text without tokens, is `unknown`.
        """
        kept = np.clip(np.diff(firsts), 1, limit)
        ids = np.empty(int(kept.sum()), dtype=np.int32)
        offsets = np.empty(len(firsts), dtype=np.int64)
        hashing.look_up(
            letters,
            starts,
            ends,
            firsts,
            limit,
            front,
            self._slots,
            self._letters,
            self._bounds,
            self._counts,
            unknown,
            ids,
            offsets,
        )
        return ids, offsets
