"""How many of the training rows are used."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge
from typing_extensions import Doc


@dataclass(frozen=True)
class SubsetConfig:
    """A part of the training rows, nested: with one seed, a smaller part lies within every larger one."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    rows: Annotated[int | None, Ge(1), Doc("training rows that are drawn; null: all")] = None
    seed: Annotated[int, Ge(0), Doc("seed by which they are drawn")] = 0
