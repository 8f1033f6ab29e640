"""Variants of the training texts: how many, from which templates."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le
from typing_extensions import Doc

USUAL_SHARE = 0.3  # what is made where somebody asks for variants and does not say how many


@dataclass(frozen=True)
class AugmentConfig:
    """Contrast and negation variants that join the training split, and no other."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    share: Annotated[
        float,
        Ge(0),
        Le(10),
        Doc("contrast and negation variants added to the training split, as a share of its rows; 0: none"),
    ] = 0.0
    templates: Annotated[
        str | None, Doc("YAML file of templates for variants; null: those that come with Tenor")
    ] = None
    seed: Annotated[int, Ge(0), Doc("seed of the variants")] = 0
