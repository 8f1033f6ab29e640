"""The network: embedding, encoder, pooling, head."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Lt, MinLen
from typing_extensions import Doc

PoolingName = Literal["last", "mean", "max", "mean-max", "attention", "dot-attention"]
MergeName = Literal["concat", "sum", "mean", "product"]
PositionsName = Literal["learned", "sinusoidal", "none"]

# every encoder -> whether it reads in directions, so that `bidirectional` means something to it
HAS_DIRECTIONS: dict[str, bool] = {
    "rnn": True,
    "lstm": True,
    "gru": True,
    "mingru": True,
    "bag": False,
    "cnn": False,
    "transformer": False,
    "pretrained": False,
}

# Why a network carries no state from piece to piece: encoders that look at all tokens at once, and what
# reads in two directions.
_INSTEAD = (
    "train an encoder that reads left to right, such as network.encoder=lstm with network.bidirectional=false"
)
SEES_ALL_AT_ONCE: dict[str, str] = {
    encoder: f"{name} sees the whole text at once and carries no state from piece to piece; {_INSTEAD}"
    for encoder, name in (("transformer", "a transformer"), ("pretrained", "a pretrained encoder"))
}
READS_BACKWARDS = (
    "a two-directional encoder needs the whole text before it can read backwards; "
    "train with network.bidirectional=false to carry a state from piece to piece"
)


def section_of(encoder: str) -> str:
    """Return the field of `NetworkConfig` that holds an encoder's settings."""
    return "recurrent" if encoder in ("rnn", "lstm", "gru") else encoder


@dataclass(frozen=True)
class RecurrentConfig:
    """Settings shared by rnn, lstm and gru."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    hidden_size: Annotated[int, Ge(1), Doc("units of each direction")] = 128
    layers: Annotated[int, Ge(1), Doc("stacked layers")] = 1
    merge: Annotated[MergeName, Doc("how the two directions become one vector, in every layer")] = "concat"
    dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout between layers")] = 0.0
    nonlinearity: Annotated[Literal["tanh", "relu"], Doc("of the plain rnn")] = "tanh"
    forget_bias: Annotated[
        float, Doc("initial bias of the LSTM's forget gate (Gers et al. 2000; Jozefowicz et al. 2015)")
    ] = 1.0


@dataclass(frozen=True)
class MinGRUConfig:
    """Settings of mingru."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    hidden_size: Annotated[int, Ge(1), Doc("units of each direction")] = 128
    layers: Annotated[int, Ge(1), Doc("stacked layers")] = 1
    width: Annotated[
        int, Ge(1), Doc("tokens the gates see; above 1 a QRNN with f-pooling (Bradbury et al. 2017)")
    ] = 2
    dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout between layers")] = 0.0
    gate_bias: Annotated[
        float, Doc("initial bias of the gate z; below 0 the state is changed slowly and lasts longer")
    ] = 0.0


@dataclass(frozen=True)
class BagConfig:
    """Settings of bag."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    ngrams: Annotated[
        int, Ge(1), Doc("longest n-grams that are read beside the tokens (Joulin et al. 2017); 1: none")
    ] = 1
    buckets: Annotated[int, Ge(1), Doc("vectors that all n-grams share by their hash")] = 100_000


@dataclass(frozen=True)
class CNNConfig:
    """Settings of cnn; its defaults are those of Kim 2014."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    widths: Annotated[
        tuple[Annotated[int, Ge(1)], ...],
        MinLen(1),
        Doc("tokens that a filter of each kind sees; one number for a stack"),
    ] = (3, 4, 5)
    filters: Annotated[int, Ge(1), Doc("filters of each width")] = 100
    layers: Annotated[int, Ge(1), Doc("stacked layers; each sees widest - 1 tokens more")] = 1
    dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout between layers")] = 0.0


@dataclass(frozen=True)
class TransformerConfig:
    """Settings of transformer."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    hidden_size: Annotated[int, Ge(1), Doc("units of each token")] = 128
    layers: Annotated[int, Ge(1), Doc("stacked blocks of attention and feed-forward")] = 2
    heads: Annotated[int, Ge(1), Doc("attention heads; they share the units, so they must divide them")] = 4
    feedforward: Annotated[int, Ge(1), Doc("units within the feed-forward part")] = 512
    dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout on the inputs and after each part")] = 0.1
    positions: Annotated[PositionsName, Doc("how a token knows its place; none: order is not seen")] = (
        "sinusoidal"
    )
    most_positions: Annotated[int, Ge(1), Doc("longest text, in tokens, with learned positions")] = 512


@dataclass(frozen=True)
class PretrainedConfig:
    """Settings of pretrained."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    folder: Annotated[
        str | None,
        Doc("folder of a Hugging Face encoder such as BERT, on this machine; its tokenizer is used"),
    ] = None
    tune: Annotated[bool, Doc("train the encoder too, which wants a learning_rate near 2e-5")] = False
    layers: Annotated[int | None, Ge(1), Doc("only its first layers; null: all")] = None
    architecture: Annotated[
        str | None, Doc("its shape as JSON; leave it out, it is read from the folder and kept with the model")
    ] = None


@dataclass(frozen=True)
class RatioConfig:
    """Log-count ratios of words and bigrams as inputs beside the word vectors (Wang & Manning 2012)."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    use: Annotated[bool, Doc("give the network the log-count ratios of each word and bigram")] = False
    smoothing: Annotated[float, Gt(0), Doc("texts of each class added to the counts of a word")] = 10.0
    bigram_smoothing: Annotated[float, Gt(0), Doc("texts of each class added to those of a bigram")] = 2.0
    min_count: Annotated[int, Ge(1), Doc("bigrams seen less often in training are left out")] = 2


@dataclass(frozen=True)
class NetworkConfig:
    """Everything `nn.build` needs beside the size of the vocabulary and the number of classes."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    encoder: Annotated[str, Doc(f"which encoder reads the text: {', '.join(HAS_DIRECTIONS)}")] = "lstm"
    bidirectional: Annotated[
        bool, Doc("read backwards as well; encoders that read in no direction ignore it")
    ] = True
    pooling: Annotated[PoolingName, Doc("how the sequence becomes one vector")] = "mean-max"
    embedding_size: Annotated[int, Ge(1), Doc("length of a word vector")] = 100
    embedding_scale: Annotated[float, Gt(0), Doc("standard deviation of the word vectors at the start")] = 0.1
    freeze_embedding: Annotated[bool, Doc("keep the word vectors as they start")] = False
    embedding_dropout: Annotated[
        float, Ge(0), Lt(1), Doc("dropout on embedded words; not before a frozen pretrained encoder")
    ] = 0.1
    word_dropout: Annotated[
        float,
        Ge(0),
        Lt(1),
        Doc(
            "share of tokens read as unknown in training (Iyyer et al. 2015); not before a frozen pretrained "
            "encoder"
        ),
    ] = 0.1
    ratios: Annotated[RatioConfig, Doc("log-count ratios as further inputs")] = field(
        default_factory=RatioConfig
    )
    recurrent: Annotated[RecurrentConfig, Doc("settings of rnn, lstm, gru")] = field(
        default_factory=RecurrentConfig
    )
    mingru: Annotated[MinGRUConfig, Doc("settings of mingru")] = field(default_factory=MinGRUConfig)
    bag: Annotated[BagConfig, Doc("settings of bag")] = field(default_factory=BagConfig)
    cnn: Annotated[CNNConfig, Doc("settings of cnn")] = field(default_factory=CNNConfig)
    transformer: Annotated[TransformerConfig, Doc("settings of transformer")] = field(
        default_factory=TransformerConfig
    )
    pretrained: Annotated[PretrainedConfig, Doc("settings of pretrained")] = field(
        default_factory=PretrainedConfig
    )
    output_dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout on the pooled vector")] = 0.2
    hidden: Annotated[int, Ge(0), Doc("units of a ReLU layer before the logits; 0: none")] = 0


def whole_texts_only(network: NetworkConfig) -> str | None:
    """Return why a network cannot judge a text before its end, in one sentence; None where it can.

    It can if its encoder reads left to right only: then its state after some tokens is all it needs of them.
    """
    if HAS_DIRECTIONS[network.encoder] and network.bidirectional:
        return READS_BACKWARDS
    return SEES_ALL_AT_ONCE.get(network.encoder)
