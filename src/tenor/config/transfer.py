"""What training starts from, and how what was learned there is kept while the rest is learned."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le
from typing_extensions import Doc


@dataclass(frozen=True)
class TransferConfig:
    """Start from a trained network; gradual unfreezing and lower rates below (Howard & Ruder 2018)."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    source: Annotated[
        str | None,
        Doc(
            "run or model folder of a language model or a classifier, whose tokenizer, vocabulary, word "
            "vectors and encoder training starts from; null: none"
        ),
    ] = None
    digest: Annotated[
        str | None, Doc("SHA-256 of what is in it; leave it out, it is read from the source and kept")
    ] = None
    extend_vocabulary: Annotated[
        bool,
        Doc("add the words of the training texts that the source lacks, by text.min_count and text.max_size"),
    ] = False
    head: Annotated[
        bool,
        Doc("start with its pooling and head, too: of a classifier of the same classes, as --continue does"),
    ] = False
    replay: Annotated[
        float,
        Ge(0),
        Le(1),
        Doc("with head: share of its own training texts that are trained on again, where they are at hand"),
    ] = 1.0
    unfreeze: Annotated[
        float,
        Ge(0),
        Doc(
            "epochs from one layer group to the next: the head is trained first, then also the layer below "
            "it, and so on down to the word vectors (Howard & Ruder 2018, section 3.3); 0: all at once"
        ),
    ] = 1.0
    factor: Annotated[
        float,
        Ge(1),
        Doc(
            "the learning rate of a layer group is that of the one above divided by it (Howard & Ruder 2018, "
            "section 3.2); 1: all the same"
        ),
    ] = 2.6
