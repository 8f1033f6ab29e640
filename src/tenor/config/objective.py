"""What is minimised beside the loss of labelled texts."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt
from typing_extensions import Doc

PerturbName = Literal["auto", "word", "token"]


@dataclass(frozen=True)
class ObjectiveConfig:
    """Weights of further objectives, and how texts are perturbed for them."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "strict": True}

    adversarial: Annotated[
        float,
        Ge(0),
        Doc(
            "weight of the loss of labelled texts in the perturbation that raises it most (Goodfellow et al. "
            "2015; Miyato et al. 2017)"
        ),
    ] = 0.0
    virtual_adversarial: Annotated[
        float | None,
        Ge(0),
        Doc(
            "weight of the divergence that a perturbation can cause, over labelled and unlabelled texts "
            "(Miyato et al. 2017); null: 1 with unlabelled texts, else 0"
        ),
    ] = None
    entropy: Annotated[
        float,
        Ge(0),
        Doc(
            "weight of the entropy of predictions, over labelled and unlabelled texts (Grandvalet & Bengio "
            "2005)"
        ),
    ] = 0.0
    epsilon: Annotated[
        float, Gt(0), Doc("L2 length of the perturbation of a text, in standard deviations of word vectors")
    ] = 5.0
    xi: Annotated[
        float, Gt(0), Doc("length of the random step from which the virtual adversarial direction is found")
    ] = 0.1
    perturb: Annotated[
        PerturbName,
        Doc(
            "word: all occurrences of a word in a batch share a perturbation, which keeps mingru fast; "
            "token: each has its own; auto: word for mingru, token for others"
        ),
    ] = "auto"

    def virtual_weight(self, *, unlabelled: bool) -> float:
        """Return the weight of virtual adversarial training, given whether there are unlabelled texts."""
        return float(unlabelled) if self.virtual_adversarial is None else self.virtual_adversarial

    def asked_for(self) -> bool:
        """Whether anything is said to be minimised, which there is or is not without unlabelled texts."""
        return self.adversarial > 0 or self.virtual_weight(unlabelled=False) > 0 or self.entropy > 0

    def learns_without_labels(self) -> bool:
        """Whether anything is learned from unlabelled texts, where there are some."""
        return self.virtual_weight(unlabelled=True) > 0 or self.entropy > 0
