"""/v1/stream as a client over a real connection sees it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import served
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process of `tenor serve`, and the address of its stream."""
    served.predictor().model.save(tmp_path / "m")
    command = [sys.executable, "-m", "tenor", "serve", str(tmp_path / "m"), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            port = json.loads(started.stdout.readline())["port"]
            yield started, f"ws://127.0.0.1:{port}/v1/stream"
        finally:
            started.kill()


def closed(socket: ClientConnection) -> tuple[int | None, list[str]]:
    """Return the code that a connection is closed with, and the codes of what is said before."""
    said = []
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            said.append(json.loads(socket.recv(PATIENCE)).get("code"))
    return ended.value.rcvd.code if ended.value.rcvd else None, said


def test_what_cannot_be_read_and_a_stop(process: tuple["subprocess.Popen[str]", str]) -> None:
    server, address = process
    with connect(
        address
    ) as socket:  # a few kilobytes of compressed messages could be any number of megabytes
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
    with connect(address) as socket:
        socket.send(b"\xff\xfe", text=True)
        assert closed(socket)[0] == 1007
    with connect(address) as socket:
        with suppress(ConnectionClosed):  # may come before the last part is sent
            socket.send(["a" * (1 << 20), "a" * (1 << 20), "a"])  # of one message
        assert closed(socket)[0] == 1009
    with connect(address) as socket:
        for number in range(20):
            socket.send(json.dumps({"id": number, "text": " a"}))
        found = [json.loads(socket.recv(PATIENCE)) for _ in range(20)]
        assert [(one["id"], one["tokens"]) for one in found] == [(n, n + 1) for n in range(20)]
        server.send_signal(signal.SIGTERM)
        assert closed(socket) == (1001, ["stopping"])
    assert server.wait(PATIENCE) == 0
    assert server.stderr is not None
    assert "Traceback" not in server.stderr.read()
