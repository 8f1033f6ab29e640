"""The engine that runs a model's network in torch."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.errors import MissingExtraError
from tenor.inference.engine import Outputs
from tenor.inference.state import State
from tenor.model import Model
from tenor.text.tokens import Tokens

if TYPE_CHECKING:
    from tenor.nn.classifier import Classifier


class NetworkEngine:
    """Runs the network in float32, on the device where it lies."""

    def __init__(self, module: "Classifier") -> None:
        self.module = module

    @classmethod
    def of(cls, model: Model) -> "NetworkEngine":
        """Build the network of a model and load its tensors."""
        try:
            import torch  # noqa: F401 - the message below is for whoever lacks it
        except ImportError:
            raise MissingExtraError("torch", "train") from None
        from tenor.nn.build import build, load_arrays

        module = build(
            model.config.network,
            vocabulary_size=len(model.pipeline.vocabulary),
            classes=len(model.classes),
            ratios=model.ratios,
            pad=model.pipeline.vocabulary.pad,
            unknown=model.pipeline.vocabulary.unknown,
        )
        load_arrays(module, model.arrays)
        return cls(module.eval())

    @property
    def pooling(self) -> str:
        """Name of the pooling."""
        return str(self.module.pooling.name)

    @property
    def output_size(self) -> int:
        """Numbers that the encoder says after each token."""
        return self.module.encoder.output_size

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        from tenor.nn.forward import forward

        return forward(self.module, tokens, device=self.module.embedding.weight.device)

    def initial(self, count: int) -> State:
        """Return the encoder's state before the first token of so many texts."""
        from tenor.nn.onward import initial

        return initial(self.module, count)

    def read(self, state: State, tokens: Tokens) -> tuple[Outputs, State]:
        """Read the next piece of each text; return what comes out, and the state after it."""
        from tenor.nn.onward import read

        sequence, scores, after = read(self.module, state, tokens)
        return Outputs(sequence, scores), after

    def head(self, pooled: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of pooled vectors (N, H')."""
        from tenor.nn.onward import head

        return head(self.module, pooled)

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        from tenor.nn.forward import pooled

        return pooled(self.module, tokens, device=self.module.embedding.weight.device)

    def vectors_with_logits(self, tokens: Tokens) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return `vectors` (N, H') and `logits` (N, C) of N texts, each of which is read once."""
        vectors = self.vectors(tokens)
        return vectors, self.head(vectors)
