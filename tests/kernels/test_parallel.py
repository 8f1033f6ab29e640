"""Tasks are all run, once each, by no more threads than allowed, and errors come out."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.kernels import parallel


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_every_task_is_run_once(threads: int, count: int) -> None:
    done: list[int] = []
    users: set[int] = set()

    def task(number: int) -> None:
        users.add(threading.get_ident())
        done.append(number)

    parallel.run([lambda number=number: task(number) for number in range(count)], threads)
    assert sorted(done) == list(range(count))
    assert len(users) <= threads


def test_threads_work_side_by_side() -> None:
    """Two tasks that wait for each other end only if they run at the same time."""
    meeting = threading.Barrier(2, timeout=20)
    parallel.run([meeting.wait, meeting.wait], 2)


@pytest.mark.parametrize("where", [0, 1])
def test_an_error_comes_out_after_all_threads_have_stopped(where: int) -> None:
    running: list[int] = []

    def slow() -> None:
        running.append(1)
        time.sleep(0.05)
        running.pop()

    def wrong() -> None:
        raise ValueError("wrong")

    tasks = [slow, slow]
    tasks.insert(where, wrong)
    with pytest.raises(ValueError, match="wrong"):
        parallel.run(tasks, 2)
    assert not running


def test_run_within_run() -> None:
    done: list[int] = []
    parallel.run([lambda: parallel.run([lambda: done.append(1)] * 3, 1)] * 5, 2)
    assert len(done) == 15


@given(lengths=st.lists(st.integers(0, 50), min_size=1, max_size=30), parts=st.integers(1, 8))
def test_ranges_cover_everything_once(lengths: list[int], parts: int) -> None:
    cumulative = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    found = list(parallel.ranges(cumulative, parts))
    assert len(found) == parts
    assert [row for first, end in found for row in range(first, end)] == list(range(len(lengths)))
