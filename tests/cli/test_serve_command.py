"""`tenor serve`, in a process of its own."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import small
from explained import predictor
from shell import start, tenor

PATIENCE = 60

# Texts that hold "slow" wait for a file, and say that they do by another.
SLOW = """
import pathlib, time
from tenor.inference.predictor import Predictor
plain = Predictor.predictions
def predictions(self, texts):
    texts = list(texts)
    if "slow" in texts:
        pathlib.Path({begun!r}).touch()
        while not pathlib.Path({go!r}).exists():
            time.sleep(0.005)
    return plain(self, texts)
Predictor.predictions = predictions
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    predictor(small.classifier(), small.SMALL).model.save(folder)
    return folder


@pytest.fixture
def serve():
    """Start services; those that a test leaves behind are ended."""
    begun: list[subprocess.Popen[str]] = []

    def started(*arguments: object, before: str = "") -> subprocess.Popen[str]:
        begun.append(start("serve", *arguments, "--port", 0, "--json", before=before))
        return begun[-1]

    yield started
    for process in begun:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> dict:
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return json.loads(line)


def ask(port: int, body: object) -> tuple[int, dict]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("POST", "/v1/predict", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def wait_until(true, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except OSError:  # the system reset or lost it, for the port closed while it was opened
        return False
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "ctrl-c"])
def test_what_was_accepted_is_answered_when_it_stops(
    serve, model: Path, tmp_path: Path, number: signal.Signals
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    process = serve(model, "--set", "threads=1", before=SLOW.format(begun=str(begun), go=str(go)))
    said = ready(process)
    answers: list[tuple[int, dict]] = []
    body = {"texts": ["slow", "a b"]}
    clients = [threading.Thread(target=lambda: answers.append(ask(said["port"], body))) for _ in range(4)]
    clients[0].start()
    wait_until(begun.exists, process)
    for client in clients[1:]:  # these wait in the queue
        client.start()
    with closing(http.client.HTTPConnection("127.0.0.1", said["port"], timeout=PATIENCE)) as idle:

        def queued() -> bool:
            idle.request("GET", "/metrics")
            return 'tenor_queue_texts{model="tiny"} 6.0' in idle.getresponse().read().decode()

        wait_until(queued, process)
        process.send_signal(number)
        wait_until(lambda: refused(said["port"]), process)
        assert answers == []
        go.touch()
        for client in clients:
            client.join(PATIENCE)
        assert [(status, len(found["predictions"])) for status, found in answers] == [(200, 2)] * 4
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["status"] for line in lines if line.get("path") == "/v1/predict"] == [200] * 4
    assert "Traceback" not in err


def test_it_says_that_it_stops_before_it_takes_no_more(serve, model: Path) -> None:
    process = serve(model, "--set", "stop_notice=600")
    port = ready(process)["port"]

    def closes() -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/v1/models")
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.getheader("connection") == "close"

    assert not closes()
    process.send_signal(signal.SIGTERM)
    wait_until(closes, process)
    process.send_signal(signal.SIGTERM)  # asked for twice, it does not wait
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err


def test_what_is_said_when_it_is_ready(serve, model: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef")
    process = serve(f"mine={model}", "--key-file", key, "--set", "rate=50")
    said = ready(process)
    assert said["address"] == f"http://127.0.0.1:{said['port']}"
    assert said["models"] == [{"name": "mine", "version": "1", "encoder": "bilstm-mean-max"}]
    assert (said["key"], said["rate"]) == (True, 50.0)
    status, found = ask(said["port"], {"text": "a"})
    assert (status, found["code"]) == (401, "unauthorized")
    taken = tenor("serve", model, "--port", said["port"])
    assert taken.status == 2
    assert "another program has it" in taken.error
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert "0123456789abcdef" not in err


def test_bad_command_lines(model: Path, tmp_path: Path) -> None:
    assert "does not exist" in tenor("serve", tmp_path / "none", "--port", 0).error
    (tmp_path / "empty").mkdir()
    assert "has no model in it" in tenor("serve", tmp_path / "empty", "--port", 0).error
    assert "two models are called tiny" in tenor("serve", model, model, "--port", 0).error
    assert "unknown setting queue_text" in tenor("serve", model, "--set", "queue_text=3").error
    assert "port is 70000" in tenor("serve", model, "--port", 70_000).error
    assert "cannot be had" in tenor("serve", model, "--host", "203.0.113.1", "--port", 0).error
    assert "cannot be read" in tenor("serve", model, "--key-file", tmp_path / "none", "--port", 0).error


def test_a_damaged_model_is_said_to_be_so(model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    predictor(small.classifier(), small.SMALL).model.save(damaged)
    (damaged / "weights.safetensors").write_bytes(b"nonsense")
    assert "is damaged or was changed" in tenor("serve", damaged, "--port", 0).error


def test_an_open_address_without_a_key_is_warned_of(model: Path, tmp_path: Path) -> None:
    """The warning comes before anything is loaded; there is nothing to load here."""
    result = tenor("serve", tmp_path / "none", "--host", "0.0.0.0", "--port", 0)
    assert "there is no key; set TENOR_API_KEY" in result.err
    assert "there is no key" not in tenor("serve", tmp_path / "none", "--port", 0).err


def test_a_missing_library_is_named_with_its_extra(model: Path, monkeypatch) -> None:
    find = __import__("importlib.util").util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "fastapi" else find(name))
    assert (
        'fastapi is not installed; it comes with: pip install "tenor[serve]"' in tenor("serve", model).error
    )


def test_help_names_every_setting() -> None:
    shown = tenor("serve", "--help").out
    assert "queue_texts" in shown
    assert "stop_seconds" in shown


def test_serving_imports_no_torch() -> None:
    code = "import sys, tenor.service.app, tenor.service.server; print({'torch', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
