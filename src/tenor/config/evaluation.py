"""How figures get their intervals, and what is shown beside them."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge
from typing_extensions import Doc


@dataclass(frozen=True)
class EvaluationConfig:
    """The bootstrap over texts, the texts of the page."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    resamples: Annotated[int, Ge(100), Doc("bootstrap draws behind every 95 % interval")] = 1000
    seed: Annotated[int, Ge(0), Doc("seed of the draws")] = 0
    texts: Annotated[
        int, Ge(0), Doc("test texts, and worst errors, that the page of a run quotes; 0: none of the data")
    ] = 10
