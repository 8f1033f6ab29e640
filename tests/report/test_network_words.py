from dataclasses import asdict, replace
from typing import get_args

import pytest

from tenor.config.network import HAS_DIRECTIONS, BagConfig, NetworkConfig, PoolingName
from tenor.report.network_words import _ENCODERS, network_sentence, parts_words


def said(config: NetworkConfig, vocabulary: int = 1000, classes: int = 2) -> str:
    return network_sentence(asdict(config), vocabulary=vocabulary, classes=classes)


def test_every_encoder_and_every_pooling_has_words() -> None:
    assert set(_ENCODERS) == set(HAS_DIRECTIONS)
    sentences = {said(NetworkConfig(encoder=encoder)) for encoder in HAS_DIRECTIONS}
    assert len(sentences) == len(HAS_DIRECTIONS)
    poolings = {said(NetworkConfig(pooling=pooling)) for pooling in get_args(PoolingName)}
    assert len(poolings) == len(get_args(PoolingName))
    assert not any(f": {pooling}." in one for one in poolings for pooling in get_args(PoolingName))


@pytest.mark.parametrize(("both", "expected"), [(True, "in both directions"), (False, "from left to right")])
def test_directions_and_sizes(both: bool, expected: str) -> None:
    found = said(NetworkConfig(encoder="gru", bidirectional=both, hidden=30), vocabulary=1234, classes=5)
    for part in (expected, "1,234 entries", "1 layer of 128 units", "30 units", "5 classes"):
        assert part in found


def test_what_an_encoder_has_beside() -> None:
    config = NetworkConfig(encoder="bag", bag=BagConfig(ngrams=3))
    assert "n-grams of up to 3" in said(config)
    assert "log-count ratios" in said(replace(config, ratios=replace(config.ratios, use=True)))


NETWORKS = {"kind": "network", "count": 3, "weight": 1.0, "parameters": 9}
NGRAMS = {"kind": "n-grams", "count": 1200, "weight": 0.431, "parameters": 9}


def test_what_a_model_is_the_sum_of() -> None:
    alone = {**NETWORKS, "count": 1}
    assert parts_words([alone]) == ""
    assert parts_words([NETWORKS]) == "the mean of 3 networks"
    linear = "plus 0.43 times a linear model of 1,200 n-grams"
    assert parts_words([alone, NGRAMS], {"reason": None}) == f"the network, {linear}"
    weak, default = {**NETWORKS, "weight": 0.5}, {"reason": "too few texts"}
    said = f"0.50 times the mean of 3 networks, {linear} (the default weight: too few texts)"
    assert parts_words([weak, NGRAMS], default) == said
