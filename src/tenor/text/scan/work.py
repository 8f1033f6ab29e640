"""`Piece` and `Worker`: some texts at a time, cut into tokens in threads.

Pieces have some hundred thousand bytes, so that what lies between text and ids stays in the processor's
cache, and memory stays bounded however many texts there are.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tenor.text.scan.characters import characters
from tenor.text.scan.scan import Scan

_PIECE = 1 << 18  # bytes of text, or one text if that is longer
_TEXTS = 4096
_Hand = TypeVar("_Hand")
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class Piece:
    """B texts of N bytes in UTF-8; text b is `text[offsets[b]:offsets[b + 1]]`."""

    text: npt.NDArray[np.uint8]  # (N,)
    offsets: npt.NDArray[np.int64]  # (B+1,)


class Worker:
    """Cuts one piece after the other into tokens, in memory of its own."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._characters = characters()
        self._make_room(0)

    def _make_room(self, size: int) -> None:
        self.letters = np.empty(size, dtype=np.uint32)
        self.starts = np.empty(size, dtype=np.int64)
        self.ends = np.empty(size, dtype=np.int64)

    def cut(self, piece: Piece) -> npt.NDArray[np.int64]:
        """Find the tokens of all texts; return which is the first of each text, (B+1,).

        Token t is `letters[starts[t]:ends[t]]`, until the next piece is cut.
        """
        if len(piece.text) > len(self.letters):
            self._make_room(1 << len(piece.text).bit_length())
        firsts = np.empty(len(piece.offsets), dtype=np.int64)
        self._scan(
            *(piece.text, piece.offsets, self._characters.lower, self._characters.kinds),
            *(self.letters, self.starts, self.ends, firsts),
        )
        return firsts


def pieces(texts: Iterable[bytes]) -> Iterator[Piece]:
    """Yield all texts, some at a time."""
    piece: list[bytes] = []
    size = 0
    for text in texts:
        piece.append(text)
        size += len(text)
        if size >= _PIECE or len(piece) == _TEXTS:
            yield _joined(piece)
            piece, size = [], 0
    if piece:
        yield _joined(piece)


def _joined(texts: list[bytes]) -> Piece:
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)), out=offsets[1:])
    return Piece(np.frombuffer(b"".join(texts), dtype=np.uint8), offsets)


def spread(
    work: Callable[[_Hand, _Item], _Result], workers: list[_Hand], items: Iterator[_Item]
) -> Iterator[_Result]:
    """Yield `work` of every item in order, each worker in one thread at a time."""
    first = list(islice(items, 2))
    items = chain(first, items)
    if len(workers) == 1 or len(first) == 1:  # starting threads takes longer than one item
        for item in items:
            yield work(workers[0], item)
        return
    idle: SimpleQueue[_Hand] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def run(item: _Item) -> _Result:
        worker = idle.get()
        try:
            return work(worker, item)
        finally:
            idle.put(worker)

    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(len(workers), thread_name_prefix="tenor-text") as pool:
        for item in items:
            waiting.append(pool.submit(run, item))
            if len(waiting) > 2 * len(workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
