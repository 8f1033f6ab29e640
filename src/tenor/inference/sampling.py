"""`Sampling`: which of the tokens that may come next are drawn, and how boldly."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError

TOKENS = 100  # that are written at most, where nothing is said

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """Temperature, then the k likeliest tokens (Fan et al. 2018), then the nucleus (Holtzman et al. 2020).

    Raises `ConfigError` for a value out of range.
    """

    temperature: float = 1.0  # that log-probabilities are divided by; 0: always the likeliest token
    top_k: int | None = None  # so many likeliest tokens; None: all
    top_p: float = 1.0  # the fewest tokens that have this probability together

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < np.inf:
            raise ConfigError(f"the temperature is {self.temperature:g}; it must be 0 or more, such as 0.8")
        if self.top_k is not None and self.top_k < 1:
            raise ConfigError(f"top-k is {self.top_k}; it must be 1 or more, or left out for all tokens")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top-p is {self.top_p:g}; it must be above 0 and at most 1")

    def probabilities(self, log_probabilities: npt.NDArray[np.floating]) -> Floats:
        """Return what tokens are drawn with: log p (V,) -> (V,) with sum 1, 0 for those left out."""
        logits = log_probabilities.astype(np.float64)
        if self.temperature == 0:
            return np.asarray(np.arange(len(logits)) == logits.argmax(), np.float64)
        with np.errstate(over="ignore"):  # next to 0 the quotient is minus infinity, and its share 0
            found: Floats = np.exp((logits - logits.max()) / self.temperature)
        order = np.argsort(-logits, kind="stable")
        if self.top_k is not None:
            found[order[self.top_k :]] = 0.0
        found /= found.sum()
        if self.top_p < 1:
            before = np.cumsum(found[order]) - found[order]  # of the likelier ones
            found[order[before >= self.top_p]] = 0.0
            found /= found.sum()
        return found

    def draw(self, log_probabilities: npt.NDArray[np.floating], generator: np.random.Generator) -> int:
        """Return a token drawn by a generator."""
        sums = np.cumsum(self.probabilities(log_probabilities))
        return int(np.searchsorted(sums, generator.random() * sums[-1], side="right"))
