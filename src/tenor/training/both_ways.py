"""Training a language model that reads both ways: chunks, loss, and what chooses its epoch."""

from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from tenor.nn.chunks import Chunk, Chunks, Place, chunk
from tenor.nn.language_model import TwoWayLanguageModel
from tenor.nn.scoring import token_losses
from tenor.text.tokens import Tokens
from tenor.training.next_token import NextToken
from tenor.training.objectives.objective import Step

_AHEAD, _BACK = "ahead.", "back."  # names in a checkpoint begin with the direction


@dataclass(frozen=True, slots=True)
class ChunkPair:
    """A chunk of some texts from their first tokens on, and one from their last tokens back."""

    ahead: Chunk
    back: Chunk

    def to(self, device: torch.device) -> "ChunkPair":
        """Return the same chunks on another device."""
        return ChunkPair(self.ahead.to(device), self.back.to(device))

    def __len__(self) -> int:
        return len(self.ahead)  # as many as back


class ChunkPairs(Chunks):
    """Chunks of texts from both ends. A text is as long either way, so places are those of `Chunks`."""

    @cached_property
    def _turned(self) -> Tokens:
        return self.tokens.turned()

    def batch(self, rows: Place) -> ChunkPair:  # type: ignore[override]
        """Return the chunks at a place."""
        return ChunkPair(super().batch(rows), chunk(self._turned, rows, self.length, self.boundary))


@dataclass
class NextTokenBothWays:
    """Mean of `NextToken` of both directions (Peters et al. 2018, section 3.1)."""

    _ahead: NextToken = field(default_factory=NextToken)
    _back: NextToken = field(default_factory=NextToken)

    @property
    def counts_correct(self) -> bool:
        """Whether its steps say how many were right: they do not."""
        return False

    def __call__(self, module: TwoWayLanguageModel, batch: ChunkPair) -> Step:
        """Compute the loss of one pair of chunks."""
        ahead, back = self._ahead(module, batch.ahead), self._back(module.back, batch.back)
        return Step((ahead.loss + back.loss) / 2)

    def carried(self) -> dict[str, Tensor]:
        """Return the states after the last chunks."""
        ahead, back = self._ahead.carried(), self._back.carried()
        return {
            **{_AHEAD + name: part for name, part in ahead.items()},
            **{_BACK + name: part for name, part in back.items()},
        }

    def carry(self, tensors: dict[str, Tensor]) -> None:
        """Take up the states that `carried` returned."""
        for direction, start in ((self._ahead, _AHEAD), (self._back, _BACK)):
            direction.carry(
                {name.removeprefix(start): part for name, part in tensors.items() if name.startswith(start)}
            )


@dataclass(frozen=True)
class HeldOutBothWays:
    """Texts between boundaries, which choose the epoch by the loss of a token, the mean of both ways."""

    tokens: Tokens
    boundary: int

    def figures(self, module: TwoWayLanguageModel, device: torch.device) -> dict[str, float]:
        """Return the mean -log p of a token."""
        both = ((module, self.tokens), (module.back, self.tokens.turned()))
        losses = [
            token_losses(one, tokens, boundary=self.boundary, device=device).mean(dtype="float64")
            for one, tokens in both
        ]
        return {"loss": float(sum(losses) / len(losses))}
