"""`NextToken`: what a language model is trained on, and the texts that choose its epoch."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from tenor.nn.chunks import Chunk, of_rows
from tenor.nn.encoder import State
from tenor.nn.language_model import LanguageModel
from tenor.nn.scoring import token_losses
from tenor.text.tokens import Tokens
from tenor.training.objectives.objective import Step


@dataclass
class NextToken:
    """Mean -log p of the next token, by truncated backpropagation through time (Williams & Peng 1990).

    The state at the end of a chunk is where the next one of the same texts begins; no gradient goes back
    through it.
    """

    _state: State = field(default=())

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: they do not."""
        return False

    def __call__(self, module: LanguageModel, batch: Chunk) -> Step:
        """Compute the loss of one chunk."""
        rows = len(batch.ids)
        before = module.initial_state(rows) if batch.first else of_rows(self._state, rows)
        losses, after = module.losses(batch.ids, batch.targets, before)
        self._state = tuple(part.detach() for part in after)
        return Step(losses.mean())

    def carried(self) -> dict[str, Tensor]:
        """Return the state after the last chunk."""
        return {str(number): part for number, part in enumerate(self._state)}

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Take up the state that `carried` returned."""
        # Copies, since tensors read from a file may lie where products come out with other last bits.
        self._state = tuple(tensors[str(number)].clone() for number in range(len(tensors)))


@dataclass(frozen=True)
class HeldOutTexts:
    """Texts between boundaries, which choose the epoch by the loss of a token."""

    tokens: Tokens
    boundary: int

    def figures(self, module: LanguageModel, device: torch.device) -> dict[str, float]:
        """Return the mean -log p of a token."""
        losses = token_losses(module, self.tokens, boundary=self.boundary, device=device)
        return {"loss": float(losses.mean(dtype="float64"))}
