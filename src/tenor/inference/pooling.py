"""Poolings in their running form: what each keeps of the tokens read so far, for B texts side by side.

Sums are float64: over a stream without end float32 would lose digits. Attention keeps the sum of outputs
weighted by e^(score - top), with the highest score so far as `top`, so that nothing overflows (the running
softmax of Milakov & Gimelshein 2018, algorithm 3).
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tenor.inference.engine import Outputs
from tenor.inference.state import Rows, State, put, select, side_by_side

Array = npt.NDArray[Any]


class Form(Protocol):
    """A pooling that reads one token at a time."""

    def initial(self, count: int, size: int) -> State:
        """Return what is kept before the first token of `count` texts, for outputs of `size` numbers."""
        ...

    def add(self, state: State, outputs: Array, scores: Array | None) -> None:
        """Write into the state one more token of each text: outputs (B, H), scores (B,) under attention."""
        ...

    def value(self, state: State) -> Array:
        """Return the pooled vectors, (B, H), of texts of at least one token."""
        ...


class Last:
    """The output after the last token."""

    def initial(self, count: int, size: int) -> State:
        """Return zeros."""
        return {"last": np.zeros((count, size), np.float32)}

    def add(self, state: State, outputs: Array, scores: Array | None) -> None:
        """Keep the outputs (B, H)."""
        state["last"][:] = outputs

    def value(self, state: State) -> Array:
        """Return the last, (B, H)."""
        return state["last"].copy()


class Mean:
    """The mean of the outputs."""

    def initial(self, count: int, size: int) -> State:
        """Return sums of nothing."""
        return {"sum": np.zeros((count, size)), "count": np.zeros(count)}

    def add(self, state: State, outputs: Array, scores: Array | None) -> None:
        """Add the outputs (B, H)."""
        state["sum"][:] += outputs
        state["count"][:] += 1

    def value(self, state: State) -> Array:
        """Return sum / count, (B, H)."""
        return np.asarray(state["sum"] / state["count"][:, None], np.float32)


class Max:
    """The largest value of each unit."""

    def initial(self, count: int, size: int) -> State:
        """Return what everything is larger than."""
        return {"max": np.full((count, size), -np.inf, np.float32)}

    def add(self, state: State, outputs: Array, scores: Array | None) -> None:
        """Keep the larger ones, (B, H)."""
        np.maximum(state["max"], outputs, out=state["max"])

    def value(self, state: State) -> Array:
        """Return the largest, (B, H)."""
        return state["max"].copy()


class Weighted:
    """The mean of the outputs weighted by the exponential of their scores."""

    def initial(self, count: int, size: int) -> State:
        """Return sums of nothing, and no score yet."""
        nothing = {"sum": np.zeros((count, size)), "weight": np.zeros(count)}
        return {**nothing, "top": np.full(count, -np.inf, np.float32)}

    def add(self, state: State, outputs: Array, scores: Array | None) -> None:
        """Add the outputs (B, H) with the weight of their scores (B,)."""
        assert scores is not None, "an engine under attention gives scores"  # noqa: S101
        top = np.maximum(state["top"], scores)
        fading = np.exp(state["top"] - top, dtype=np.float64)
        weight = np.exp(scores - top, dtype=np.float64)
        state["sum"][:] *= fading[:, None]
        state["sum"][:] += weight[:, None] * outputs
        state["weight"][:] = fading * state["weight"] + weight
        state["top"][:] = top

    def value(self, state: State) -> Array:
        """Return sum / weight, (B, H)."""
        return np.asarray(state["sum"] / state["weight"][:, None], np.float32)


# name of a pooling -> what lies side by side in its vector
FORMS: dict[str, tuple[Form, ...]] = {
    "last": (Last(),),
    "mean": (Mean(),),
    "max": (Max(),),
    "mean-max": (Mean(), Max()),
    "attention": (Weighted(),),
    "dot-attention": (Weighted(),),
}


class RunningPooling:
    """A pooling by its name, over outputs of H numbers."""

    def __init__(self, name: str, size: int) -> None:
        self._forms = FORMS[name]
        self._size = size
        self.output_size = len(self._forms) * size  # H'

    def initial(self, count: int) -> State:
        """Return what is kept before the first token of so many texts."""
        return {name: a for form in self._forms for name, a in form.initial(count, self._size).items()}

    def value(self, state: State) -> Array:
        """Return the pooled vectors, (B, H'), of texts of at least one token."""
        return np.concatenate([form.value(state) for form in self._forms], 1)

    def add(
        self,
        state: State,
        outputs: Outputs,
        offsets: npt.NDArray[np.int64],
        after_each: Callable[[Rows, Array], None] | None = None,
    ) -> None:
        """Write the next tokens of each text into the state.

        `after_each` is told the places of the tokens read in each step, and the pooled vectors with them.
        """
        order, steps = side_by_side(offsets)
        kept = select(state, order)
        for places in steps:
            now = {name: array[: len(places)] for name, array in kept.items()}
            scores = None if outputs.scores is None else outputs.scores[places]
            for form in self._forms:
                form.add(now, outputs.sequence[places], scores)
            if after_each is not None:
                after_each(places, self.value(now))
        put(state, order, kept)
