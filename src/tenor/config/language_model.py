"""What `tenor pretrain` trains, and on what."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Lt, MinLen
from typing_extensions import Doc

from tenor.config.data import DuplicatesPolicy
from tenor.config.evaluation import EvaluationConfig
from tenor.config.names import reader_name, unknown_encoder
from tenor.config.network import (
    HAS_DIRECTIONS,
    SEES_ALL_AT_ONCE,
    NetworkConfig,
    RecurrentConfig,
    section_of,
)
from tenor.config.text import TextConfig
from tenor.config.training import TrainingConfig
from tenor.errors import ConfigError

SoftmaxName = Literal["auto", "full", "adaptive"]

ONE_WAY = tuple(encoder for encoder in HAS_DIRECTIONS if encoder not in SEES_ALL_AT_ONCE)


@dataclass(frozen=True)
class TextsConfig:
    """Where texts without labels come from and how they are split."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    sources: Annotated[
        tuple[str, ...],
        MinLen(1),
        Doc(
            "what is read: text files (.txt) of one text a line, or whatever tenor train reads; labels are "
            "not looked at"
        ),
    ] = ("movies",)
    stream: Annotated[bool, Doc("text files are one running text each, such as a book")] = False
    text_column: Annotated[str | None, Doc("column of the text; null: detected")] = None
    drop_where: Annotated[
        tuple[str, ...],
        Doc("columns of true and false, such as in_test; rows where one is true are left out"),
    ] = ()
    group_by: Annotated[str | None, Doc("column whose equal values stay in one split (film, author)")] = None
    validation_fraction: Annotated[
        float, Ge(0), Lt(1), Doc("share of the training texts split off when the source brings no validation")
    ] = 0.05
    test_fraction: Annotated[
        float, Ge(0), Lt(1), Doc("share of all texts split off when the source brings no test")
    ] = 0.05
    split_seed: Annotated[int, Ge(0), Doc("seed of the splits")] = 0
    duplicates: Annotated[
        DuplicatesPolicy,
        Doc("texts that stand in two splits; drop: training gives up those of validation and test"),
    ] = "drop"
    encoding: Annotated[str, Doc("character encoding of text files")] = "utf-8"


@dataclass(frozen=True)
class OutputConfig:
    """From the encoder's output to probabilities of the next token."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    tied: Annotated[
        bool, Doc("the output's vectors are the word vectors (Press & Wolf 2017; Inan et al. 2017)")
    ] = True
    softmax: Annotated[
        SoftmaxName,
        Doc(
            "full: over all tokens; adaptive: over frequent ones and clusters of rare ones (Grave et al. "
            "2017); auto: by the size of the vocabulary"
        ),
    ] = "auto"
    cutoffs: Annotated[
        tuple[Annotated[int, Ge(1)], ...],
        Doc("tokens, by frequency, at which the clusters of the adaptive softmax begin"),
    ] = (2_000, 10_000)


@dataclass(frozen=True)
class LanguageModelConfig:
    """What `tenor pretrain` runs."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    description: Annotated[str, Doc("what this configuration is and where it comes from")] = ""
    data: Annotated[TextsConfig, Doc("sources, splits")] = field(default_factory=TextsConfig)
    text: Annotated[TextConfig, Doc("tokenizer, vocabulary, truncation")] = field(
        default_factory=lambda: TextConfig(tokenizer="basic_english", max_size=20_000, max_length=None)
    )
    network: Annotated[NetworkConfig, Doc("embedding, encoder, dropout")] = field(
        default_factory=lambda: NetworkConfig(
            bidirectional=False,
            pooling="last",
            embedding_size=200,
            word_dropout=0.0,
            recurrent=RecurrentConfig(hidden_size=256),
        )
    )
    output: Annotated[OutputConfig, Doc("softmax")] = field(default_factory=OutputConfig)
    chunk: Annotated[
        int,
        Ge(1),
        Doc(
            "tokens that gradients go back through (truncated backpropagation, Williams & Peng 1990); the "
            "state goes on to the end of the text"
        ),
    ] = 64
    training: Annotated[TrainingConfig, Doc("batches, optimizer, schedule, device")] = field(
        default_factory=lambda: TrainingConfig(learning_rate=3e-3)
    )
    evaluation: Annotated[EvaluationConfig, Doc("intervals")] = field(default_factory=EvaluationConfig)


def reads_both_ways(network: NetworkConfig) -> bool:
    """Whether a network reads backwards as well."""
    return network.bidirectional and HAS_DIRECTIONS.get(network.encoder, False)


def refuse_other_ways(network: NetworkConfig) -> None:
    """Raise `ConfigError` where a network cannot be a language model's: it must not see what it is to say.

    In one layer the directions know nothing of each other, and are two language models. In a second layer
    each would see what the other has read.
    """
    if network.encoder not in HAS_DIRECTIONS:
        raise unknown_encoder(network.encoder)
    if network.encoder in SEES_ALL_AT_ONCE:
        raise ConfigError(
            f"a language model says the next token from those before it, and {reader_name(network)} sees the "
            f"whole text at once; choose one of {', '.join(ONE_WAY)}"
        )
    section = section_of(network.encoder)
    if reads_both_ways(network) and getattr(network, section).layers > 1:
        raise ConfigError(
            f"a language model says a token from those on one side of it, and in the second layer "
            f"{reader_name(network)} has seen both sides; choose network.bidirectional=false or "
            f"network.{section}.layers=1"
        )
    if network.ratios.use:
        raise ConfigError(
            "log-count ratios are counted with labels, and a language model has none; "
            "leave out network.ratios.use"
        )
