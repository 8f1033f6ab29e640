"""A minGRU model is served by what the core and the extra `serve` bring."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import small
from explained import predictor

SERVE = """
import sys
sys.modules.update(dict.fromkeys(("torch", "sklearn", "matplotlib", "jinja2", "captum")))  # not to be had

from starlette.testclient import TestClient

from tenor.config.service import ServiceConfig
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import parse_all

service = Service.open(parse_all([sys.argv[1]]), ServiceConfig())
with TestClient(make_app(service), headers={"Host": "localhost"}) as client:
    answer = client.post("/v1/predict", json={"texts": ["a b", "c"] * 40})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 80
    assert client.get("/v1/models").json()["models"][0]["encoder"] == "mingru-mean-max"

    answer = client.post("/v1/explain", json={"text": "a b"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["attribution"]["method"] == "occlusion"
    answer = client.post("/v1/explain", json={"text": "a b", "method": "integrated-gradients"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_available")

    tensor = {"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a b"]}
    assert client.post("/v2/models/fast/infer", json={"inputs": [tensor]}).status_code == 200
    with client.websocket_connect("/v1/stream") as socket:
        socket.send_json({"text": "a b"})
        assert socket.receive_json()["tokens"] == 2
"""


def test_a_model_of_words_needs_no_torch(tmp_path: Path) -> None:
    network = replace(small.SMALL, encoder="mingru", bidirectional=False)
    predictor(small.classifier(network), network).model.save(tmp_path / "fast")
    command = [sys.executable, "-W", "error", "-c", SERVE, tmp_path / "fast"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
