"""Servers as processes of their own, on a free port of 127.0.0.1."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import measure

_START = 120.0  # seconds that one may take until it answers: LitServe starts torch in processes of its own
_STOP = 40.0
_AGAIN = 0.02  # seconds between two questions whether it answers


class Server:
    """A server from `start` to `stop`; it may be started again, on the same port."""

    def __init__(self, command: Sequence[str], *, ready: str) -> None:
        """Take a command complete but for `--port N`, and a path that answers 200 once it serves."""
        self.port = _free_port()
        self._command = [*command, "--port", str(self.port)]
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop

    def start(self) -> None:
        """Start it and wait until it answers; stop the benchmark if it does not."""
        # In a session of its own, so that whatever it starts can be ended with it.
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=measure.environment(),
        )
        end = time.monotonic() + _START
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self._said.seek(0)
                last = self._said.read().decode("utf-8", "replace").strip().splitlines()[-5:]
                self.kill()
                sys.exit("\n".join([f"{' '.join(self._command)} does not serve:", *last]))
            time.sleep(_AGAIN)

    def ask(self, path: str, value: object = None) -> tuple[int, Any]:
        """Return status and JSON (or None) of a GET, or of a POST of `value`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_STOP)
        try:
            if value is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(body) if "json" in answer.getheader("Content-Type", "") else None

    def resident(self) -> int | None:
        """Return the bytes of memory its process has, where the system tells."""
        return measure.resident(self._running.pid)

    def terminate(self) -> None:
        """Ask it to end, as a service manager does."""
        self._running.terminate()

    def wait(self) -> int:
        """Wait for its end; return its exit status."""
        return self._running.wait(_STOP)

    def kill(self) -> None:
        """End it and whatever it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "start comes first"
        return self._process

    def _answers(self) -> bool:
        try:
            return self.ask(self._ready)[0] == 200
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.wait()
        self.kill()
        self._said.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
