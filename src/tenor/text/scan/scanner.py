"""`Scanner`: many texts -> ids, or counts of tokens, by a compiled rule in threads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tenor.text.bulk import Encoded, Kept
from tenor.text.scan.scan import Scan
from tenor.text.scan.table import Table
from tenor.text.scan.work import Piece, Worker, pieces, spread
from tenor.text.vocabulary import Vocabulary


class Counter(Worker):
    """Counts the tokens of its pieces."""

    def __init__(self, scan: Scan) -> None:
        super().__init__(scan)
        self.table = Table(1 << 14, 1 << 17)
        self._once = np.ones(0, dtype=np.int64)

    def count(self, piece: Piece) -> int:
        """Count the tokens of all texts; return the number of texts."""
        tokens = int(self.cut(piece)[-1])
        if tokens > len(self._once):
            self._once = np.ones(len(self.letters), dtype=np.int64)
        self.table.add(self.letters, self.starts[:tokens], self.ends[:tokens], self._once[:tokens])
        return len(piece.offsets) - 1


@dataclass(frozen=True)
class Scanner:
    """The compiled form of a rule.

    `settled` rewrites what the compiled rule does not know, so that its tokens are those of the definition.
    """

    scan: Scan
    settled: Callable[[str], str]

    def encoder(self, vocabulary: Vocabulary) -> "ScannerEncoder":
        """Return what finds the ids of `vocabulary`."""
        return ScannerEncoder(self, Table.of(vocabulary), vocabulary.unknown)

    def count(self, texts: Iterable[str], threads: int) -> tuple[dict[str, int], int]:
        """Return how often each token occurs, and the number of texts."""
        counters = [Counter(self.scan) for _ in range(threads)]
        number = sum(spread(Counter.count, counters, self.pieces(texts)))
        whole = counters[0].table
        for counter in counters[1:]:
            whole.update(counter.table)
        return whole.counts(), number

    def pieces(self, texts: Iterable[str]) -> Iterator[Piece]:
        """Yield all texts, some at a time."""
        # Half of a surrogate pair, as broken JSON may hold, has no UTF-8 form; it passes as if it had.
        return pieces(self.settled(text).encode("utf-8", "surrogatepass") for text in texts)


@dataclass(frozen=True, eq=False)
class ScannerEncoder:
    """A scanner and the table of a vocabulary."""

    scanner: Scanner
    table: Table
    unknown: int

    def encode(self, texts: Iterable[str], kept: Kept, threads: int) -> Iterator[Encoded]:
        """Yield ids, offsets, and lengths before truncation, of some texts at a time, in order."""
        workers = [Worker(self.scanner.scan) for _ in range(threads)]

        def ids(worker: Worker, piece: Piece) -> Encoded:
            firsts = worker.cut(piece)
            found, offsets = self.table.look_up(
                *(worker.letters, worker.starts, worker.ends, firsts),
                limit=kept.limit,
                front=kept.front,
                unknown=self.unknown,
            )
            return found, offsets, np.diff(firsts)

        return spread(ids, workers, self.scanner.pieces(texts))
