"""`SharedStreams`: texts of many connections, read together as their pieces come."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tenor.errors import ConfigError
from tenor.inference.predictor import Prediction, Predictor
from tenor.service.executor import Executor

# Characters that are read before others have their turn; any cut gives the same prediction.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Progress:
    """What a model says of a text so far."""

    prediction: Prediction
    tokens: int


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    anew: bool
    answer: "asyncio.Future[Progress]"


def refusal(predictor: Predictor) -> str | None:
    """Return one sentence why texts cannot be streamed; None: they can."""
    try:
        predictor.streams()
    except ConfigError as error:
        return str(error)
    return None


class SharedStreams:
    """The texts that connections feed to one version of a model, by key; one thread reads at a time.

    What comes while pieces are read is read together afterwards, so nothing waits for others to come.
    """

    def __init__(self, predictor: Predictor, executor: Executor) -> None:
        self._streams = predictor.streams()
        self._executor = executor
        self._waiting: dict[Hashable, _Piece] = {}
        self._closed: list[Hashable] = []
        self._worker: asyncio.Task[None] | None = None

    async def feed(self, key: Hashable, text: str, *, anew: bool = False) -> Progress:
        """Read the next piece of a text, or begin it anew with this piece; one at a time for each key."""
        starts = range(0, len(text), _AT_ONCE) or range(1)
        for start in starts:
            answer = asyncio.get_running_loop().create_future()
            self._waiting[key] = _Piece(text[start : start + _AT_ONCE], anew and start == 0, answer)
            self._wake()
            found: Progress = await answer
        return found

    def close(self, key: Hashable) -> None:
        """Forget a text, if there is one."""
        self._waiting.pop(key, None)
        self._closed.append(key)
        self._wake()

    def _wake(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting or self._closed:
            async with self._executor.turn() as run:
                pieces, self._waiting = self._waiting, {}
                closed, self._closed = self._closed, []
                try:
                    found = await run(partial(self._read, pieces, closed))
                except Exception as error:
                    for piece in pieces.values():
                        if not piece.answer.done():
                            piece.answer.set_exception(error)
                    continue
            for key, piece in pieces.items():
                if not piece.answer.done():
                    piece.answer.set_result(found[key])

    def _read(
        self, pieces: Mapping[Hashable, _Piece], closed: Sequence[Hashable]
    ) -> dict[Hashable, Progress]:
        for key in (*closed, *(key for key, piece in pieces.items() if piece.anew)):
            if key in self._streams:
                self._streams.close(key)
        found = self._streams.feed({key: piece.text for key, piece in pieces.items()})
        return {key: Progress(one, self._streams.tokens(key)) for key, one in found.items()}
