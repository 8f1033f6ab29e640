"""The engine that runs a model's network in torch."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tenor.errors import MissingExtraError
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

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        from tenor.nn.forward import forward

        return forward(self.module, tokens, device=self.module.embedding.weight.device)

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        from tenor.nn.forward import pooled

        return pooled(self.module, tokens, device=self.module.embedding.weight.device)
