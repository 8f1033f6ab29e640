"""What `tenor pretrain` trains, and on what."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge
from typing_extensions import Doc

SoftmaxName = Literal["auto", "full", "adaptive"]


@dataclass(frozen=True)
class OutputConfig:
    """From the encoder's output to probabilities of the next token."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    tied: Annotated[
        bool, Doc("the output's weights are the word vectors (Press & Wolf 2017; Inan et al. 2017)")
    ] = True
    softmax: Annotated[
        SoftmaxName,
        Doc("adaptive: frequent words and clusters of rare ones (Grave et al. 2017); auto: by vocabulary"),
    ] = "auto"
    cutoffs: Annotated[
        tuple[Annotated[int, Ge(1)], ...],
        Doc("tokens, by frequency, at which the clusters of the adaptive softmax begin"),
    ] = (2_000, 10_000)
