"""The network: embedding, encoder, pooling, head."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Lt
from typing_extensions import Doc

PoolingName = Literal["last", "mean", "max", "mean-max", "attention"]
MergeName = Literal["concat", "sum", "mean", "product"]


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

    encoder: Annotated[str, Doc("which encoder reads the text: rnn, lstm, gru, mingru")] = "lstm"
    bidirectional: Annotated[bool, Doc("read backwards as well")] = True
    pooling: Annotated[PoolingName, Doc("how the sequence becomes one vector")] = "mean-max"
    embedding_size: Annotated[int, Ge(1), Doc("length of a word vector")] = 100
    embedding_scale: Annotated[float, Gt(0), Doc("standard deviation of the word vectors at the start")] = 0.1
    freeze_embedding: Annotated[bool, Doc("keep the word vectors as they start")] = False
    embedding_dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout on embedded words")] = 0.1
    word_dropout: Annotated[
        float, Ge(0), Lt(1), Doc("share of tokens read as unknown in training (Iyyer et al. 2015)")
    ] = 0.1
    ratios: Annotated[RatioConfig, Doc("log-count ratios as further inputs")] = field(
        default_factory=RatioConfig
    )
    recurrent: Annotated[RecurrentConfig, Doc("settings of rnn, lstm, gru")] = field(
        default_factory=RecurrentConfig
    )
    mingru: Annotated[MinGRUConfig, Doc("settings of mingru")] = field(default_factory=MinGRUConfig)
    output_dropout: Annotated[float, Ge(0), Lt(1), Doc("dropout on the pooled vector")] = 0.2
    hidden: Annotated[int, Ge(0), Doc("units of a ReLU layer before the logits; 0: none")] = 0
