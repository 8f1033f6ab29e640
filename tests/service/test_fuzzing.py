"""Requests made up from the OpenAPI document: none breaks the service, and the document is true."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tenor.service.app import make_app
from tenor.service.service import Service

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CASES = 12  # of each operation, of each kind; the benchmark has thousands


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("fuzzing")


@pytest.fixture(scope="module")
def service(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Service:
    return script.served(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def found(script: ModuleType, service: Service) -> Any:
    return script.fuzz(service, CASES)


def test_no_request_breaks_the_service_and_the_document_is_true(found: Any) -> None:
    assert found["wrong"] == {}


def test_every_path_was_asked_and_answered(found: Any, service: Service) -> None:
    asked = found["operations"]
    paths = make_app(service).openapi()["paths"]
    assert set(asked) == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {name for name, statuses in asked.items() if "200" not in statuses} == set()
    for name, statuses in asked.items():
        if name.startswith("POST"):
            assert any(status.startswith("4") for status in statuses)


def test_the_document_says_what_each_path_is_for(service: Service) -> None:
    for methods in make_app(service).openapi()["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"].endswith((".", ".\n"))


def test_the_script_says_what_it_found(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = {
        "requests": 3,
        "operations": {"GET /v2": {"200": 2, "500": 1}},
        "statuses": {"200": 2, "500": 1},
        "wrong": {"GET /v2: an error of ours, 500": "curl ..."},
    }
    monkeypatch.setattr(script, "fuzz", lambda *_: made)
    monkeypatch.setattr("sys.argv", ["fuzzing.py", "--quick", "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 1
    assert "wrong: GET /v2: an error of ours, 500" in capsys.readouterr().out
    assert (tmp_path / "fuzzing.json").exists()
