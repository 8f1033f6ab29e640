"""Thousands of requests made up from the OpenAPI document of a service: none may get a 5xx but 503.

    python benchmarks/fuzzing.py        some 10 minutes

The service runs in this process, with two tiny models with random weights: a minGRU, which streams, and a
bidirectional LSTM. Each operation gets so many requests that fit the document and, where there is a body, as
many that do not; paths that name a model get them for one that is there, and again with made-up names. What
they hold is drawn by schemathesis from a fixed seed. Each answer must have a status and a body that the
document has.
"""

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import record

from tenor.config.classification import ClassificationConfig
from tenor.config.names import apply_name
from tenor.config.network import MinGRUConfig, NetworkConfig, RecurrentConfig
from tenor.config.service import ServiceConfig
from tenor.config.text import TextConfig
from tenor.inference.predictor import load
from tenor.model import Model
from tenor.service.service import Service
from tenor.service.sources import Source
from tenor.text.pipeline import TextPipeline

CASES, QUICK = 400, 3  # of each operation, of each kind
ADDRESS = "http://localhost"
MODELS = {"talk": "mingru-max", "whole": "bilstm-attention"}
TEXTS = ["a good film and a long one", "a bad film, and not a short one", "so dull", "so bright & quick"]


def model(name: str) -> Model:
    """Return a tiny model with random weights."""
    from tenor.nn.build import build, to_arrays

    small = NetworkConfig(
        embedding_size=8, recurrent=RecurrentConfig(hidden_size=8), mingru=MinGRUConfig(hidden_size=8)
    )
    network = apply_name(small, name)
    if name.startswith("mingru"):
        network = replace(network, bidirectional=False)
    pipeline = TextPipeline.build(TEXTS, replace(TextConfig(), min_count=1))
    made = build(network, vocabulary_size=len(pipeline.vocabulary), classes=2)
    config = replace(ClassificationConfig(), network=network)
    return Model(pipeline, ("negative", "positive"), config, to_arrays(made))


def served(folder: Path) -> Service:
    """Save the models and serve them."""
    for name, network in MODELS.items():
        model(network).save(folder / name)
    return Service.open([Source(name, folder / name) for name in MODELS], ServiceConfig(), load=load)


def fuzz(service: Service, cases: int) -> dict[str, Any]:
    """Send the requests; return how many there were of each operation, and what they got."""
    import schemathesis
    from starlette.testclient import TestClient

    from tenor.service.app import make_app

    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: dict[str, str] = {}
    app = make_app(service)
    document = schemathesis.openapi.from_dict(app.openapi())
    with TestClient(app, ADDRESS, raise_server_exceptions=False) as client:
        for path, method in operations(app.openapi()):
            for mode, names in product(modes(method), names_in(path)):
                given = document[path][method].as_strategy(
                    schemathesis.GenerationMode(mode), path_parameters=names or None
                )
                for case, answer in asked(client, given, cases):
                    statuses[f"{method.upper()} {path}"][str(answer.status_code)] += 1
                    for what in faults(case, answer, mode):
                        wrong.setdefault(f"{case.method} {case.path}: {what}", case.as_curl_command())
    return {
        "requests": sum(counts.total() for counts in statuses.values()),
        "operations": {name: dict(sorted(counts.items())) for name, counts in statuses.items()},
        "statuses": dict(sorted(sum(statuses.values(), Counter()).items())),
        "wrong": wrong,
    }


def asked(client: Any, given: Any, cases: int) -> list[tuple[Any, Any]]:
    """Draw requests and send them; return them with their responses."""
    import hypothesis

    found: list[tuple[Any, Any]] = []

    @hypothesis.seed(0)
    @hypothesis.settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=given)
    def ask(case: Any) -> None:
        found.append((case, sent(client, case)))

    ask()
    return found


def sent(client: Any, case: Any) -> Any:
    """Send a request; return the response."""
    from requests import Request

    made = Request(**case.as_transport_kwargs(base_url=ADDRESS)).prepare()
    return client.request(made.method, made.url, content=made.body, headers=dict(made.headers))


def faults(case: Any, answer: Any, mode: str) -> Iterator[str]:
    """Yield what an answer should not be."""
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    status = answer.status_code
    if status >= 500 and status != 503:
        yield f"an error of ours, {status}"
    if mode == "negative" and status < 400:
        yield f"{status} for a request that does not fit the document"
    # A status that is only covered by "default" counts as not documented.
    if str(status) not in case.operation.definition.raw["responses"]:
        yield f"{status} is not in the document"
    checks = (content_type_conformance, response_schema_conformance, status_code_conformance)
    try:
        case.validate_response(answer, checks=checks)
    except FailureGroup as error:
        for failure in error.exceptions:
            yield f"{status}: {type(failure).__name__}"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and method of everything in the document."""
    for path, methods in document["paths"].items():
        for method in methods:
            yield path, method


def names_in(path: str) -> list[dict[str, str]]:
    """Return the names to fill in: those of a model that is there, and none, so that they are made up."""
    names = {"model_name": "talk", "model_version": "1"}
    found = {name: value for name, value in names.items() if f"{{{name}}}" in path}
    return [found, {}] if found else [{}]


def modes(method: str) -> list[str]:
    """Return which requests there are: where there is no body, nothing can be invalid."""
    return ["positive", "negative"] if method == "post" else ["positive"]


def main() -> None:
    """Ask, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(served(Path(folder)), QUICK if options.quick else CASES)
    for name, counts in found["operations"].items():
        print(f"{name:70}" + "  ".join(f"{status}: {count:,}" for status, count in counts.items()))
    counts = "  ".join(f"{status}: {count:,}" for status, count in found["statuses"].items())
    print(f"{found['requests']:,} requests  {counts}")
    for what, command in found["wrong"].items():
        print(f"wrong: {what}\n  {command}")
    record.write("fuzzing", found, record.target(options))
    raise SystemExit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()
