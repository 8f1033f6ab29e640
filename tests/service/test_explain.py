"""POST /v1/explain."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import served
from starlette.testclient import TestClient

from tenor.config.network import HAS_DIRECTIONS
from tenor.explain.attribution import attribute
from tenor.explain.trajectory import trajectory
from tenor.service.routes import explain
from tenor.service.routes.explain import ExplainResponse

TEXT = "a b, the <b>c</b> d"
PREDICTORS = {name: served.predictor(name, bidirectional=True) for name in HAS_DIRECTIONS}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served.serving(served.service(tmp_path_factory.mktemp("models"), PREDICTORS)) as made:
        yield made


@pytest.mark.parametrize("encoder", PREDICTORS)
def test_it_is_what_the_functions_give_for_every_encoder(client: TestClient, encoder: str) -> None:
    answer = client.post("/v1/explain", json={"text": TEXT, "model": encoder})
    assert answer.status_code == 200, answer.text
    found, predictor = answer.json(), PREDICTORS[encoder]
    assert found["trajectory"] == json.loads(json.dumps(trajectory(predictor, TEXT).to_json()))
    assert found["attribution"] == json.loads(json.dumps(attribute(predictor, TEXT).to_json()))
    (prediction,) = predictor.predictions([TEXT])
    assert found["prediction"] == prediction.to_json()
    assert (found["model"], found["version"], found["note"]) == (encoder, "1", None)
    ExplainResponse.model_validate_json(answer.content, strict=True, extra="forbid")


@pytest.mark.parametrize("text", served.ODD.values(), ids=served.ODD)
def test_any_text_is_explained(client: TestClient, text: str) -> None:
    answer = client.post("/v1/explain", json={"text": text, "model": "mingru"})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.json()["trajectory"]["text"] == text


def test_a_method_and_a_class_can_be_asked_for(client: TestClient) -> None:
    asked = {"text": TEXT, "model": "mingru", "method": "phrase-occlusion", "label": "2"}
    found = client.post("/v1/explain", json=asked).json()["attribution"]
    assert (found["method"], found["label"]) == ("phrase-occlusion", "2")


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"label": "9"}, 422, "0, 1, 2"),
        ({"method": "attention"}, 422, "attention"),
        ({"method": "magic"}, 422, "occlusion"),
        ({"model": "nothing"}, 404, "mingru"),
        ({"version": "7"}, 404, "1"),
        ({"text": "a" * 100_001}, 413, "100,000"),
        ({"texts": ["a"]}, 422, "texts"),
    ],
)
def test_what_is_wrong_is_said(client: TestClient, asked: dict[str, str], status: int, said: str) -> None:
    answer = client.post("/v1/explain", json={"text": TEXT, "model": "mingru", **asked})
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_without_what_the_default_method_needs_another_stands_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    found = client.post("/v1/explain", json={"text": TEXT, "model": "lstm"}).json()
    assert found["attribution"]["method"] == "occlusion"
    assert "captum" in found["note"]
    asked = {"text": TEXT, "model": "lstm", "method": "integrated-gradients"}
    answer = client.post("/v1/explain", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_available")


def test_one_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = served.service(tmp_path, {"m": PREDICTORS["mingru"]}, request_seconds=0.3)
    let_go = threading.Event()
    with served.serving(made) as client:
        with monkeypatch.context() as patch:
            patch.setattr(explain, "explain", lambda *_: let_go.wait())
            answer = client.post("/v1/explain", json={"text": TEXT})
            assert (answer.status_code, answer.json()["code"]) == (504, "timeout")
        let_go.set()
        for _ in range(200):  # as soon as the thread is free again
            answer = client.post("/v1/explain", json={"text": TEXT})
            if answer.status_code == 200:
                break
        assert answer.status_code == 200


def test_few_may_wait_and_predictions_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = served.service(tmp_path, {"m": PREDICTORS["mingru"]}, queue_tasks=1)
    let_go = threading.Event()
    explained = explain.explain
    monkeypatch.setattr(explain, "explain", lambda *asked: let_go.wait() and explained(*asked))
    with served.serving(made) as client, ThreadPoolExecutor(2) as clients:
        try:
            first = [clients.submit(client.post, "/v1/explain", json={"text": TEXT}) for _ in range(2)]
            while made.background._present < 2:
                time.sleep(0.01)
            refused = client.post("/v1/explain", json={"text": TEXT})
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert int(refused.headers["retry-after"]) >= 1
            assert client.post("/v1/predict", json={"text": TEXT}).status_code == 200
        finally:
            let_go.set()
        assert [one.result().status_code for one in first] == [200, 200]
        assert client.post("/v1/explain", json={"text": TEXT}).status_code == 200
