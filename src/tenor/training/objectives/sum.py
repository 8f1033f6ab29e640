"""`Sum`: several objectives on the same batch."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from tenor.training.objectives.objective import Carrying, Objective, Step


@dataclass(frozen=True)
class Sum:
    """The weighted sum of objectives, at least one; each reads the batch for itself, with dropout of its own.

    A single objective of weight 1 is computed to the bit as it is alone.
    """

    parts: tuple[tuple[float, Objective[Any, Any]], ...]

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: where a part does."""
        return any(part.counts_correct for _, part in self.parts)

    def __call__(self, module: Any, batch: Any) -> Step:
        """Compute the loss of one batch."""
        steps = [(weight, part(module, batch)) for weight, part in self.parts]
        (weight, first), *others = steps
        loss = weight * first.loss
        for weight, step in others:
            loss = loss + weight * step.loss
        return Step(loss, next((step.correct for _, step in steps if step.correct is not None), None))

    def carried(self) -> dict[str, Tensor]:
        """Return what its parts carry, each under its number."""
        return {
            f"{number}/{name}": tensor
            for number, (_, part) in enumerate(self.parts)
            if isinstance(part, Carrying)
            for name, tensor in part.carried().items()
        }

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Take up what `carried` returned."""
        for number, (_, part) in enumerate(self.parts):
            if isinstance(part, Carrying):
                begins = f"{number}/"
                part.carry(
                    {name[len(begins) :]: one for name, one in tensors.items() if name.startswith(begins)}
                )
