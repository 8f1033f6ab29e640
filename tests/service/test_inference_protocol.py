"""The Open Inference Protocol, version 2."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import served
from starlette.testclient import TestClient

from tenor import __version__
from tenor.service.service import Service

MODEL = served.predictor()
TEXTS = ["a b", "", "c <b>d</b> 😀"]
PATHS = ["/v2/models/m", "/v2/models/m/versions/1"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return served.service(tmp_path_factory.mktemp("models"), {"m": MODEL, "other": served.predictor("bag")})


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    with served.serving(service) as made:
        yield made


def tensor(texts: Any = TEXTS, **changes: object) -> dict[str, object]:
    return {"name": "text", "shape": [len(texts)], "datatype": "BYTES", "data": texts, **changes}


def outputs(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["outputs"]}


def test_the_server_says_what_it_is(client: TestClient) -> None:
    expected = {"name": "tenor", "version": __version__, "extensions": []}
    assert client.get("/v2").json() == client.get("/v2/").json() == expected


def test_it_is_live_and_ready(client: TestClient) -> None:
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json()["ready"] is True


def test_it_is_not_ready_while_it_stops(tmp_path: Path) -> None:
    made = served.service(tmp_path, {"m": MODEL})
    with served.serving(made) as client:
        made.stopping.set()
        assert client.get("/v2/health/live").status_code == 200
        for path in ("/v2/health/ready", "/v2/models/m/ready", "/v2/models/m/versions/1/ready"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "stopping")


@pytest.mark.parametrize("path", PATHS)
def test_a_model_is_ready_and_described(client: TestClient, path: str) -> None:
    assert client.get(f"{path}/ready").json() == {"name": "m", "ready": True}
    found = client.get(path).json()
    assert (found["name"], found["versions"]) == ("m", ["1"])
    assert found["platform"].startswith("tenor_")
    assert found["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
    label, probabilities = found["outputs"]
    assert label == {"name": "label", "datatype": "BYTES", "shape": [-1]}
    assert (probabilities["datatype"], probabilities["shape"]) == ("FP64", [-1, 3])
    assert probabilities["parameters"] == {"classes": list(MODEL.classes)}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("nested", [False, True])
def test_texts_are_judged(client: TestClient, path: str, nested: bool) -> None:
    given = tensor([[text] for text in TEXTS], shape=[3, 1]) if nested else tensor()
    answer = client.post(f"{path}/infer", json={"inputs": [given]})
    found = outputs(answer)
    assert answer.json()["model_name"], answer.json()["model_version"] == ("m", "1")
    assert list(found) == ["label", "probabilities"]
    assert found["label"] == {
        "name": "label",
        "shape": [3],
        "datatype": "BYTES",
        "data": MODEL.predict(TEXTS),
    }
    assert (found["probabilities"]["shape"], found["probabilities"]["datatype"]) == ([3, 3], "FP64")
    expected = MODEL.predict_proba(TEXTS).ravel().tolist()
    assert found["probabilities"]["data"] == pytest.approx(expected, abs=1e-6)


def test_a_column_may_be_flat(client: TestClient) -> None:
    found = outputs(client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor(shape=[3, 1])]}))
    assert found["label"]["data"] == MODEL.predict(TEXTS)


def test_no_texts_have_no_predictions(client: TestClient) -> None:
    found = outputs(client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor([])]}))
    assert (found["label"]["shape"], found["label"]["data"]) == ([0], [])
    assert (found["probabilities"]["shape"], found["probabilities"]["data"]) == ([0, 3], [])


def test_the_id_comes_back_if_there_is_one(client: TestClient) -> None:
    asked: dict[str, object] = {"inputs": [tensor()]}
    assert "id" not in client.post(f"{PATHS[0]}/infer", json=asked).json()
    for number in ("42", "", "\ud800 \0 é 😀"):
        body = json.dumps({**asked, "id": number})
        answer = client.post(f"{PATHS[0]}/infer", content=body, headers={"Content-Type": "application/json"})
        assert answer.json()["id"] == number


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (["probabilities"], ["probabilities"]),
        (["probabilities", "label"], ["probabilities", "label"]),
        (["label", "label"], ["label"]),
        ([], ["label", "probabilities"]),
        (None, ["label", "probabilities"]),
    ],
)
def test_the_outputs_are_those_that_are_wanted(
    client: TestClient, wanted: list[str] | None, given: list[str]
) -> None:
    named = (
        None if wanted is None else [{"name": name, "parameters": {"binary_data": False}} for name in wanted]
    )
    asked = {"inputs": [tensor()], "outputs": named}
    assert list(outputs(client.post(f"{PATHS[0]}/infer", json=asked))) == given


def test_parameters_are_taken_and_change_nothing(client: TestClient) -> None:
    parameters = {"content_type": "str", "priority": 3, "nested": {"a": [True, None, "é"]}}
    asked = {"inputs": [tensor(parameters=parameters)], "parameters": parameters}
    plain = client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor()]}).json()
    assert client.post(f"{PATHS[0]}/infer", json=asked).json() == plain


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"inputs": [tensor(name="words")]}, "'text'"),
        ({"inputs": [tensor(datatype="FP32")]}, "'BYTES'"),
        ({"inputs": [tensor(shape=[2])]}, "3 texts"),
        ({"inputs": [tensor(shape=[3, 2])]}, "[N, 1]"),
        ({"inputs": [tensor(shape=[1, 3])]}, "[N, 1]"),
        ({"inputs": [tensor(shape=[-3])]}, "shape"),
        ({"inputs": [tensor(shape=[3.0])]}, "shape"),
        ({"inputs": [tensor(shape=[])]}, "shape"),
        ({"inputs": [tensor(shape=[10**30])]}, "3 texts"),
        ({"inputs": [tensor([1, 2])]}, "data"),
        ({"inputs": [tensor([["a"], ["b"]])]}, "[N, 1]"),
        ({"inputs": [tensor([["a"], "b"], shape=[2, 1])]}, "[N, 1]"),
        ({"inputs": [tensor([["a", "b"]], shape=[1, 1])]}, "data"),
        ({"inputs": [tensor(), tensor()]}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({}, "inputs"),
        ({"inputs": [tensor()], "outputs": [{"name": "logits"}]}, "'probabilities'"),
        ({"inputs": [tensor()], "ouputs": []}, "ouputs"),
        ({"inputs": [tensor()], "id": 7}, "id"),
        ({"inputs": [tensor()], "outputs": [{"name": "label"}] * 9}, "outputs"),
        ([], "object"),
    ],
)
def test_what_is_wrong_gets_400_and_what_is_allowed(client: TestClient, asked: object, said: str) -> None:
    answer = client.post(f"{PATHS[0]}/infer", json=asked)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["/v2/models/nothing", "/v2/models/m/versions/9", "/v2/models/nothing/versions/1"]
)
def test_what_is_not_there_gets_404(client: TestClient, path: str) -> None:
    asked = {"inputs": [tensor()]}
    for answer in (client.get(path), client.get(f"{path}/ready"), client.post(f"{path}/infer", json=asked)):
        assert answer.status_code == 404
        assert answer.json()["code"] in {"unknown_model", "unknown_version"}


def test_the_limits_are_those_of_every_request(client: TestClient) -> None:
    assert client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor(["a"] * 1025)]}).status_code == 413
    assert client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor(["a" * 100_001])]}).status_code == 413


def test_it_goes_through_the_batcher(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    batcher, seen = service.registry.get("m").batcher, []
    predictions = batcher.predictions

    async def watched(texts: list[str]) -> Any:
        seen.append(list(texts))
        return await predictions(texts)

    monkeypatch.setattr(batcher, "predictions", watched)
    client.post(f"{PATHS[0]}/infer", json={"inputs": [tensor()]})
    assert seen == [TEXTS]
