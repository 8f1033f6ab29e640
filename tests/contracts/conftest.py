"""Every encoder, in each direction it has, with every pooling."""

from dataclasses import replace

import numpy as np
import pytest
from small import CLASSES, SMALL, VOCABULARY

from tenor.config.network import NetworkConfig
from tenor.nn.build import ENCODERS, build
from tenor.nn.classifier import Classifier
from tenor.nn.pooling import POOLINGS
from tenor.text.tokens import Tokens


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "network" in metafunc.fixturenames:
        networks = [
            replace(SMALL, encoder=encoder, bidirectional=both, pooling=pooling)
            for encoder in ENCODERS
            for both in (False, True)
            for pooling in POOLINGS
        ]
        names = [f"{'bi' if n.bidirectional else ''}{n.encoder}-{n.pooling}" for n in networks]
        metafunc.parametrize("network", networks, ids=names)


@pytest.fixture
def module(network: NetworkConfig) -> Classifier:
    return build(network, vocabulary_size=VOCABULARY, classes=CLASSES).eval()


@pytest.fixture
def tokens() -> Tokens:
    """Texts of 1 to 12 tokens, in no order of length."""
    generator = np.random.default_rng(7)
    return Tokens.of([generator.integers(1, VOCABULARY, n).tolist() for n in (5, 1, 12, 3, 8, 1, 7, 12)])
