"""[bi]encoder[-pooling], there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.config.names import apply_name, name_of
from tenor.config.network import NetworkConfig
from tenor.errors import ConfigError

POOLINGS = ["last", "mean", "max", "mean-max", "attention"]


@given(encoder=st.sampled_from(["rnn", "lstm", "gru"]), both=st.booleans(), pooling=st.sampled_from(POOLINGS))
def test_names_go_there_and_back(encoder: str, both: bool, pooling: str) -> None:
    name = f"{'bi' if both else ''}{encoder}-{pooling}"
    network = apply_name(NetworkConfig(), name)
    assert (network.encoder, network.bidirectional, network.pooling) == (encoder, both, pooling)
    assert name_of(network) == name


def test_a_name_without_pooling_keeps_it() -> None:
    assert apply_name(NetworkConfig(pooling="max"), "gru").pooling == "max"


@pytest.mark.parametrize("name", ["", "lstm-", "lstm-median", "-mean"])
def test_other_forms_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="encoder"):
        apply_name(NetworkConfig(), name)
