"""Requests made up from the OpenAPI document: none breaks the service, and the document is true."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import served
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tenor.service.app import make_app

CASES = 12  # of each operation, valid ones and invalid ones each; benchmarks/fuzzing.py has thousands
CHECKS = (content_type_conformance, response_schema_conformance, status_code_conformance)
NAMES = {"model_name": "m", "model_version": "1"}  # as a rule; made up, they are there by chance only

OPERATIONS = [
    ("/v1/explain", "post"),
    ("/v1/models", "get"),
    ("/v1/predict", "post"),
    ("/v2", "get"),
    ("/v2/health/live", "get"),
    ("/v2/health/ready", "get"),
    ("/v2/models/{model_name}", "get"),
    ("/v2/models/{model_name}/infer", "post"),
    ("/v2/models/{model_name}/ready", "get"),
    ("/v2/models/{model_name}/versions/{model_version}", "get"),
    ("/v2/models/{model_name}/versions/{model_version}/infer", "post"),
    ("/v2/models/{model_name}/versions/{model_version}/ready", "get"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder: Path = tmp_path_factory.mktemp("models")
    return make_app(served.service(folder, {"m": served.predictor()}))


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Iterator[Any]:
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    shutdown_lifespans()


def test_all_paths_are_asked(app: FastAPI) -> None:
    found = [(path, method) for path, methods in app.openapi()["paths"].items() for method in methods]
    assert sorted(found) == sorted([*OPERATIONS, ("/metrics", "get")])


@pytest.mark.parametrize("named", [True, False], ids=["there", "made up"])
@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_breaks_the_service(document: Any, path: str, method: str, mode: str, named: bool) -> None:
    operation = document[path][method]
    names = {name: value for name, value in NAMES.items() if f"{{{name}}}" in path}
    if not names and not named:
        pytest.skip("the path has no names")
    if mode == "negative" and method == "get":
        pytest.skip("there is nothing that could be invalid")
    cases = operation.as_strategy(
        schemathesis.GenerationMode(mode), **({"path_parameters": names} if named and names else {})
    )

    @hypothesis.seed(0)
    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: Any) -> None:
        answer = case.call()
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        if mode == "negative":
            assert answer.status_code >= 400
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_the_document_says_what_each_path_can_answer(app: FastAPI) -> None:
    for path, method in OPERATIONS:
        said = app.openapi()["paths"][path][method]
        assert said["summary"]
        assert said["description"]
        for status, answer in said["responses"].items():
            schema = answer["content"]["application/json"]["schema"]
            if status != "200":
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)
