"""The benchmark of the service runs, its peers give the model's labels, its table the figures."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import toy
from fastapi.testclient import TestClient

import tenor
from tenor.experiments.classification import fit

Script = Callable[[str], ModuleType]
PLACE = {"time": "2000-01-01", "cores": 1, "processor": "any", "python": "3",
         "versions": {"torch": "1", "numpy": "1"}}  # fmt: skip

# In place of wrk: asks twice and prints what wrk.lua prints.
STAND_IN = """#!{python}
import sys, urllib.request
url, bodies = sys.argv[-3], open(sys.argv[-1]).read().splitlines()
for body in bodies[:2]:
    request = urllib.request.Request(url, body.encode(), {{"Content-Type": "application/json"}})
    assert urllib.request.urlopen(request).status == 200
print('  2 requests in 1.00s')
print('{{"seconds": 1, "requests": 2, "failed": 0, "unanswered": 0, "p50_ms": 1, "p99_ms": 2}}')
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "model"
    fit(toy.dataset(), toy.config(network={"encoder": "mingru"}, training={"epochs": 1})).model.save(folder)
    return folder


@pytest.fixture
def quick(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for --quick with a small model, and without LitServe, which a test does not install."""
    arguments = ["serving.py", "--quick", "--fast", str(model), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", arguments)


@pytest.mark.usefixtures("quick")
def test_quick_measures_every_service(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in = tmp_path / "wrk"
    stand_in.write_text(STAND_IN.format(python=sys.executable))
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(script("wrk"), "check", lambda: "a stand-in")
    monkeypatch.setattr(type(script("peers.environments").LITSERVE), "python", lambda *_, **__: None)
    script("serving").main()
    found = json.loads((tmp_path / "out" / "serving.json").read_text("utf-8"))["figures"]
    assert found["versions"]["wrk"] == "a stand-in"
    services = found["models"]["minGRU"]
    assert list(services) == ["tenor", "tenor one by one", "fastapi def", "fastapi async"]
    for by_clients in services.values():
        assert list(by_clients) == ["1", "4"]
        assert all(one["texts_per_second"] == 2 for one in by_clients.values())
    assert "errors 0" in capsys.readouterr().out


@pytest.mark.usefixtures("quick")
def test_without_wrk_it_says_what_to_install(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="apt-get install wrk"):
        script("serving").main()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="there is no wrk on this machine")
def test_wrk_asks_every_body_and_counts_errors(script: Script, tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    seen = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.add(body["text"])
            self.send_response(503 if body["text"] == "b" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    bodies = tmp_path / "bodies"
    bodies.write_text('{"text": "a"}\n{"text": "b"}\n{"text": "c\\u2028"}\n')
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/predict"
        found = script("wrk").reading(address, bodies, clients=2, seconds=1)
        server.shutdown()
        thread.join()
    assert seen == {"a", "b", "c\u2028"}
    assert 0 < found["failed"] < found["requests"]
    assert script("wrk").errors(found) == found["failed"] + found["unanswered"]
    assert 0 < found["p50_ms"] <= found["p99_ms"]


@pytest.mark.parametrize("in_loop", [False, True])
def test_the_peer_gives_the_label_of_the_model(in_loop: bool, script: Script, model: Path) -> None:
    peer = script("peers.fastapi_service")
    predictor = tenor.load(model)
    with TestClient(peer.make_app(peer.Eager(model), in_loop=in_loop)) as client:
        for text in ("good a b", "bad", ""):
            said = client.post("/predict", json={"text": text}).json()
            (expected,) = predictor.predictions([text])
            assert said["label"] == expected.label
            assert said["probability"] == pytest.approx(expected.probability, abs=1e-5)


def test_the_table_shows_the_figures(publish: ModuleType) -> None:
    def readings(rate: float) -> dict[str, object]:
        each = [{"texts_per_second": rate, "failed": 1, "unanswered": 2}] * 2
        return {
            "texts_per_second": rate, "p50_ms": 1.25, "p99_ms": 12.5, "generator_cores": 0.5, "each": each
        }  # fmt: skip

    services = {
        name: {"1": readings(rate), "64": readings(10 * rate)}
        for name, rate in (("tenor", 500), ("litserve", 50))
    }
    figures = {"versions": {"wrk": "4", "fastapi": "0"}, "models": {"minGRU": services}}
    results = publish.Results({"serving": {"environment": PLACE, "figures": figures}})
    shown = publish.TABLES["serving"](results).splitlines()
    assert shown[2] == "| 1 | **Tenor** | 500 | 500, 500 | 1.2 | 12.5 | 6 | 0.50 |"
    assert shown[4].startswith("| 64 | **Tenor** | 5,000 | 5 000, 5 000 |")
    assert "Absent, since it could not be installed: Tenor, one text a batch, FastAPI" in shown[-5]
    assert shown[-3] == "wrk 4, fastapi 0."
    assert "Measured 2000-01-01" in shown[-1]
