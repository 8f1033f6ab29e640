"""Every encoder, in each direction it has, with every pooling."""

from dataclasses import replace

import numpy as np
import pytest
from small import SMALL, VOCABULARY, classifier

from tenor.config.names import name_of
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig
from tenor.nn.build import ENCODERS
from tenor.nn.classifier import Classifier
from tenor.nn.pooling import POOLINGS
from tenor.text.tokens import Tokens


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "network" in metafunc.fixturenames:
        networks = [
            replace(SMALL, encoder=encoder, bidirectional=both, pooling=pooling)
            for encoder in ENCODERS
            for both in ((False, True) if HAS_DIRECTIONS[encoder] else (False,))
            for pooling in POOLINGS
        ]
        metafunc.parametrize("network", networks, ids=map(name_of, networks))


@pytest.fixture
def module(network: NetworkConfig) -> Classifier:
    return classifier(network)


@pytest.fixture
def tokens() -> Tokens:
    """Texts of 1 to 12 tokens, in no order of length."""
    generator = np.random.default_rng(7)
    return Tokens.of([generator.integers(1, VOCABULARY, n).tolist() for n in (5, 1, 12, 3, 8, 1, 7, 12)])
