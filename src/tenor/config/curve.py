"""What `tenor curve` trains."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from typing_extensions import Doc

from tenor.config.load import parse_flat


@dataclass(frozen=True)
class CurveConfig:
    """Sizes, seeds and jobs of a learning curve; everything else is the configuration of the classifier."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    sizes: Annotated[
        tuple[Annotated[int, Ge(1)], ...],
        Doc("training rows that are trained on; none: all, half of them, a quarter, and so on, six sizes"),
    ] = ()
    seeds: Annotated[int, Ge(1), Doc("trainings at each size, each with rows and a seed of its own")] = 3
    jobs: Annotated[int | None, Ge(1), Doc("trainings at once; null: one a core")] = None


def parse_curve(values: dict[str, Any]) -> CurveConfig:
    """Build the configuration; refuses unknown names and values out of range."""
    return parse_flat(CurveConfig, values, "tenor curve")
