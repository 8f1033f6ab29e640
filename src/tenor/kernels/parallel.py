"""Compiled functions side by side in threads of our own.

The functions run without Python's lock. Threads of `concurrent.futures` are used instead of Numba's own
parallel layer, which is not safe to enter from several threads at once and whose pool would spin beside
that of torch.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

import numpy as np
import numpy.typing as npt


def available_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(tasks: Sequence[Callable[[], object]], threads: int) -> None:
    """Run all tasks in up to `threads` threads, the calling one among them; wait for all."""
    waiting = deque(tasks)

    def work() -> None:
        while waiting:
            try:
                task = waiting.popleft()
            except IndexError:  # another thread took the last one
                return
            task()

    others = min(threads, len(tasks)) - 1
    futures = [_pool(others, os.getpid()).submit(work) for _ in range(others)]
    try:
        work()
    finally:
        waiting.clear()  # after an error no more are begun
        wait(futures)
    for future in futures:
        future.result()


def ranges(cumulative: npt.NDArray[np.int64], parts: int) -> Iterator[tuple[int, int]]:
    """Cut what `cumulative` (n+1,) counts into `parts` ranges of about the same weight."""
    goals = np.linspace(cumulative[0], cumulative[-1], parts + 1)
    cuts = np.searchsorted(cumulative, goals)
    cuts[0], cuts[-1] = 0, len(cumulative) - 1
    yield from zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


@cache
def _pool(threads: int, _process: int) -> ThreadPoolExecutor:
    # A forked child must not wait for threads that only its parent has: each process makes its own.
    return ThreadPoolExecutor(threads, thread_name_prefix="tenor")
