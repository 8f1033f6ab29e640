"""What a student learns from a teacher, and how that is weighed against labels."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Gt, Lt
from typing_extensions import Doc


@dataclass(frozen=True)
class DistillationConfig:
    """Learn the probabilities of a trained model (Hinton, Vinyals & Dean 2015)."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    teacher: Annotated[
        str | None,
        Doc("run or model folder of the classifier whose probabilities are learned; null: none"),
    ] = None
    digest: Annotated[
        str | None, Doc("SHA-256 of what is in it; leave it out, it is read from the teacher and kept")
    ] = None
    temperature: Annotated[
        float,
        Gt(0),
        Doc(
            "that the logits of teacher and student are divided by (Hinton et al. 2015, eq. 1); 1: as they "
            "are"
        ),
    ] = 2.0
    labels: Annotated[
        float,
        Ge(0),
        Lt(1),
        Doc("weight of the label of a text that has one; the rest is the weight of the teacher's answer"),
    ] = 0.5
    match_seen: Annotated[
        bool,
        Doc(
            "soften the answers to texts that the teacher was trained on until it is, on average, as sure of "
            "them as of the validation texts"
        ),
    ] = True
