"""`Parity`: how far an exported graph is from the network in torch, on texts that are made up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.evaluation.temperature import softmax
from tenor.inference.engine import Engine
from tenor.inference.onnx import OnnxEngine
from tenor.inference.onnx_file import LOGITS, PROBABILITIES, VECTORS, OnnxFile
from tenor.model import Model
from tenor.text.tokens import Tokens

TOLERANCE = 1e-4  # absolute, and of numbers above 1 relative
# Tokens of the texts: the shortest ones, some about powers of two, and a long one.
_LENGTHS = (1, 1, 2, 3, 4, 5, 8, 9, 17, 31, 64, 100, 301)
_MORE = 9  # places behind the longest text


@dataclass(frozen=True)
class Parity:
    """Largest difference of each output, over texts read together, behind garbage, and one by one."""

    texts: int
    differences: dict[str, float]

    @property
    def largest(self) -> float:
        """Of all outputs."""
        return max(self.differences.values())

    @property
    def holds(self) -> bool:
        """Whether graph and network say the same, up to rounding."""
        return self.largest <= TOLERANCE  # no number is not


def made_up(model: Model, longest: int | None, *, seed: int = 0) -> Tokens:
    """Return texts of random words, half of them along the bigrams that the model knows."""
    generator = np.random.default_rng(seed)
    vocabulary = model.pipeline.vocabulary
    words = np.delete(np.arange(len(vocabulary), dtype=np.int32), vocabulary.pad)
    most = min(n for n in (longest, model.pipeline.max_length, max(_LENGTHS)) if n is not None)
    rows = []
    for number, length in enumerate(sorted({min(length, most) for length in _LENGTHS} | {1}) * 2):
        ids = generator.choice(words, length)
        if number % 2 and model.ratios is not None:
            ids = _along(model, ids, generator)
        rows.append(ids.tolist())
    return Tokens.of(rows)


def compare(file: OnnxFile, engine: Engine, *, seed: int = 0) -> Parity:
    """Compare a graph with the engine of its network."""
    graph = OnnxEngine(file, threads=1)
    tokens = made_up(file.model, file.longest, seed=seed)
    logits = engine.logits(tokens)
    expected: dict[str, npt.NDArray[Any]] = {
        LOGITS: logits,
        PROBABILITIES: softmax(logits, file.model.temperature),
        VECTORS: engine.vectors(tokens),
    }
    generator = np.random.default_rng(seed)
    lengths, ids = tokens.lengths, tokens.padded(width=int(tokens.lengths.max()) + _MORE)
    padding = np.arange(ids.shape[1]) >= lengths[:, None]
    noisy = np.where(padding, generator.integers(-(1 << 40), 1 << 40, ids.shape), ids)
    readings = [graph.outputs(ids, lengths), graph.outputs(noisy, lengths)]
    alone = [
        graph.outputs(row[None, :length], np.array([length]))
        for row, length in zip(ids, lengths, strict=True)
    ]
    readings.append({name: np.concatenate([one[name] for one in alone]) for name in expected})
    return Parity(
        len(tokens),
        {
            name: max(_apart(reading[name], wanted) for reading in readings)
            for name, wanted in expected.items()
        },
    )


def _apart(found: npt.NDArray[np.float32], wanted: npt.NDArray[Any]) -> float:
    """Return the largest difference, relative to numbers above 1; infinite where one is no number."""
    apart = np.abs(found - wanted) / np.maximum(np.abs(wanted), 1)
    return float(np.where(np.isfinite(apart), apart, np.inf).max(initial=0))


def _along(model: Model, ids: npt.NDArray[np.int32], generator: np.random.Generator) -> npt.NDArray[np.int32]:
    """Put a known bigram over each two words."""
    assert model.ratios is not None  # noqa: S101
    bigrams = model.ratios.bigrams
    count = len(ids) // 2
    if not len(bigrams.followers):
        return ids
    found = generator.integers(0, len(bigrams.followers), count)
    ids = ids.copy()
    ids[0 : 2 * count : 2] = np.searchsorted(bigrams.starts, found, side="right") - 1
    ids[1 : 2 * count : 2] = bigrams.followers[found]
    return ids
