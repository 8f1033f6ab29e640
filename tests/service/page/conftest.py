"""A Chromium, tiny models behind a service, and its page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import explained
import pytest
import small
import torch
import toy
from browsing import Complaints, Running, chromium, running, serve, that

from tenor.experiments.classification import fit
from tenor.inference.predictor import Predictor, load

THREE = ("negative", "neutral", "positive")


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models: "talk" reads on, "whole" reads whole texts, "three" has three classes."""
    path = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    learned = {"embedding_dropout": 0.0, "word_dropout": 0.0, "recurrent": {"hidden_size": 5, "dropout": 0.0}}
    for name, bidirectional in (("talk", False), ("whole", True)):
        network = {**learned, "encoder": "lstm", "bidirectional": bidirectional}
        training = {"epochs": 8, "learning_rate": 0.05}
        config = toy.config(network=network, training=training, text={"max_length": None})
        fit(toy.dataset(train=160), config).model.save(path / name)
    network = replace(small.SMALL, encoder="mingru", bidirectional=False, pooling="max")
    module = small.classifier(network)
    for parameter in module.parameters():
        parameter.data *= 6  # so that words matter
    replace(explained.predictor(module, network).model, classes=THREE).save(path / "three")
    return path


@pytest.fixture(scope="package")
def predictors(folder: Path) -> dict[str, Predictor]:
    return {name: load(folder / name) for name in ("talk", "whole", "three")}


@pytest.fixture(scope="package")
def service(folder: Path) -> Iterator[Running]:
    with running(lambda: serve(folder, "talk", "whole", "three")) as found:
        yield found


@pytest.fixture(scope="module")  # Playwright's event loop must have ended before other tests make theirs
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(browser: Any, service: Running, complaints: Complaints) -> Iterator[Any]:
    """The page of `service`, which must not have complained in the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = context.new_page()
    complaints.watch(found)
    found.goto(service.address)
    that(found.locator(".reading")).to_have_count(1)
    yield found
    context.close()
    assert complaints == []
