"""`Batcher`: texts of many requests computed together."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Prediction
from tenor.service.errors import overloaded
from tenor.service.executor import Executor
from tenor.service.metrics import Metrics

Predict = Callable[[list[str]], list[Prediction]]


@dataclass(eq=False)
class _Waiting:
    """A request whose texts are not all computed yet."""

    texts: Sequence[str]
    answer: "asyncio.Future[list[Prediction]]"
    taken: int = 0  # texts that are in a batch, or were
    found: list[Prediction] = field(default_factory=list)

    @property
    def left(self) -> int:
        return len(self.texts) - self.taken


class Batcher:
    """Computes what queued up while the batch before was computed, in one thread; one a served version.

    So a lone request is computed at once, and the busier the service, the larger its batches. Clients that all
    wait for the same batch come back within moments of each other: the first of them waits, for `batch_delay`
    at most, until there are as many requests as that batch had. Where that was one, nothing waits.

    The engines put texts of like length together (`batching.by_length`, ragged kernels), so a batch may mix them.
    """

    def __init__(self, name: str, predict: Predict, executor: Executor, config: ServiceConfig, metrics: Metrics) -> None:
        self._name = name
        self._predict = predict
        self._executor = executor
        self._config = config
        self._metrics = metrics
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._usual = 1  # requests of the last batch
        self._seconds_a_text = 0.0

    @property
    def waiting(self) -> int:
        """Texts that are in no batch yet."""
        return sum(one.left for one in self._queue)

    async def predictions(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction a text, in order; texts of a caller that gives up are not computed any more.

        Raises:
            ServiceError: 503, the queue is full.
        """
        if not texts:
            return []
        waiting = self.waiting
        if waiting and waiting + len(texts) > self._config.queue_texts:
            raise overloaded(
                f"{waiting} texts are waiting for {self._name} already, and there is room for "
                f"{self._config.queue_texts}; come again",
                waiting * self._seconds_a_text,
            )
        request = _Waiting(texts, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        self._arrived.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        try:
            return await request.answer
        finally:
            if request in self._queue:
                self._queue.remove(request)

    async def _work(self) -> None:
        while self._queue:
            await self._gather()
            batch = self._take()
            if not batch:
                continue
            texts = [text for request, first, end in batch for text in request.texts[first:end]]
            started = perf_counter()
            try:
                found = await self._executor.run(partial(self._predict, texts))
            except Exception as error:
                for request, _, _ in batch:
                    if not request.answer.done():
                        request.answer.set_exception(error)
                continue
            self._seconds_a_text = (perf_counter() - started) / len(texts)
            self._usual = len(batch)
            self._answer(batch, found)

    async def _gather(self) -> None:
        """Wait for as many requests as the last batch had, `batch_delay` at most."""
        try:
            async with asyncio.timeout(self._config.batch_delay):
                while 0 < len(self._queue) < self._usual and self.waiting < self._config.batch_texts:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            pass

    def _take(self) -> list[tuple[_Waiting, int, int]]:
        """Return the next batch: requests with the first and the end of their texts in it.

        Each request has its share first, so that many texts of one client do not hold up the single texts of
        others; then room that is left is filled in the order of arrival.
        """
        room = self._config.batch_texts
        share = max(1, room // max(1, len(self._queue)))
        starts = {request: request.taken for request in self._queue}
        for most in (share, room):
            for request in starts:
                count = min(request.left, most, room)
                request.taken += count
                room -= count
        self._queue = deque(request for request in self._queue if request.left)
        return [(request, first, request.taken) for request, first in starts.items() if request.taken > first]

    def _answer(self, batch: list[tuple[_Waiting, int, int]], found: list[Prediction]) -> None:
        place = 0
        for request, first, end in batch:
            request.found += found[place : place + end - first]
            place += end - first
            if len(request.found) == len(request.texts) and not request.answer.done():
                request.answer.set_result(request.found)
