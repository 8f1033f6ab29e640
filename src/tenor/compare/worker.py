"""A process that computes cells, and the `Worker` that another process holds on it.

A cell that fails, runs out of memory or is killed takes its own process along, nothing else. Requests and
answers are lines of JSON over the process's standard input and output; what libraries print goes to a log.
"""

import contextlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from tenor.compare.cells import Cell
from tenor.errors import TenorError

_ALLOCATOR_MESSAGES = ("DefaultCPUAllocator", "not enough memory", "out of memory")


class CellFailed(Exception):  # noqa: N818 - the cell failed, the comparison did not
    """A cell could not be computed; the message is the reason, for the report."""


class Worker:
    """One process at a time, started when there is something to do, and again after it died."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process: subprocess.Popen[str] | None = None

    def run(self, task: str, cell: Cell, folder: Path, share: Callable[[float], None]) -> None:
        """Do one of `work.TASKS`; `share` is told how much of it is done.

        Raises:
            CellFailed: with the reason.
        """
        process = self._start()
        assert process.stdin is not None, "it is a pipe"  # noqa: S101
        assert process.stdout is not None, "it is a pipe"  # noqa: S101
        request = {"task": task, "cell": cell.to_json(), "folder": str(folder)}
        try:
            process.stdin.write(f"{json.dumps(request)}\n")
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                if "share" in answer:
                    share(answer["share"])
                elif "failed" in answer:
                    raise CellFailed(answer["failed"])
                else:
                    return
        except (BrokenPipeError, ValueError):  # it has died, or was closed
            pass
        raise CellFailed(_death(self._end(process), self._log))

    def close(self) -> None:
        """End the process, in the middle of a cell if need be; its last checkpoint stays."""
        if (process := self._process) is not None:
            process.terminate()
            self._end(process)

    def _start(self) -> "subprocess.Popen[str]":
        if self._process is None:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("w") as log:
                self._process = subprocess.Popen(
                    # -P: nothing in the user's folder may stand in for a module.
                    [sys.executable, "-P", "-m", "tenor.compare.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,  # Ctrl-C reaches the parent, which ends the workers
                )
        return self._process

    def _end(self, process: "subprocess.Popen[str]") -> int:
        """Wait for the end of a process, which may have been waited for by another thread already."""
        status = process.wait()
        self._process = None
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        return status


def _death(status: int, log: Path) -> str:
    """Say how a process ended that did not answer."""
    if status < 0:
        memory = ", as the system does when memory runs out" if status == -9 else ""
        return f"its process was ended by signal {-status}{memory}"
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return f"its process ended with status {status}: {lines[-1] if lines else 'it said nothing'}"


def main() -> None:
    """Answer requests until there are no more."""
    from tenor.compare.work import TASKS, Data

    # Whatever prints to standard output must not get between the answers.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        data: Data | None = None
        for line in sys.stdin:
            request = json.loads(line)
            cell = Cell.from_json(request["cell"])
            told = _Told(answers)
            try:
                if data is None or data.config != cell.config.data:  # of a learning curve each has its own
                    data = Data(cell.config.data)
                TASKS[request["task"]](cell, Path(request["folder"]), data, told.share)
            except TenorError as error:
                told.say({"failed": str(error)})
            except Exception as error:
                traceback.print_exc()
                told.say({"failed": _reason(error)})
            else:
                told.say({"done": True})


class _Told:
    """Writes answers; shares only when a hundredth more is done."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._last = 0.0

    def share(self, done: float) -> None:
        if done >= self._last + 0.01:
            self._last = done
            self.say({"share": done})

    def say(self, answer: dict[str, Any]) -> None:
        self._answers.write(f"{json.dumps(answer)}\n")
        self._answers.flush()


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) or any(message in text for message in _ALLOCATOR_MESSAGES):
        return "out of memory; lower training.batch_size or text.max_length"
    return f"{type(error).__name__}: {text}"


if __name__ == "__main__":
    main()
