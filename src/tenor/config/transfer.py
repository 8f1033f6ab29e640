"""What training starts from, and how what was learned there is kept while the rest is learned."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
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


# Sections about a model elsewhere -> the setting that says where it is.
_PLACES = {"transfer": "source", "distillation": "teacher"}


def without_place(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a settled configuration with models elsewhere known by digest, not by place.

    A section that names none is left out: it decides nothing, and what was computed before there was such a
    section still counts.
    """
    found = {name: section for name, section in values.items() if name not in _PLACES}
    for name, place in _PLACES.items():
        given = values.get(name)
        if given is not None and given[place] is not None:
            known = {place} if given["digest"] is not None else set()
            found[name] = {key: value for key, value in given.items() if key not in known}
    return found
