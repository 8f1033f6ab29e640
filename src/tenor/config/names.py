"""Model names of the command line: [bi]encoder[-pooling], as in lstm, bigru-mean, cnn-max."""

import difflib
from dataclasses import replace
from typing import cast, get_args

from tenor.config.load import Values, merge, parse
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig, PoolingName
from tenor.errors import ConfigError

_POOLINGS: tuple[str, ...] = get_args(PoolingName)


def apply_name(config: NetworkConfig, name: str) -> NetworkConfig:
    """Return `config` with the encoder and directions of `name`, and its pooling if it names one.

    Raises:
        ConfigError: no such encoder or pooling, or two directions for an encoder that reads in none.
    """
    read, dash, pooling = name.partition("-")
    bidirectional = read.startswith("bi")
    encoder = read.removeprefix("bi")
    if not encoder or (dash and pooling not in _POOLINGS):
        raise ConfigError(
            f"model name {name!r} is not of the form [bi]encoder[-pooling], such as lstm or bigru-mean; "
            f"poolings are {', '.join(_POOLINGS)}"
        )
    if encoder not in HAS_DIRECTIONS:
        raise unknown_encoder(read)
    if bidirectional and not HAS_DIRECTIONS[encoder]:
        directed = ", ".join(f"bi{known}" for known in _directed())
        raise ConfigError(
            f"model name {name!r} asks for two directions, and {encoder} reads in none; "
            f"write {encoder}{dash}{pooling}; two directions have {directed}"
        )
    return replace(
        config,
        encoder=encoder,
        bidirectional=bidirectional,
        pooling=cast(PoolingName, pooling) if dash else config.pooling,
    )


def named(values: Values, name: str) -> Values:
    """Return the values of a configuration with the encoder and directions of `name`, as `apply_name`."""
    network = apply_name(parse(values).network, name)
    keys = ("encoder", "bidirectional", "pooling")
    return merge(values, {"network": {key: getattr(network, key) for key in keys}})


def name_of(config: NetworkConfig) -> str:
    """Return the full name of a network: the inverse of `apply_name`."""
    both = config.bidirectional and HAS_DIRECTIONS.get(config.encoder, True)
    return f"{'bi' if both else ''}{config.encoder}-{config.pooling}"


def reader_name(config: NetworkConfig) -> str:
    """Return the name of a network that pools nothing, such as that of a language model: [bi]encoder."""
    return name_of(config).partition("-")[0]


def unknown_encoder(name: str) -> ConfigError:
    """Return the error that says which encoders there are, and which of them `name` looks like."""
    known = [*HAS_DIRECTIONS, *(f"bi{encoder}" for encoder in _directed())]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return ConfigError(f"unknown encoder {name!r}; there are {', '.join(HAS_DIRECTIONS)}{hint}")


def _directed() -> list[str]:
    return [encoder for encoder, has_directions in HAS_DIRECTIONS.items() if has_directions]
