"""What `tenor suggest` chooses rows by."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge
from typing_extensions import Doc

from tenor.config.load import parse_flat

Uncertainty = Literal["entropy", "margin"]


@dataclass(frozen=True)
class SuggestionConfig:
    """How many rows are suggested, and how they are chosen."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    count: Annotated[int, Ge(1), Doc("rows to label")] = 50
    by: Annotated[
        Uncertainty, Doc("what tells how uncertain the model is: all probabilities, or the lead of the first")
    ] = "entropy"
    diverse: Annotated[
        bool, Doc("rows that are uncertain and unlike each other, or the most uncertain alone")
    ] = True
    seed: Annotated[int, Ge(0), Doc("seed of what is drawn at random")] = 0


def parse_suggestion(values: dict[str, Any]) -> SuggestionConfig:
    """Build the configuration; refuses unknown names and values out of range."""
    return parse_flat(SuggestionConfig, values, "tenor suggest")
