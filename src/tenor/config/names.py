"""Model names of the command line: [bi]encoder[-pooling], as in lstm, bigru-mean, bilstm-attention."""

from dataclasses import replace
from typing import cast, get_args

from tenor.config.network import NetworkConfig, PoolingName
from tenor.errors import ConfigError

_POOLINGS: tuple[str, ...] = get_args(PoolingName)


def apply_name(config: NetworkConfig, name: str) -> NetworkConfig:
    """Return `config` with the encoder and directions of `name`, and its pooling if it names one."""
    encoder, dash, pooling = name.partition("-")
    if not encoder or (dash and pooling not in _POOLINGS):
        raise ConfigError(
            f"model name {name!r} is not of the form [bi]encoder[-pooling], such as lstm or bigru-mean; "
            f"poolings are {', '.join(_POOLINGS)}"
        )
    bidirectional = encoder.startswith("bi")
    return replace(
        config,
        encoder=encoder.removeprefix("bi"),
        bidirectional=bidirectional,
        pooling=cast(PoolingName, pooling) if dash else config.pooling,
    )


def name_of(config: NetworkConfig) -> str:
    """Return the full name of a network: the inverse of `apply_name`."""
    return f"{'bi' if config.bidirectional else ''}{config.encoder}-{config.pooling}"
