"""`Remembered`: many texts -> ids of subwords, each word cut by the library only once.

What the library makes of a word does not depend on its neighbours, and most words come again and again. Texts
that are not plain go through the library as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tenor.text.bulk import Encoded, Kept
from tenor.text.scan.expansion import expand, keep
from tenor.text.scan.scanner import Counter
from tenor.text.scan.subwords import scan
from tenor.text.scan.table import Table
from tenor.text.scan.work import Piece, Worker, pieces, spread
from tenor.text.subwords import Subwords, flat
from tenor.text.vocabulary import Vocabulary

_MOST_WORDS = 1 << 20  # that are remembered; then it begins anew

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class _Mixed:
    """A piece, and those of its texts that are not plain, by their places in it; there they are empty."""

    piece: Piece
    others: dict[int, str]


class _Counter(Counter):
    """Counts the words of plain texts, and the subwords of others."""

    def __init__(self, library: Subwords) -> None:
        super().__init__(scan)
        self._library = library
        self.counts = np.zeros(len(library.tokens()), dtype=np.int64)

    def count_mixed(self, mixed: _Mixed) -> int:
        """Count all texts; return their number."""
        for ids in self._library.read(mixed.others.values()):
            self.counts += np.bincount(flat(ids), minlength=len(self.counts))
        return self.count(mixed.piece)


class _Memory(Worker):
    """Knows the ids of the subwords of each word it has met."""

    def __init__(self, library: Subwords, own: Ids) -> None:
        super().__init__(scan)
        self._library, self._own = library, own
        self._forget()

    def _forget(self) -> None:
        self._words = Table(1 << 14, 1 << 17)
        self._ids = np.empty(0, dtype=np.int32)
        self._bounds = np.zeros(1, dtype=np.int64)  # word w has the ids bounds[w] to bounds[w + 1]

    def _learn(self) -> None:
        """Ask the library about the words that are new."""
        new = self._words.tokens(len(self._bounds) - 1)
        rows = [ids for batch in self._library.read(new) for ids in batch]
        ends = self._bounds[-1] + np.cumsum(list(map(len, rows)), dtype=np.int64)
        self._bounds = np.concatenate([self._bounds, ends])
        self._ids = np.concatenate([self._ids, self._own[flat(rows)]])

    def encode(self, mixed: _Mixed, kept: Kept, unknown: int) -> Encoded:
        """Return ids, offsets, and lengths before truncation."""
        if len(self._words) > _MOST_WORDS:
            self._forget()
        firsts = self.cut(mixed.piece)
        count = int(firsts[-1])
        words = self._words.entries(self.letters, self.starts[:count], self.ends[:count])
        self._learn()
        ids = np.empty(int(np.diff(self._bounds)[words].sum()), dtype=np.int32)
        offsets = np.empty_like(firsts)
        expand(words, firsts, self._bounds, self._ids, ids, offsets)
        if mixed.others:
            ids, offsets = self._with_others(ids, offsets, mixed.others)
        lengths = np.diff(offsets)
        whole = np.empty(int(np.clip(lengths, 1, kept.limit).sum()), dtype=np.int32)
        bounds = np.empty_like(offsets)
        keep(ids, offsets, kept.limit, kept.front, unknown, whole, bounds)
        return whole, bounds, lengths

    def _with_others(
        self, ids: Ids, offsets: npt.NDArray[np.int64], others: dict[int, str]
    ) -> tuple[Ids, npt.NDArray[np.int64]]:
        parts: list[Ids] = []
        lengths = np.diff(offsets)
        done = 0
        read = (row for batch in self._library.read(others.values()) for row in batch)
        for text, row in zip(others, read, strict=True):
            parts += (ids[done : offsets[text]], self._own[flat([row])])
            done = int(offsets[text])
            lengths[text] = len(row)
        parts.append(ids[done:])
        return np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)])


@dataclass(frozen=True)
class Remembered:
    """The library with a memory. Holds for the rules of `tenor.text.bpe`, whatever the merges."""

    library: Subwords

    def encoder(self, vocabulary: Vocabulary) -> "RememberedEncoder":
        """Return what finds the ids of `vocabulary`."""
        return RememberedEncoder(self, self.library.ids(vocabulary), vocabulary.unknown)

    def count(self, texts: Iterable[str], threads: int) -> tuple[dict[str, int], int]:
        """Return how often each piece occurs, and the number of texts."""
        counters = [_Counter(self.library) for _ in range(threads)]
        number = sum(spread(_Counter.count_mixed, counters, self.mixed(texts)))
        words, counts = counters[0].table, counters[0].counts
        for counter in counters[1:]:
            words.update(counter.table)
            counts += counter.counts
        times = words.counts()
        rows = [ids for batch in self.library.read(times) for ids in batch]
        weights = np.repeat(list(times.values()), list(map(len, rows)))
        np.add.at(counts, flat(rows), weights)
        return self.library.named(counts), number

    def mixed(self, texts: Iterable[str]) -> Iterator[_Mixed]:
        """Yield all texts, some at a time."""
        others: dict[int, str] = {}
        place = -1

        def plain() -> Iterator[bytes]:
            nonlocal place
            for text in texts:
                place += 1
                if self.library.plain(text):
                    yield text.encode()
                else:
                    others[place] = text
                    yield b""

        for piece in pieces(plain()):  # which have taken no text beyond their own
            yield _Mixed(piece, others)
            others, place = {}, -1


@dataclass(frozen=True, eq=False)
class RememberedEncoder:
    """`own` holds the vocabulary's id for each of the library's."""

    remembered: Remembered
    own: Ids
    unknown: int
    _idle: list[_Memory] = field(default_factory=list, init=False)  # one for each thread there ever was

    def encode(self, texts: Iterable[str], kept: Kept, threads: int) -> Iterator[Encoded]:
        """Yield ids, offsets, and lengths before truncation, of some texts at a time, in order."""
        memories = [self._memory() for _ in range(threads)]
        try:
            yield from spread(
                lambda memory, mixed: memory.encode(mixed, kept, self.unknown),
                memories,
                self.remembered.mixed(texts),
            )
        finally:
            self._idle.extend(memories)

    def _memory(self) -> _Memory:
        try:
            return self._idle.pop()
        except IndexError:
            return _Memory(self.remembered.library, self.own)
