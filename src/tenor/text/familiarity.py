"""`Familiarity`: whether new texts look like those a model was made with."""

from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

from tenor.errors import DataError, ModelError
from tenor.text.tokens import Tokens

# A share of unknown tokens up to here is never called unlike, however few the reference texts had.
_FLOOR = 0.01
# How far beyond chance, in standard errors, so that a few unknown tokens in a short text are no alarm.
_ERRORS = 3.0


def unknown_share(tokens: Tokens, unknown: int) -> npt.NDArray[np.float64]:
    """Return the share of tokens with the id `unknown` in each text, (B,), between 0 and 1."""
    counts = np.concatenate(([0], np.cumsum(tokens.ids == unknown)))  # (N+1,)
    return np.diff(counts[tokens.offsets]) / np.maximum(tokens.lengths, 1)


@dataclass(frozen=True)
class Familiarity:
    """What reference texts look like, kept with a model as JSON.

    Take validation texts as the reference where there are any: the vocabulary was made from the training
    texts, so their own share of unknown tokens is lower than that of any other text.
    """

    texts: int
    unknown: int  # id
    unknown_mean: float  # share of the tokens of all texts
    unknown_high: float  # 99 of 100 texts have at most this share
    length_low: int  # tokens, after truncation; 98 of 100 texts lie between low and high
    length_high: int

    @classmethod
    def of(cls, tokens: Tokens, unknown_id: int) -> "Familiarity":
        """Describe the reference texts; `DataError` when there are none."""
        if not len(tokens):
            raise DataError("there are no texts to compare later ones with; give one or more")
        return cls(
            texts=len(tokens),
            unknown=unknown_id,
            unknown_mean=float((tokens.ids == unknown_id).mean()),
            unknown_high=float(np.quantile(unknown_share(tokens, unknown_id), 0.99)),
            length_low=int(np.quantile(tokens.lengths, 0.01, method="lower")),
            length_high=int(np.quantile(tokens.lengths, 0.99, method="higher")),
        )

    @property
    def unknown_limit(self) -> float:
        """The share of unknown tokens above which a text is unlike the reference texts."""
        return min(max(self.unknown_high, _FLOOR), 1.0)

    def warning(self, tokens: Tokens) -> str | None:
        """Return one sentence when these texts, taken together, look unlike the reference, else None.

        They do when more of their tokens are unknown than of nearly every reference text, by more than
        chance, or when their median length is one that hardly any reference text has. No warning proves
        nothing: texts can be unlike in what they say with the same words.
        """
        if not len(tokens):
            return None
        signs = [sign for sign in (self._unknown_sign(tokens), self._length_sign(tokens)) if sign]
        if not signs:
            return None
        return (
            f"these texts are unlike those the model was made with: {', and '.join(signs)}; "
            "read its probabilities with care"
        )

    def _unknown_sign(self, tokens: Tokens) -> str | None:
        share = float((tokens.ids == self.unknown).mean())
        limit = self.unknown_limit
        if share <= limit + _ERRORS * np.sqrt(limit * (1 - limit) / len(tokens.ids)):
            return None
        usual = f"{100 * self.unknown_mean:.1f} %"
        return f"{100 * share:.1f} % of their words are unknown to it (usual: {usual})"

    def _length_sign(self, tokens: Tokens) -> str | None:
        length = float(np.median(tokens.lengths))
        if self.length_low <= length <= self.length_high:
            return None
        return f"their median length is {length:g} tokens (usual: {self.length_low} to {self.length_high})"

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> "Familiarity":
        """Return the figures of `to_json`; `ModelError` when they are damaged."""
        names = {field.name for field in fields(cls)}
        if (
            not isinstance(value, dict)
            or value.keys() != names
            or not all(isinstance(number, int | float) for number in value.values())
        ):
            raise ModelError(
                f"the model's familiarity is damaged (expected the numbers {', '.join(sorted(names))}); "
                "restore the model from a copy, or train it again"
            )
        return cls(**value)
