"""`LanguageFigures`: how well held-out texts were foretold, with intervals by the bootstrap over texts.

Perplexity is exp of the mean -log p of a token; the end of a text counts as one. A model over pieces of words
is compared with one over words by its perplexity per word, exp(sum of -log p / words), and one over
characters is given in bits per character, log2 of its perplexity. Perplexities of different vocabularies
cannot be compared: the fewer words a vocabulary knows, the more of them are the unknown word, which is easily
said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.evaluation.intervals import Interval, bootstrap
from tenor.evaluation.metrics import Floats

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """What is known of B held-out texts, or parts of a running text."""

    tokens: Array  # (B,) that were foretold
    words: Array  # (B,)
    unknown: int  # tokens that the vocabulary does not hold, of all
    unit: str  # what a token is: word, piece or character

    def per_word(self) -> bool:
        """Whether a word is another thing than a token."""
        return self.unit == "piece"


@dataclass(frozen=True)
class LanguageFigures:
    """What a model makes of held-out texts."""

    texts: int
    tokens: int
    unit: str
    unknown_share: float
    perplexity: Interval
    word_perplexity: Interval | None  # where tokens are pieces of words
    bits_per_character: Interval | None  # where tokens are characters
    ratios: Mapping[str, Interval]  # perplexity as a share of that of each baseline

    @property
    def headline(self) -> tuple[str, Interval]:
        """The figure of this kind of model, and its name."""
        if self.bits_per_character is not None:
            return "bits per character", self.bits_per_character
        if self.word_perplexity is not None:
            return "perplexity per word", self.word_perplexity
        return "perplexity", self.perplexity

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON-ready values."""
        return {
            "texts": self.texts,
            "tokens": self.tokens,
            "unit": self.unit,
            "unknown_share": self.unknown_share,
            "perplexity": self.perplexity.to_json(),
            "word_perplexity": self.word_perplexity and self.word_perplexity.to_json(),
            "bits_per_character": self.bits_per_character and self.bits_per_character.to_json(),
            "perplexity_ratio": {name: ratio.to_json() for name, ratio in self.ratios.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "LanguageFigures":
        """Return the figures of `to_json`.

        Raises `KeyError` or `TypeError` where these are none.
        """

        def interval(name: str) -> Interval | None:
            return values[name] and Interval(**values[name])

        return cls(
            texts=values["texts"],
            tokens=values["tokens"],
            unit=values["unit"],
            unknown_share=values["unknown_share"],
            perplexity=Interval(**values["perplexity"]),
            word_perplexity=interval("word_perplexity"),
            bits_per_character=interval("bits_per_character"),
            ratios={name: Interval(**one) for name, one in values["perplexity_ratio"].items()},
        )


def language_figures(
    losses: Array, sums: Sums, *, others: Mapping[str, Array], resamples: int, seed: int
) -> LanguageFigures:
    """Evaluate a model by the sum of -log p (nats) of each text (B,); `others` are those of baselines."""
    rows = len(losses)

    def figures(weights: Floats) -> Floats:  # (R, B) -> (R, K)
        tokens, words = weights @ sums.tokens, weights @ sums.words
        own = weights @ losses
        made = [np.exp(own / tokens), np.exp(own / words), own / tokens / np.log(2)]
        made += [np.exp((own - weights @ other) / tokens) for other in others.values()]
        return np.stack(made, 1)

    perplexity, per_word, bits, *ratios = bootstrap(figures, rows, resamples=resamples, seed=seed)
    assert perplexity is not None, "there is a token in every text"  # noqa: S101
    return LanguageFigures(
        texts=rows,
        tokens=int(sums.tokens.sum()),
        unit=sums.unit,
        unknown_share=sums.unknown / sums.tokens.sum(),
        perplexity=perplexity,
        word_perplexity=per_word if sums.per_word() else None,
        bits_per_character=bits if sums.unit == "character" else None,
        ratios={name: ratio for name, ratio in zip(others, ratios, strict=True) if ratio is not None},
    )
