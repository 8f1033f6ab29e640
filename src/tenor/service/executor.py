"""`Executor`: threads for work that must not hold up the event loop.

A service has two. One computes, for all models: batches and pieces of streams, as many at once as there are
cores. torch gets one thread for each of them: a team of two took three times as long over one text of a
bidirectional LSTM as a single thread (benchmarks/serving.py has the service as it is), since the team meets
after every step. Models take turns. The other executor has one thread for what takes seconds (explanations),
so that predictions need not wait for it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from tenor.service.errors import overloaded

_Result = TypeVar("_Result")
_COME_AGAIN = 5.0  # seconds; how long what waits will take is not known

Run = Callable[[Callable[[], Any]], Awaitable[Any]]


class Executor:
    """Runs functions in so many threads, in the order they come; at most so many may wait."""

    def __init__(self, name: str, threads: int = 1, most_waiting: int | None = None) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"tenor-{name}")
        self._most_waiting = most_waiting
        self._turn = asyncio.Semaphore(threads)
        self._present = 0  # waiting or running

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Run]:
        """Wait for a thread to be free; what is run is decided then, not before."""
        async with self._turn:
            yield partial(asyncio.get_running_loop().run_in_executor, self._pool)

    async def run(self, function: Callable[[], _Result]) -> _Result:
        """Return what `function` returns; it is not begun if the caller has given up before.

        Raises:
            ServiceError: 503, there is no room.
        """
        if self._most_waiting is not None and self._present > self._most_waiting:
            raise overloaded(
                f"{self._most_waiting} such requests are waiting already, and there is room for no more; "
                "come again",
                _COME_AGAIN,
            )
        self._present += 1
        try:
            async with self.turn() as run:
                result: _Result = await run(function)
                return result
        finally:
            self._present -= 1

    def close(self) -> None:
        """Run nothing that is not begun, and wait for what is."""
        self._pool.shutdown(cancel_futures=True)
