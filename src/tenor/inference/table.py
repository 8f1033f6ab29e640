"""The engine of minGRU models: a table over the vocabulary, a scan, a product; without torch.

The gates of the first layer see words alone, so their products are folded into one table: reading a text is
gathering rows and running the recurrence. Rows are folded when a word is first met, all at once when many
are. A handful of texts is read in plain NumPy; the compiled kernels are loaded when there is more to do.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.inference import onward, plain
from tenor.inference.engine import Outputs
from tenor.inference.onward import Longer
from tenor.inference.state import State
from tenor.kernels import parallel
from tenor.kernels.pooling import POOLED
from tenor.model import Model
from tenor.text.tokens import Tokens

Array = npt.NDArray[np.float32]

# Tokens read in NumPy before the kernels are loaded, which takes as long as reading so many.
_FEW = 20_000
# Tokens of a piece of work, which one thread does.
_MOST_TOKENS = 1 << 15
# Words are folded all together when so large a share of them is new.
_MANY_NEW = 0.2


@dataclass(frozen=True)
class _Layer:
    weight: Array  # (K * D * 2 * H, input size)
    bias: Array  # (D, 2, H)
    shape: tuple[int, ...]  # (K, D, 2, H)

    @classmethod
    def of(cls, model: Model, number: int) -> "_Layer":
        name = f"encoder.layers.{number}."
        weight, bias = model.arrays[name + "weight"], model.arrays[name + "bias"]
        return cls(weight.reshape(-1, weight.shape[-1]), bias, weight.shape[:-1])

    def table(self, x: Array) -> Array:
        """(U, S) -> products (U, K, D, 2, H) of the first S inputs, the bias in those of the token itself."""
        products = (x @ self.weight[:, : x.shape[1]].T).reshape(-1, *self.shape)
        products[:, 0] += self.bias
        return products

    def lift(self, count: int) -> Array:
        """Return the weights of the last `count` inputs, (K, count, D, 2, H)."""
        weights = self.weight[:, self.weight.shape[1] - count :]
        return np.ascontiguousarray(np.moveaxis(weights.reshape(*self.shape, count), -1, 1))


class TableEngine:
    """Computes logits of a minGRU model; safe to use from several threads."""

    def __init__(self, model: Model, *, threads: int | None = None) -> None:
        network = model.config.network
        self._arrays = model.arrays
        self._ratios = model.ratios
        self.pooling = network.pooling
        self._threads = threads or parallel.available_cores()
        self._layers = [_Layer.of(model, number) for number in range(network.mingru.layers)]
        width, directions, _, size = self._layers[0].shape
        self.output_size = directions * size
        # Words before a token that are kept: those the gates see, and the one whose bigram the oldest ends.
        self._words_before = width - 1 + (model.ratios is not None)
        words = len(model.pipeline.vocabulary)
        # Zeros take no memory before they are written: only rows of words that were met do.
        self._table = np.zeros((words, *self._layers[0].shape), np.float32)
        self._folded = np.zeros(words, np.bool_)
        self._folding = threading.Lock()
        self._read_plainly = 0
        self._classes = len(model.classes)

    def logits(self, tokens: Tokens) -> Array:
        """Return logits (N, C) of N texts, in their order."""
        return self._in_pieces(tokens, self._classes, self.head)

    def vectors(self, tokens: Tokens) -> Array:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        first = "head.hidden.weight" if "head.hidden.weight" in self._arrays else "head.output.weight"
        return self._in_pieces(tokens, self._arrays[first].shape[1], lambda pooled: pooled)

    def vectors_with_logits(self, tokens: Tokens) -> tuple[Array, Array]:
        """Return `vectors` (N, H') and `logits` (N, C) of N texts, each of which is read once."""
        vectors = self.vectors(tokens)
        return vectors, self.head(vectors)

    def _in_pieces(self, tokens: Tokens, size: int, finish: Callable[[Array], Array]) -> Array:
        """Read N texts piece by piece, several at once: what `finish` makes of their vectors, (N, size)."""
        out = np.empty((len(tokens), size), np.float32)
        pieces = _pieces(tokens.offsets)
        threads = self._threads if len(pieces) == 1 else 1  # within a piece

        def task(first: int, end: int) -> None:
            start, stop = tokens.offsets[first], tokens.offsets[end]
            ids, offsets = tokens.ids[start:stop], tokens.offsets[first : end + 1] - start
            out[first:end] = finish(self._pooled(ids, offsets, threads))

        parallel.run([partial(task, *piece) for piece in pieces], self._threads)
        return out

    def initial(self, count: int) -> State:
        """Return the state before the first token: of each layer h and, but for words, the inputs before."""
        width, _, _, size = self._layers[0].shape
        state: dict[str, npt.NDArray[Any]] = {"words": np.full((count, self._words_before), -1, np.int32)}
        for number in range(len(self._layers)):
            state[f"h.{number}"] = np.zeros((count, size), np.float32)
            if number:
                state[f"before.{number}"] = np.zeros((count, width - 1, size), np.float32)
        return state

    def read(self, state: State, tokens: Tokens) -> tuple[Outputs, State]:
        """Read the next piece of each text; return what comes out, and the state after it. One direction."""
        words = Longer.of(state["words"], tokens.ids, tokens.offsets)
        longer = Tokens(words.items, words.offsets)
        table = self._fold(words.items[words.items >= 0])
        numbers = self._numbers(longer, few=self._few(len(longer.ids)))
        after: dict[str, npt.NDArray[Any]] = {"words": words.last}
        sums = onward.of_words(table, numbers, self._layers[0].lift(numbers.shape[1]), words)
        sequence, after["h.0"] = onward.scan(sums, state["h.0"], tokens.offsets)
        for number, layer in enumerate(self._layers[1:], 1):
            inputs = Longer.of(state[f"before.{number}"], sequence, tokens.offsets)
            sums = onward.of_inputs(layer.weight.reshape(*layer.shape, -1), layer.bias, inputs)
            sequence, after[f"h.{number}"] = onward.scan(sums, state[f"h.{number}"], tokens.offsets)
            after[f"before.{number}"] = inputs.last
        return Outputs(sequence, None if self.pooling in POOLED else self._scores(sequence)), after

    def _pooled(self, ids: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64], threads: int) -> Array:
        """Read texts through all layers and pool: (B, H')."""
        few = self._few(len(ids))
        read = plain.read if few else _compiled()
        table, rows = self._fold(ids), ids
        numbers = self._numbers(Tokens(ids, offsets), few=few)
        attends = self.pooling not in POOLED
        for number, layer in enumerate(self._layers):
            last = number == len(self._layers) - 1
            found = read(
                table, rows, offsets, numbers, layer.lift(numbers.shape[1]),
                threads=threads, sequence=attends or not last,
            )  # fmt: skip
            if not last:
                table = self._layers[number + 1].table(found.sequence.reshape(len(ids), -1))
                rows, numbers = np.arange(len(ids), dtype=np.int32), np.empty((len(ids), 0), np.float32)
        if attends:
            return self._attended(found.sequence.reshape(len(ids), -1), offsets)
        parts = [found.pooled[place].reshape(len(offsets) - 1, -1) for place in POOLED[self.pooling]]
        return np.concatenate(parts, 1)

    def _few(self, tokens: int) -> bool:
        """Return whether what was read so far, these tokens included, does not repay loading the kernels."""
        few = self._read_plainly + tokens <= _FEW
        if few:
            self._read_plainly += tokens
        return few

    def _fold(self, ids: npt.NDArray[np.int32]) -> Array:
        """Return the table, with the rows of these words in it."""
        if not self._folded[ids].all():
            with self._folding:
                new = np.unique(ids[~self._folded[ids]])
                if len(new) > _MANY_NEW * len(self._folded):
                    new = np.flatnonzero(~self._folded).astype(np.int32)
                inputs = self._arrays["embedding.weight"][new]
                if self._ratios is not None:
                    inputs = np.concatenate((inputs, self._ratios.of_words(new)), 1)
                self._table[new] = self._layers[0].table(inputs)
                self._folded[new] = True
        return self._table

    def _numbers(self, tokens: Tokens, *, few: bool) -> Array:
        """Return what stands beside the word of each token: the ratios of its bigram, (N, F)."""
        if self._ratios is None:
            return np.empty((len(tokens.ids), 0), np.float32)
        bigrams = self._ratios.bigrams
        return self._ratios.of_bigrams(bigrams.find_plainly(tokens) if few else bigrams.find(tokens))

    def _attended(self, sequence: Array, offsets: npt.NDArray[np.int64]) -> Array:
        """Attention, as `nn.pooling.Attention` and `DotAttention`: (N, H) -> (B, H)."""
        scores = self._scores(sequence)
        starts, lengths = offsets[:-1], np.diff(offsets)
        weights = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
        weights /= np.repeat(np.add.reduceat(weights, starts), lengths)
        return np.asarray(np.add.reduceat(sequence * weights[:, None], starts), np.float32)

    def _scores(self, sequence: Array) -> Array:
        """Return what attention's softmax is taken of: (N, H) -> (N,)."""
        query = self._arrays["pooling.query.weight"][0]
        if self.pooling == "attention":
            weight, bias = self._arrays["pooling.projection.weight"], self._arrays["pooling.projection.bias"]
            return np.asarray(np.tanh(sequence @ weight.T + bias) @ query)
        return np.asarray(sequence @ query / np.float32(len(query) ** 0.5))

    def head(self, pooled: Array) -> Array:
        """Return logits (N, C) of pooled vectors (N, H'), as `nn.classifier.Head`."""
        x = pooled
        if "head.hidden.weight" in self._arrays:
            x = np.maximum(x @ self._arrays["head.hidden.weight"].T + self._arrays["head.hidden.bias"], 0)
        logits = x @ self._arrays["head.output.weight"].T + self._arrays["head.output.bias"]
        return np.concatenate((np.zeros_like(logits), logits), 1) if logits.shape[1] == 1 else logits


def _compiled() -> Callable[..., Any]:
    from tenor.kernels import ragged  # Numba is imported here

    return ragged.read


def _pieces(offsets: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut texts into pieces of at most so many tokens, or one text."""
    pieces = []
    first, texts = 0, len(offsets) - 1
    while first < texts:
        end = int(np.searchsorted(offsets, offsets[first] + _MOST_TOKENS, side="right")) - 1
        end = min(max(end, first + 1), texts)
        pieces.append((first, end))
        first = end
    return pieces
