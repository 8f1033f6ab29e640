"""`Question`: why a model gives a text the log-odds that it gives it; `Scores`: an answer, token by token.

    f(text) = log p - log (1 - p)

p is the probability of one class, the predicted one unless another is asked about. Log-odds have no ceiling,
so a word counts as much in a text the model is sure of as in any other; with two classes they are the
difference of the two logits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tenor.errors import InputError
from tenor.evaluation.metrics import Floats
from tenor.inference.predictor import Predictor
from tenor.text.token import Token
from tenor.text.tokens import Tokens

Bools = npt.NDArray[np.bool_]

# Tokens, left out or not, of the readings that are held at once.
_HELD = 1 << 22
# No probability is taken to be less, so that log-odds are finite (708 at most).
_LEAST = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Scores:
    """What each token of a text adds to the log-odds of a class, in log-odds (natural logarithm).

    `values` (T,) are positive where a token speaks for the class. A method whose scores promise to sum to
    `whole` - `baseline` (completeness: Sundararajan et al. 2017) says from where they start; others have no
    `baseline`.
    """

    values: Floats
    whole: float  # log-odds of the whole text, as the method computed them
    baseline: float | None = None
    steps: int | None = None  # at which gradients were taken


@dataclass(frozen=True)
class Question:
    """Why `predictor` gives `text`, which has T tokens, the log-odds of class number `target`."""

    predictor: Predictor
    text: str
    spans: tuple[Token, ...]  # (T,)
    ids: npt.NDArray[np.int32]  # (T,)
    target: int

    @classmethod
    def of(cls, predictor: Predictor, text: str, label: str | None = None) -> "Question":
        """Ask about the class `label`, or None: the predicted one.

        Raises:
            InputError: the model has no such class.
        """
        pipeline = predictor.model.pipeline
        tokens = pipeline.encode([text])
        if label is None:
            target = int(predictor.probabilities(tokens)[0].argmax())
        elif label in predictor.classes:
            target = predictor.classes.index(label)
        else:
            raise InputError(f"the model has no class {label!r}; it has {', '.join(predictor.classes)}")
        return cls(predictor, text, tuple(pipeline.spans(text)), tokens.ids, target)

    @property
    def label(self) -> str:
        """The class asked about."""
        return self.predictor.classes[self.target]

    @cached_property
    def whole(self) -> float:
        """Log-odds of the whole text."""
        return float(self.log_odds(np.ones((1, len(self.ids)), np.bool_))[0])

    def log_odds(self, kept: Bools) -> Floats:
        """Return the log-odds (R,) of the text with only the tokens `kept` (R, T)."""
        found = self._read(kept)
        own = found[:, self.target]
        others = np.delete(found, self.target, axis=1).sum(1)
        return np.asarray(np.log(np.maximum(own, _LEAST)) - np.log(np.maximum(others, _LEAST)))

    def probability(self, kept: Bools) -> Floats:
        """Return the probability (R,) of the class, of the text with only the tokens `kept` (R, T)."""
        return self._read(kept)[:, self.target]

    def _read(self, kept: Bools) -> Floats:
        parts = [self.predictor.probabilities(tokens) for tokens in self._remaining(kept)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.predictor.classes)))

    def _remaining(self, kept: Bools) -> Iterator[Tokens]:
        """Yield the texts that are left; one of which nothing is left is one unknown token, like any."""
        ids = np.append(self.ids, np.int32(self.predictor.model.pipeline.vocabulary.unknown))
        step = max(1, _HELD // len(ids))
        for start in range(0, len(kept), step):
            some = kept[start : start + step]
            some = np.concatenate((some, ~some.any(1, keepdims=True)), 1)  # (R, T+1)
            offsets = np.zeros(len(some) + 1, np.int64)
            np.cumsum(some.sum(1), out=offsets[1:])
            yield Tokens(np.broadcast_to(ids, some.shape)[some], offsets)
