"""`Batcher`: texts of many requests computed together."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from time import perf_counter

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Prediction
from tenor.service.errors import overloaded
from tenor.service.executor import Executor, Run
from tenor.service.metrics import Metrics

Predict = Callable[[list[str]], list[Prediction]]

_SHARES = 8  # of a batch; a request has one before any has two


@dataclass(eq=False)
class _Request:
    """Texts of which not all are computed yet."""

    texts: Sequence[str]
    answer: "asyncio.Future[list[Prediction]]"
    taken: int = 0  # texts that are in a batch, or were
    found: list[Prediction] = field(default_factory=list)

    @property
    def left(self) -> int:
        return len(self.texts) - self.taken

    def give(self, found: list[Prediction]) -> None:
        """Take the next predictions; answer with the last ones."""
        self.found += found
        if len(self.found) == len(self.texts) and not self.answer.done():
            self.answer.set_result(self.found)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(frozen=True)
class _Part:
    """The texts of one request that are in a batch."""

    request: _Request
    texts: list[str]


class Batcher:
    """Computes what queued up while batches before were computed, one in each thread; one a served version.

    So a lone request is computed at once, and the busier the service, the larger its batches. Clients that
    all waited for one batch come back within moments of each other: the first of them waits, for
    `batch_delay` at most, until there are as many requests as that batch had. Where that was one, nothing
    waits.

    The engines put texts of like length together (`by_length`, ragged kernels), so a batch may mix them.
    """

    def __init__(
        self, name: str, predict: Predict, executor: Executor, config: ServiceConfig, metrics: Metrics
    ) -> None:
        self._name = name
        self._predict = predict
        self._executor = executor
        self._config = config
        self._metrics = metrics
        self._queue: dict[_Request, None] = {}  # in the order of their turns
        self._waiting = 0  # texts that are in no batch yet
        self._arrived = asyncio.Event()
        self._workers: set[asyncio.Task[None]] = set()
        self._usual = 1  # requests of the last batch
        self._seconds_a_text = 0.0

    async def predictions(self, texts: Sequence[str]) -> list[Prediction]:
        """Return one prediction a text, in order; texts of a caller that gives up are computed no more.

        Raises:
            ServiceError: 503, the queue is full. An idle one takes any request.
        """
        if not texts:
            return []
        if self._waiting and self._waiting + len(texts) > self._config.queue_texts:
            raise overloaded(
                f"{self._waiting:,} texts are waiting for {self._name} already, and there is room for "
                f"{self._config.queue_texts:,}; come again",
                self._waiting * self._seconds_a_text,
            )
        request = _Request(texts, asyncio.get_running_loop().create_future())
        self._queue[request] = None
        self._count(len(texts))
        self._arrived.set()
        self._workers = {one for one in self._workers if not one.done()}
        if len(self._workers) < self._executor.threads:
            self._workers.add(asyncio.create_task(self._work()))
        try:
            return await request.answer
        finally:
            if request in self._queue:
                del self._queue[request]
                self._count(-request.left)

    async def _work(self) -> None:
        while self._queue:
            await self._gather()
            async with self._executor.turn() as run:
                if batch := self._take():
                    await self._compute(batch, run)

    async def _gather(self) -> None:
        """Wait until there are as many requests as the last batch had, `batch_delay` at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._config.batch_delay):
                while 0 < len(self._queue) < self._usual and self._waiting < self._config.batch_texts:
                    self._arrived.clear()
                    await self._arrived.wait()

    def _take(self) -> list[_Part]:
        """Return the next batch.

        Every request has a share of it before any has more, and waits for its next turn behind all others, so
        that a thousand texts of one client do not hold up the single texts of others.
        """
        texts, characters = self._config.batch_texts, self._config.batch_characters
        first = {request: request.taken for request in islice(self._queue, texts)}
        for most in (max(1, texts // _SHARES), texts):
            for request in first:
                end = request.taken + min(most, request.left)
                while request.taken < end and texts > 0 and characters > 0:
                    characters -= len(request.texts[request.taken])
                    texts -= 1
                    request.taken += 1
        parts = [_Part(one, list(one.texts[at : one.taken])) for one, at in first.items() if one.taken > at]
        for part in parts:
            del self._queue[part.request]
            if part.request.left:
                self._queue[part.request] = None
        self._count(-sum(len(part.texts) for part in parts))
        return parts

    async def _compute(self, batch: list[_Part], run: Run) -> None:
        texts = [text for part in batch for text in part.texts]
        started = perf_counter()
        try:
            found = await run(partial(self._predict, texts))
        except Exception as error:
            if len(batch) == 1:
                batch[0].request.fail(error)
            else:  # one request must not fail by another's text
                for part in batch:
                    await self._compute([part], run)
            return
        seconds = perf_counter() - started
        self._metrics.batch(self._name, len(texts), seconds)
        self._seconds_a_text = seconds / len(texts)
        self._usual = len(batch)
        place = 0
        for part in batch:
            part.request.give(found[place : place + len(part.texts)])
            place += len(part.texts)

    def _count(self, texts: int) -> None:
        self._waiting += texts
        self._metrics.queue.labels(self._name).inc(texts)
