"""`Predictor`: texts in, labels and probabilities out, in order; batch = one by one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.network import whole_texts_only
from tenor.errors import ConfigError
from tenor.inference.engine import Engine, StepEngine
from tenor.inference.network import NetworkEngine
from tenor.inference.steps import Steps
from tenor.inference.table import TableEngine
from tenor.model import Model
from tenor.text.tokens import Tokens

# encoder -> what computes its models; all others run their network in torch
ENGINES: dict[str, Callable[[Model], Engine]] = {"mingru": TableEngine}

# Texts that are held at once; what a caller streams through stays in constant memory.
_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text."""

    label: str
    probabilities: dict[str, float]  # of each class, in the order of the model's classes
    unknown_share: float  # of its tokens that the vocabulary does not hold

    @property
    def probability(self) -> float:
        """Of the predicted label."""
        return self.probabilities[self.label]


class Predictor:
    """What `tenor.load` returns."""

    def __init__(self, model: Model, engine: Engine) -> None:
        self.model = model
        self._engine = engine

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the columns of `predict_proba`."""
        return self.model.classes

    @cached_property
    def network(self) -> NetworkEngine:
        """The network in torch, for whoever needs its gradients; of minGRU it is built when first asked for.

        Raises `MissingExtraError` without torch.
        """
        return self._engine if isinstance(self._engine, NetworkEngine) else NetworkEngine.of(self.model)

    def predict(self, texts: Iterable[str]) -> list[str]:
        """Return the likeliest label of each text."""
        return [self.classes[i] for chunk in self._chunks(texts) for i in chunk[1].argmax(1)]

    def predict_proba(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C)."""
        chunks = [probabilities for _, probabilities in self._chunks(texts)]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.classes)))

    def predictions(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """Yield one prediction a text; reads ahead by some thousand texts, holds no more."""
        for tokens, probabilities in self._chunks(texts):
            unknown = self.model.pipeline.unknown_share(tokens)
            for row, share in zip(probabilities.tolist(), unknown.tolist(), strict=True):
                label = self.classes[max(range(len(row)), key=row.__getitem__)]
                yield Prediction(label, dict(zip(self.classes, row, strict=True)), share)

    def probabilities(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C) of texts that are ids already."""
        return self.of_logits(self._engine.logits(tokens))

    def of_logits(self, logits: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C) of logits (N, C): the one way from what an engine says."""
        return softmax(logits)

    @property
    def reads_on(self) -> str | None:
        """None if the model reads one way and can go on from a state; else one sentence why it cannot."""
        return whole_texts_only(self.model.config.network)

    @cached_property
    def steps(self) -> Steps:
        """The model token by token; `ConfigError` if it cannot be, which `reads_on` tells before."""
        if (reason := self.reads_on) is not None:
            raise ConfigError(reason)
        assert isinstance(self._engine, StepEngine)  # noqa: S101
        return Steps(self._engine)

    def running(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return probabilities after each token of some texts, (N, C), as if the text ended there.

        Raises:
            ConfigError: the model does not read one way; the sentence is that of `reads_on`.
        """
        return self.of_logits(self.steps.running(tokens))

    def warning(self, texts: Iterable[str]) -> str | None:
        """Return one sentence if the texts look unlike the training data, else None."""
        familiarity = self.model.familiarity
        return None if familiarity is None else familiarity.warning(self.model.pipeline.encode(texts))

    def _chunks(self, texts: Iterable[str]) -> Iterator[tuple[Tokens, npt.NDArray[np.float64]]]:
        if isinstance(texts, str):
            raise TypeError("one text was given where several are expected; put it in a list: [text]")
        remaining = iter(texts)
        while chunk := list(islice(remaining, _CHUNK)):
            tokens = self.model.pipeline.encode(chunk)
            yield tokens, self.probabilities(tokens)


def softmax(logits: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return probabilities (N, C) of logits (N, C)."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def load(path: str | Path) -> Predictor:
    """Load a model or run folder for prediction; its hashes are checked, none of its content is executed."""
    model = Model.load(Path(path))
    return Predictor(model, ENGINES.get(model.config.network.encoder, NetworkEngine.of)(model))
