"""A model's network as those would call it who write a service of their own: eager, without gradients."""

from collections.abc import Sequence
from pathlib import Path

import torch

from tenor.batching import collate
from tenor.evaluation.temperature import softmax
from tenor.inference.network import NetworkEngine
from tenor.model import Model


class Eager:
    """Texts in, the label and its probability of each out; one batch, as wide as its longest text."""

    def __init__(self, folder: Path) -> None:
        self._model = Model.load(folder)
        self._network = NetworkEngine.of(self._model).module

    def __call__(self, texts: Sequence[str]) -> list[dict[str, object]]:
        """Return {"label", "probability"} for each text."""
        batch = collate(self._model.pipeline.encode(texts))
        with torch.no_grad():
            logits = self._network(batch)  # (B, C)
        found = []
        for shares in softmax(logits.numpy(), self._model.temperature):
            place = int(shares.argmax())
            found.append({"label": self._model.classes[place], "probability": float(shares[place])})
        return found
