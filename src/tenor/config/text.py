"""How text becomes ids."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge
from typing_extensions import Doc

TokenizerName = Literal["words", "basic_english", "reviews", "bpe", "characters"]
TruncationName = Literal["head", "tail", "head+tail"]


@dataclass(frozen=True)
class TextConfig:
    """Tokenizer, vocabulary and truncation."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    tokenizer: Annotated[TokenizerName, Doc("how text is cut into tokens")] = "reviews"
    pretrained: Annotated[
        str | None,
        Doc(
            "folder of a pretrained encoder whose tokenizer and vocabulary are used, whatever tokenizer, "
            "max_size and min_count say; null: none, or that of network.pretrained.folder"
        ),
    ] = None
    max_size: Annotated[
        int | None, Ge(3), Doc("largest vocabulary, with padding and unknown; null: no limit")
    ] = 30_000
    min_count: Annotated[int, Ge(1), Doc("words seen less often in training become unknown")] = 2
    max_length: Annotated[int | None, Ge(1), Doc("most tokens of a text that are read; null: all")] = 400
    truncation: Annotated[TruncationName, Doc("which part of a long text is kept")] = "head"
    vectors: Annotated[
        str | None, Doc("GloVe or word2vec text file with initial word vectors; null: random")
    ] = None
