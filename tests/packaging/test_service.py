"""What the image runs: the service from a wheel with the extra `serve`, without torch."""

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import dockerfile
import installed
import pytest

import tenor

Process = subprocess.Popen[str]

MODEL = installed.ROOT / "tests" / "formats" / "format-3" / "model"


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> installed.Environment:
    """What `pip install "tenor[serve]"` gives."""
    return installed.environment(tmp_path_factory.mktemp("serve") / "environment", wheel, ["serve"])


@pytest.fixture
def service(environment: installed.Environment, tmp_path: Path) -> Iterator[tuple[Process, str]]:
    """A running service and its address."""
    with subprocess.Popen(
        [environment.folder / "bin" / "tenor", "serve", f"toy={MODEL}", "--port", "0", "--json"],
        cwd=tmp_path,
        env=environment.variables(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise AssertionError(process.communicate()[1])
            yield process, json.loads(line)["address"]
        finally:
            process.kill()


def read(address: str, send: object = None) -> str:
    """GET an address, or POST a JSON value to it."""
    data = None if send is None else json.dumps(send).encode()
    request = urllib.request.Request(address, data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read().decode()


def test_it_answers_as_here_and_stops_when_told(
    service: tuple[Process, str], environment: installed.Environment, tmp_path: Path
) -> None:
    process, address = service
    texts = ["good a b", "a b c d bad", ""]
    given = json.loads(read(f"{address}/v1/predict", {"texts": texts}))
    wanted = tenor.load(MODEL).predict_proba(texts)
    assert [list(one["probabilities"].values()) for one in given["predictions"]] == pytest.approx(wanted)

    assert "<title>" in read(f"{address}/")
    assert "tenor_requests_total" in read(address + dockerfile.prometheus()["metrics_path"])
    environment.run("python", "-c", dockerfile.health_check(address), folder=tmp_path)

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    gone = environment.run("python", "-c", dockerfile.health_check(address), folder=tmp_path, check=False)
    assert gone.returncode == 1
