"""POST /v1/predict."""

from pathlib import Path

import pytest
import toy
from starlette.testclient import TestClient

from tenor.config.service import ServiceConfig
from tenor.experiments.classification import fit
from tenor.inference.predictor import load
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import parse_all


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = {"encoder": "mingru", "bidirectional": False, "mingru": {"hidden_size": 5}}
    path = tmp_path_factory.mktemp("models") / "toy"
    fit(toy.dataset(), toy.config(network=network, training={"epochs": 1})).model.save(path)
    return path


def test_predictions_are_those_of_the_model(model: Path) -> None:
    service = Service.open(parse_all([str(model)]), ServiceConfig())
    with TestClient(make_app(service)) as client:
        answer = client.post("/v1/predict", json={"texts": ["good a", "bad"]})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["model"] == "toy"
        expected = [one.to_json() for one in load(model).predictions(["good a", "bad"])]
        assert found["predictions"] == expected
        assert client.get("/v1/models").json()["models"][0]["version"] == "1"
        assert client.get("/nothing").json()["code"] == "not_found"
        assert client.post("/v1/predict", json={"text": 1}).status_code == 422
        assert "Tenor" in client.get("/").text
