"""`Texts`: a dataset as a language model reads it, and what its figures are computed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.language_model import LanguageModelConfig
from tenor.data.example import Dataset
from tenor.evaluation.language import Sums
from tenor.nn.chunks import framed, running
from tenor.pretrained_model import unit_of
from tenor.text.bpe import BEGINS_WORD
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens

# Rows that a held-out running text is read in at once, and the parts by which its figures get intervals.
_ROWS, _PARTS, _LONGEST_PART = 16, 50, 1000
_SPLITS = ("train", "validation", "test")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Texts:
    """A dataset as a pipeline reads it."""

    dataset: Dataset
    pipeline: TextPipeline
    tokens: Mapping[str, Tokens]  # of each split, between boundaries
    stream: bool

    @classmethod
    def prepare(cls, dataset: Dataset, config: LanguageModelConfig) -> "Texts":
        """Make the text pipeline from the training texts, and read all splits with it."""
        texts = {name: [example.text for example in dataset.split(name)] for name in _SPLITS}
        pipeline = TextPipeline.build(texts["train"], config.text)
        boundary, stream = pipeline.vocabulary.pad, config.data.stream
        tokens = {}
        for name, some in texts.items():
            if some:
                ids = pipeline.encode(some)
                rows = config.training.batch_size if name == "train" else _ROWS
                tokens[name] = (
                    running(ids, boundary, rows=rows, least=config.chunk) if stream else framed(ids, boundary)
                )
        return cls(dataset, pipeline, tokens, stream)

    @property
    def boundary(self) -> int:
        """The id that stands before and after a text."""
        return self.pipeline.vocabulary.pad

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in _SPLITS[1:] if split in self.tokens]

    @property
    def counts(self) -> dict[str, int]:
        """Tokens of each split that are foretold."""
        return {name: int(tokens.offsets[-1]) - len(tokens) for name, tokens in self.tokens.items()}

    def sums(self, split: str) -> Sums:
        """Return what is known of the texts of a split."""
        vocabulary, unit = self.pipeline.vocabulary, unit_of(self.pipeline)
        begins = np.array([unit != "piece" or token.startswith(BEGINS_WORD) for token in vocabulary.tokens])
        begins[self.boundary] = True
        targets = self._targets(split)
        return Sums(
            tokens=self._by_text(np.ones(len(targets)), split),
            words=np.maximum(self._by_text(begins[targets].astype(np.float64), split), 1),
            unknown=int(np.count_nonzero(targets == vocabulary.unknown)),
            unit=unit,
        )

    def by_text(self, losses: npt.NDArray[Any], split: str) -> Floats:
        """Return the sum of each text of a split, or of each part of a running text."""
        return self._by_text(losses.astype(np.float64), split)

    def _by_text(self, values: Floats, split: str) -> Floats:
        tokens = self.tokens[split]
        starts = tokens.offsets[:-1] - np.arange(len(tokens))
        if self.stream:
            part = max(1, min(_LONGEST_PART, len(values) // _PARTS))
            starts = np.arange(0, len(values), part)
        return np.add.reduceat(values, starts)

    def _targets(self, split: str) -> npt.NDArray[np.int32]:
        tokens = self.tokens[split]
        return np.delete(tokens.ids, tokens.offsets[:-1])
