"""Thousands of requests made up from the OpenAPI document of a service: none may get a 5xx but 503.

    python benchmarks/fuzzing.py        some 10 minutes

The service runs in this process, with two tiny models with random weights: a minGRU, which streams, and a
bidirectional LSTM. Each operation gets so many requests that fit the document and as many that do not, half of
them to a model that is there, and half with a made-up name. What they hold is drawn by schemathesis from a
fixed seed. Each answer must have a status and a body that the document has.
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
from tenor.model import Model
from tenor.service.service import Service
from tenor.service.sources import Source
from tenor.text.pipeline import TextPipeline

CASES, QUICK = 400, 3  # of each operation, of each kind
MODELS = {"talk": "mingru-max", "whole": "bilstm-attention"}
TEXTS = ["a good film and a long one", "a bad film, and not a short one", "so dull", "so bright & quick"]
GENERATED = ("positive", "negative")


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
    return Service.open([Source(name, folder / name) for name in MODELS], ServiceConfig())


def fuzz(service: Service, cases: int) -> dict[str, Any]:
    """Send the requests; return how many there were of each operation, and what they got."""
    import hypothesis
    import schemathesis
    from schemathesis.python.asgi import shutdown_lifespans

    from tenor.service.app import make_app

    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    app = make_app(service)
    document = schemathesis.openapi.from_asgi("/openapi.json", app)
    try:
        for path, method in operations(app.openapi()):
            for mode, names in product(GENERATED, names_in(path)):
                given = document[path][method].as_strategy(
                    schemathesis.GenerationMode(mode), **({"path_parameters": names} if names else {})
                )
                found = statuses[f"{method.upper()} {path}"]

                @hypothesis.seed(0)
                @hypothesis.settings(
                    max_examples=cases,
                    deadline=None,
                    database=None,
                    phases=[hypothesis.Phase.generate],
                    suppress_health_check=list(hypothesis.HealthCheck),
                )
                @hypothesis.given(case=given)
                def ask(case: Any, found: Counter[str] = found) -> None:
                    answer = case.call()
                    found[str(answer.status_code)] += 1
                    wrong.extend(_wrong(case, answer))

                try:
                    ask()
                except hypothesis.errors.Unsatisfiable:
                    pass  # nothing about this operation can be invalid
    finally:
        shutdown_lifespans()
    return {
        "cases": sum(sum(counts.values()) for counts in statuses.values()),
        "operations": {name: dict(sorted(counts.items())) for name, counts in statuses.items()},
        "statuses": dict(sorted(sum(statuses.values(), Counter()).items())),
        "server_errors": sum(
            count
            for counts in statuses.values()
            for status, count in counts.items()
            if status >= "500" and status != "503"
        ),
        "not_as_documented": sorted(set(wrong)),
    }


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and method of everything in the document."""
    for path, methods in document["paths"].items():
        for method in methods:
            yield path, method


def names_in(path: str) -> list[dict[str, str]]:
    """Return the names of a model to fill in: those of one that is there, and none, so that they are made up."""
    names = {"model_name": "talk", "model_version": "1"}
    found = {name: value for name, value in names.items() if f"{{{name}}}" in path}
    return [found, {}] if found else [{}]


def _wrong(case: Any, answer: Any) -> Iterator[str]:
    """Yield what an answer has that the document has not."""
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [content_type_conformance, response_schema_conformance, status_code_conformance]
    try:
        case.validate_response(answer, checks=checks)
    except (Failure, FailureGroup) as error:
        yield f"{case.method} {case.path}: {answer.status_code}: {type(error).__name__}"


def main() -> None:
    """Ask, print, write the JSON."""
    options: argparse.Namespace = record.parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(served(Path(folder)), QUICK if options.quick else CASES)
    for name, counts in found["operations"].items():
        print(f"{name:70}" + "  ".join(f"{status}: {count:,}" for status, count in counts.items()))
    print(
        f"{found['cases']:,} requests, {found['server_errors']} answered with 5xx other than 503, "
        f"{len(found['not_as_documented'])} kinds of answers not as documented"
    )
    for line in found["not_as_documented"]:
        print(line)
    record.write("fuzzing", found, record.target(options))


if __name__ == "__main__":
    main()
