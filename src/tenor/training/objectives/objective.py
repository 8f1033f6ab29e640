"""`Objective`: what a training step minimises."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from torch import Tensor

_Module_contra = TypeVar("_Module_contra", contravariant=True)
_Batch_contra = TypeVar("_Batch_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Step:
    """A loss to minimise, and what to log of it."""

    loss: Tensor  # ()
    correct: Tensor | None = None  # (): how many of the batch were right; None where that is not counted


class Objective(Protocol[_Module_contra, _Batch_contra]):
    """(module, batch) -> loss and what to log."""

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right."""
        ...

    def __call__(self, module: _Module_contra, batch: _Batch_contra) -> Step:
        """Compute the loss of one batch."""
        ...


@runtime_checkable
class Carrying(Protocol):
    """An objective that carries something from one batch to the next, which a resumed run needs."""

    def carried(self) -> dict[str, Tensor]:
        """Return it by name; nothing before the first batch."""
        ...

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Take up what `carried` returned."""
        ...
