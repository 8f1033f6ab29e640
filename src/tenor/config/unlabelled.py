"""Texts without labels beside the labelled ones, and what is learned from them."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from annotated_types import Ge
from typing_extensions import Doc

from tenor.config.objective import ObjectiveConfig


@dataclass(frozen=True)
class UnlabelledConfig:
    """Which unlabelled texts are read, how many a step, and what is minimised."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    sources: Annotated[
        tuple[str, ...],
        Doc(
            "text files (.txt) of one text a line, or whatever tenor train reads, without their splits "
            "validation and test; labels are not looked at"
        ),
    ] = ()
    text_column: Annotated[
        str | None, Doc("column of the text; null: that of the labelled texts if it is there, else detected")
    ] = None
    drop_where: Annotated[
        tuple[str, ...],
        Doc("columns of true and false, such as in_test; rows where one is true are left out"),
    ] = ()
    encoding: Annotated[str, Doc("character encoding of text files")] = "utf-8"
    limit: Annotated[
        int | None, Ge(1), Doc("most unlabelled texts, taken at random by data.split_seed; null: all")
    ] = None
    vocabulary: Annotated[
        bool, Doc("count the words of the unlabelled texts, too, where the vocabulary is made or extended")
    ] = False
    batch_size: Annotated[
        int | None, Ge(1), Doc("unlabelled texts a step; null: as many as labelled ones")
    ] = None
    steps: Annotated[
        int | None,
        Ge(1),
        Doc("steps of an epoch; null: as many as one pass over the labelled texts takes"),
    ] = None
    objective: Annotated[ObjectiveConfig, Doc("what is minimised beside the loss of labelled texts")] = field(
        default_factory=ObjectiveConfig
    )
