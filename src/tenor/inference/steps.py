"""`Steps`: running logits of texts that are read piece by piece, in constant memory for each text."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from tenor.inference.engine import StepEngine
from tenor.inference.pooling import RunningPooling
from tenor.inference.state import Rows, State, put, select
from tenor.text.tokens import Tokens

# Tokens that are read at once; their outputs take some tens of megabytes.
_MOST_TOKENS = 1 << 14

Logits = npt.NDArray[np.float32]


class Steps:
    """An engine and the running form of its pooling. After any pieces the logits are those of the whole."""

    def __init__(self, engine: StepEngine) -> None:
        self._engine = engine
        self._pooling = RunningPooling(engine.pooling, engine.output_size)

    def initial(self, count: int) -> State:
        """Return the state of so many texts before their first token."""
        return {**self._engine.initial(count), **self._pooling.initial(count)}

    def advance(self, state: State, tokens: Tokens) -> State:
        """Return the state after the next tokens of each text, of which there are some; `state` stays."""
        after = {name: array.copy() for name, array in state.items()}
        for rows, piece in _pieces(tokens):
            self._read(after, rows, piece)
        return after

    def current(self, state: State) -> Logits:
        """Return logits (B, C) of what was read, which is one token or more of each text."""
        return self._engine.head(self._pooling.value(state))

    def running(self, tokens: Tokens) -> Logits:
        """Return logits (N, C) after each token of whole texts."""
        state = self.initial(len(tokens))
        places = Tokens(np.arange(len(tokens.ids), dtype=np.int32), tokens.offsets)
        out: Logits | None = None
        for (rows, piece), (_, own) in zip(_pieces(tokens), _pieces(places), strict=True):
            pooled = np.empty((len(piece.ids), self._pooling.output_size), np.float32)
            self._read(state, rows, piece, pooled.__setitem__)
            logits = self._engine.head(pooled)
            out = np.empty((len(tokens.ids), logits.shape[1]), np.float32) if out is None else out
            out[own.ids] = logits
        assert out is not None, "there is a text, and a token of each"  # noqa: S101
        return out

    def _read(
        self,
        state: State,
        rows: Rows,
        piece: Tokens,
        after_each: Callable[[Rows, npt.NDArray[np.float32]], None] | None = None,
    ) -> None:
        """Write into the state the next tokens of the texts of `rows`; see `RunningPooling.add`."""
        part = select(state, rows)
        outputs, encoder = self._engine.read(part, piece)
        part.update(encoder)
        self._pooling.add(part, outputs, piece.offsets, after_each)
        put(state, rows, part)


def _pieces(tokens: Tokens) -> Iterator[tuple[Rows, Tokens]]:
    """Yield texts and the next piece of each, few tokens at a time even when padded, until all are read."""
    rows, start = np.arange(len(tokens)), 0
    while len(rows):
        most = max(_MOST_TOKENS // len(rows), 1)
        yield rows, tokens.piece(rows, start, most)
        start += most
        rows = rows[tokens.lengths[rows] > start]
