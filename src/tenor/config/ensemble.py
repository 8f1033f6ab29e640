"""A model of several parts: networks of consecutive seeds, and a linear model of n-grams beside them."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from annotated_types import Ge, Gt, Le, MinLen
from typing_extensions import Doc


@dataclass(frozen=True)
class NgramConfig:
    """Logistic regression on n-grams weighted by log-count ratios (Wang & Manning 2012), beside the networks.

    Its defaults are those of the baseline nbsvm.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    use: Annotated[bool, Doc("add a linear model of n-grams, trained apart from the networks")] = False
    orders: Annotated[int, Ge(1), Le(5), Doc("n-grams of one to so many words")] = 3
    min_count: Annotated[int, Ge(1), Doc("n-grams seen less often in training are left out")] = 2
    smoothing: Annotated[float, Gt(0), Doc("texts of each class added to the counts of an n-gram")] = 1.0
    penalties: Annotated[
        tuple[Annotated[float, Gt(0)], ...],
        MinLen(1),
        Doc("inverse strengths of the penalty; validation texts choose one, without any it is the first"),
    ] = (0.1, 0.01, 1.0)
    most: Annotated[
        int,
        Ge(0),
        Doc("n-grams of two words and more that are kept, those that move the training texts most"),
    ] = 500_000
    weight: Annotated[
        float,
        Ge(0),
        Doc("of its logits beside those of the networks, where validation texts are too few to choose it"),
    ] = 0.5


@dataclass(frozen=True)
class EnsembleConfig:
    """What a model is the sum of; by default one network alone."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    members: Annotated[
        int,
        Ge(1),
        Doc("networks of consecutive seeds, from training.seed on, whose logits are averaged"),
    ] = 1
    ngrams: Annotated[NgramConfig, Doc("the linear model of n-grams")] = field(default_factory=NgramConfig)
