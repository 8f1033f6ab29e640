"""Where examples come from, which columns they use and how they are split."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Lt
from typing_extensions import Doc

from tenor.config.augmentation import AugmentConfig
from tenor.config.subset import SubsetConfig

EmptyPolicy = Literal["drop", "refuse", "keep"]
DuplicatesPolicy = Literal["keep", "drop"]


@dataclass(frozen=True)
class DataConfig:
    """How a source becomes labelled, split examples."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    source: Annotated[
        str,
        Doc("built-in corpus (movies, products), file (CSV, TSV, JSONL, Parquet), folder, or hub:DATASET"),
    ] = "movies"
    text_column: Annotated[str | None, Doc("column of the text; null: detected")] = None
    label_column: Annotated[str | None, Doc("column of the label; null: detected")] = None
    label_names: Annotated[
        tuple[str, ...], Doc("names for the sorted label values, such as [negative, neutral, positive]")
    ] = ()
    positive_from: Annotated[float | None, Doc("numeric labels (stars) from here on are positive")] = None
    negative_to: Annotated[
        float | None, Doc("numeric labels (stars) up to here are negative; rows in between are left out")
    ] = None
    validation: Annotated[str | None, Doc("file of validation examples, instead of a split")] = None
    test: Annotated[str | None, Doc("file of test examples, instead of a split")] = None
    validation_fraction: Annotated[
        float, Ge(0), Lt(1), Doc("share of the training rows split off when the source brings no validation")
    ] = 0.1
    test_fraction: Annotated[
        float, Ge(0), Lt(1), Doc("share of all rows split off when the source brings no test")
    ] = 0.1
    stratify: Annotated[bool, Doc("keep the share of each class in every split")] = True
    group_by: Annotated[str | None, Doc("column whose equal values stay in one split (film, author)")] = None
    split_seed: Annotated[int, Ge(0), Doc("seed of the splits")] = 0
    empty: Annotated[EmptyPolicy, Doc("what to do with rows without text")] = "drop"
    duplicates: Annotated[
        DuplicatesPolicy,
        Doc(
            "texts that stand in two splits; drop: training gives up those of validation and test, and "
            "validation those of test"
        ),
    ] = "keep"
    encoding: Annotated[str, Doc("character encoding of text files")] = "utf-8"
    subset: Annotated[SubsetConfig, Doc("a part of the training rows")] = field(default_factory=SubsetConfig)
    augment: Annotated[AugmentConfig, Doc("variants of training texts")] = field(
        default_factory=AugmentConfig
    )
