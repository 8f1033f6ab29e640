"""What `tenor compare` compares, and on what terms."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Gt
from typing_extensions import Doc


@dataclass(frozen=True)
class ComparisonConfig:
    """Models, seeds, budget; everything else is the classification configuration that all models share."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    models: Annotated[
        tuple[str, ...],
        Doc("networks by name, [bi]encoder[-pooling], or NAME:KEY=VALUE with settings of their own"),
    ] = (
        "bag",
        "cnn-max",
        "rnn",
        "lstm",
        "gru",
        "mingru",
        "bilstm",
        "bilstm-attention",
        "transformer",
    )
    baselines: Annotated[tuple[str, ...], Doc("models without a network: majority, tfidf, nbsvm")] = (
        "majority",
        "tfidf",
        "nbsvm",
    )
    seeds: Annotated[int, Ge(1), Doc("trainings of each network, with the seeds from training.seed on")] = 3
    rates: Annotated[
        tuple[Annotated[float, Gt(0)], ...],
        Doc(
            "learning rates of which each network takes that of the best validation accuracy with the first "
            "seed; none: all have training.learning_rate"
        ),
    ] = ()
    budget_seconds: Annotated[
        float | None,
        Gt(0),
        Doc("training time of each cell, instead of a number of epochs; cells then run one after the other"),
    ] = None
    jobs: Annotated[
        int | None, Ge(1), Doc("cells that are trained at once; null: one a core, with a budget of time one")
    ] = None
    sweep: Annotated[str, Doc("a setting of which every model is trained with each value; empty: none")] = ""
    values: Annotated[tuple[str, ...], Doc("the values of that setting, as --set has them")] = ()
    costs: Annotated[bool, Doc("measure latency, throughput and memory, each model alone")] = True
