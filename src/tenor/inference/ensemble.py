"""`EnsembleEngine`: the weighted sum of what several engines say of the same ids."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.inference.engine import Engine
from tenor.inference.network import NetworkEngine
from tenor.inference.state import State
from tenor.inference.steps import Steps
from tenor.kernels import parallel
from tenor.model import Model
from tenor.text.ngram_part import NgramPart, class_logits
from tenor.text.tokens import Tokens

Array = npt.NDArray[np.float32]

NGRAMS_READ_WHOLE_TEXTS = (
    "its n-grams are those of whole texts, so the model cannot go on from a state; train with "
    "ensemble.ngrams.use=false to carry one"
)
# Tokens read in NumPy before the kernel is loaded, which takes as long as reading so many.
_FEW = 20_000


class NgramEngine:
    """Computes logits of the n-gram part; safe to use from several threads."""

    def __init__(self, part: NgramPart, *, threads: int | None = None) -> None:
        self._part = part
        self._threads = threads or parallel.available_cores()
        self._read_plainly = 0

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return logits (N, C) of N texts, in their order."""
        few = self._read_plainly + len(tokens.ids) <= _FEW
        if few:
            self._read_plainly += len(tokens.ids)
            return class_logits(self._part.scores_plainly(tokens))
        return class_logits(self._part.scores(tokens, threads=self._threads))


class EnsembleEngine:
    """Averages the logits of networks, and adds those of n-grams with the weights of the model's mixture."""

    def __init__(self, model: Model, networks: Sequence[Engine]) -> None:
        self.networks = tuple(networks)
        self._mixture = model.mixture
        self._ngrams = None if model.ngrams is None else NgramEngine(model.ngrams)

    def logits(self, tokens: Tokens) -> Array:
        """Return logits (N, C) of N texts, in their order."""
        return self._summed(self.mean_logits(tokens), tokens)

    def mean_logits(self, tokens: Tokens) -> Array:
        """Return the networks' mean logits (N, C)."""
        return mean([network.logits(tokens) for network in self.networks])

    def vectors(self, tokens: Tokens) -> Array:
        """Return the networks' pooled vectors side by side, (N, H'), in their order."""
        return np.concatenate([network.vectors(tokens) for network in self.networks], axis=1)

    def vectors_with_logits(self, tokens: Tokens) -> tuple[Array, Array]:
        """Return `vectors` (N, H') and `logits` (N, C) of N texts, each of which every network reads once."""
        vectors, logits = zip(*(one.vectors_with_logits(tokens) for one in self.networks), strict=True)
        return np.concatenate(vectors, axis=1), self._summed(mean(logits), tokens)

    def _summed(self, networks: Array, tokens: Tokens) -> Array:
        if self._ngrams is None or self._mixture is None:
            return networks
        return self._mixture.of(networks, self._ngrams.logits(tokens))


class EnsembleSteps:
    """`Steps` of several networks, whose logits are averaged. A state holds those of all, by number."""

    def __init__(self, networks: Sequence[Steps]) -> None:
        self._networks = tuple(networks)

    def initial(self, count: int) -> State:
        """Return the state of so many texts before their first token."""
        return _joined([one.initial(count) for one in self._networks])

    def advance(self, state: State, tokens: Tokens) -> State:
        """Return the state after the next tokens of each text, of which there are some; `state` stays."""
        parts = zip(self._networks, self._parts(state), strict=True)
        return _joined([one.advance(part, tokens) for one, part in parts])

    def current(self, state: State) -> Array:
        """Return logits (B, C) of what was read, which is one token or more of each text."""
        parts = zip(self._networks, self._parts(state), strict=True)
        return mean([one.current(part) for one, part in parts])

    def running(self, tokens: Tokens) -> Array:
        """Return logits (N, C) after each token of whole texts."""
        return mean([one.running(tokens) for one in self._networks])

    def _parts(self, state: State) -> list[State]:
        parts: list[dict[str, npt.NDArray[Any]]] = [{} for _ in self._networks]
        for name, array in state.items():
            number, _, rest = name.partition(".")
            parts[int(number)][rest] = array
        return list(parts)


def combined(model: Model, engine: Callable[[Model], Engine]) -> Engine:
    """Return what computes a model, each of its networks computed by what `engine` makes of it."""
    return of_networks(model, [engine(member) for member in model.members])


def of_networks(model: Model, networks: Sequence[Engine]) -> Engine:
    """Return what computes a model whose networks are computed by these."""
    return networks[0] if model.alone else EnsembleEngine(model, networks)


def network_engine(model: Model) -> Engine:
    """Return what computes a model with all its networks in torch.

    Raises:
        MissingExtraError: torch is not installed.
    """
    return combined(model, NetworkEngine.of)


def mean(logits: Sequence[Array]) -> Array:
    """Return the mean of logits (N, C); that of one is itself, bit for bit."""
    if len(logits) == 1:
        return logits[0]
    return np.asarray(np.mean(np.stack(logits), axis=0, dtype=np.float64), np.float32)


def _joined(states: Sequence[State]) -> State:
    return {f"{number}.{name}": array for number, one in enumerate(states) for name, array in one.items()}
