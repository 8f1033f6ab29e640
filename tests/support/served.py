"""Services of models that were never saved, and a client for them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import explained
from small import SMALL, classifier
from starlette.testclient import TestClient

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Predictor
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import Source

# What a text can be; the words are those of `explained`.
ODD = {
    "empty": "",
    "blank": " \n\t",
    "unknown": "zzz",
    "emoji": "a \U0001f600\U0001f44d\U0001f3fd b",
    "right to left": "\u05d8\u05d5\u05d1 a \u0637\u064a\u0628",
    "html": "<script>alert('b')</script> & a",
    "zero": "a\x00b",
    "open tag": "<b and on",
    "long": "a b c " * 500,
    "one word": "a" * 20_000,
}


def predictor(encoder: str = "mingru", **changes: object) -> Predictor:
    """A tiny network with random weights, by default one that reads one way and needs no torch."""
    network = replace(SMALL, **{"encoder": encoder, "bidirectional": False, "pooling": "max", **changes})
    return explained.predictor(classifier(network), network)


def service(
    folder: Path, predictors: Mapping[str, Predictor], *, key: str | None = None, **settings: object
) -> Service:
    """Serve predictors by their names; each stands for a file, and is replaced when that is written to."""
    for name in predictors:
        (folder / name).touch()
    sources = [Source(name, folder / name) for name in predictors]
    config = ServiceConfig(**settings)
    return Service.open(sources, config, key=key, load=lambda path: predictors[path.name])


@contextmanager
def serving(made: Service) -> Iterator[TestClient]:
    """Give a client of the application."""
    with TestClient(make_app(made), headers={"Host": "localhost"}) as client:
        yield client
