"""`run`: tasks done by worker processes, side by side."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tenor.compare.cells import Cell
from tenor.compare.worker import CellFailed, Worker


@dataclass(frozen=True)
class Task:
    """A piece of work on a cell."""

    name: str  # of `work.TASKS`
    cell: Cell
    folder: Path


def run(
    tasks: Sequence[Task],
    jobs: int,
    logs: Path,
    share: Callable[[Cell, float], None],
    finish: Callable[[Task, str | None], None],
    *,
    fresh: bool = False,
) -> None:
    """Do all tasks in `jobs` processes; `fresh` takes a new process for each, whose memory is its own."""
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    workers = [Worker(logs / f"worker-{number}.log") for number in range(min(jobs, len(tasks)))]
    one_at_a_time, stopped = threading.Lock(), threading.Event()
    broken: list[BaseException] = []

    def serve(worker: Worker) -> None:
        while not stopped.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            failure = None
            try:
                worker.run(task.name, task.cell, task.folder, partial(tell, task.cell))
            except CellFailed as error:
                failure = str(error)
            except BaseException as error:
                broken.append(error)
                return
            if fresh:
                worker.close()
            if not stopped.is_set():
                with one_at_a_time:
                    finish(task, failure)

    def tell(cell: Cell, done: float) -> None:
        with one_at_a_time:
            share(cell, done)

    threads = [threading.Thread(target=serve, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # so that Ctrl-C is heard
    finally:
        stopped.set()
        for worker in workers:
            worker.close()
    if broken:
        raise broken[0]
