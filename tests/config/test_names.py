"""[bi]encoder[-pooling], there and back."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.config.names import apply_name, name_of
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig, PoolingName
from tenor.errors import ConfigError

POOLINGS = ["last", "mean", "max", "mean-max", "attention", "dot-attention"]


def test_the_encoders_known_here_are_those_there_are() -> None:
    from tenor.nn import pooling
    from tenor.nn.build import ENCODERS

    assert list(HAS_DIRECTIONS) == list(ENCODERS)
    assert list(get_args(PoolingName)) == list(pooling.POOLINGS) == POOLINGS


def test_encoders_with_directions_are_those_that_read_otherwise_with_two() -> None:
    from small import SMALL, classifier

    for encoder, has_directions in HAS_DIRECTIONS.items():
        one, two = (
            classifier(replace(SMALL, encoder=encoder, bidirectional=both)).state_dict()
            for both in (False, True)
        )
        shapes = [{name: tensor.shape for name, tensor in tensors.items()} for tensors in (one, two)]
        assert (shapes[0] != shapes[1]) == has_directions


@given(encoder=st.sampled_from(["rnn", "lstm", "gru"]), both=st.booleans(), pooling=st.sampled_from(POOLINGS))
def test_names_go_there_and_back(encoder: str, both: bool, pooling: str) -> None:
    name = f"{'bi' if both else ''}{encoder}-{pooling}"
    network = apply_name(NetworkConfig(), name)
    assert (network.encoder, network.bidirectional, network.pooling) == (encoder, both, pooling)
    assert name_of(network) == name


def test_a_name_without_pooling_keeps_it() -> None:
    assert apply_name(NetworkConfig(pooling="max"), "gru").pooling == "max"


@pytest.mark.parametrize("encoder", ["bag", "cnn", "transformer"])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_encoders_without_directions_have_one_name(encoder: str, pooling: str) -> None:
    network = apply_name(NetworkConfig(), f"{encoder}-{pooling}")
    assert (network.encoder, network.pooling) == (encoder, pooling)
    for both in (False, True):
        assert name_of(replace(network, bidirectional=both)) == f"{encoder}-{pooling}"
    with pytest.raises(ConfigError, match=rf"{encoder} reads in none; write {encoder}-{pooling}; .*bilstm"):
        apply_name(NetworkConfig(), f"bi{encoder}-{pooling}")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("lstn", "lstm"), ("bilsmt-max", "bilstm"), ("ccn", "cnn"), ("transfomer", "transformer")],
)
def test_an_unknown_encoder_is_refused_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=rf"unknown encoder .*rnn, lstm, .*did you mean {meant}\?"):
        apply_name(NetworkConfig(), name)


def test_a_name_like_no_other_is_refused_without_a_guess() -> None:
    with pytest.raises(ConfigError, match=r"unknown encoder 'qqq'; there are [a-z, ]+$"):
        apply_name(NetworkConfig(), "qqq")


@pytest.mark.parametrize("name", ["", "bi", "lstm-", "lstm-median", "-mean"])
def test_other_forms_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="encoder"):
        apply_name(NetworkConfig(), name)
