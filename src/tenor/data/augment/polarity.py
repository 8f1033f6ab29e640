"""`Polarity`: which words of the training texts speak for which of two classes, by log-count ratios."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tenor.data.example import Example

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SMOOTHING = 1.0  # texts of each class added to the counts of a word
_POLAR = 0.3  # from here on, 4 to 3, a ratio says something


def words(text: str) -> list[str]:
    """Return the words of a text in lower case: letters, with apostrophes (made straight) and hyphens inside.

    This comes before there is a tokenizer, and must mean the same for all of them.
    """
    return _WORD.findall(text.lower().replace("’", "'"))


@dataclass(frozen=True)
class Polarity:
    """The log-count ratio of words that have one worth its name; above 0 it speaks for the second class.

    The ratio is that of Wang & Manning 2012, eq. 5, over texts; its standard error the usual one of a log
    odds ratio (Monroe et al. 2008, "Fightin' words", eq. 20, with the same few texts added). The ratio of a
    rare word is but the label of the texts it came from, and lies within a few errors of 0.
    """

    classes: tuple[str, str]
    ratios: Mapping[str, float]
    errors: Mapping[str, float]  # the standard error of each

    @classmethod
    def of(cls, rows: Sequence[Example], classes: tuple[str, str]) -> "Polarity":
        """Count the rows, which have both classes."""
        from tenor.kernels import counting

        texts = Counter(row.label for row in rows)
        counters: dict[str | None, Counter[str]] = {label: Counter() for label in classes}
        for row in rows:
            counters[row.label].update(set(words(row.text)))
        first, second = (counters[label] for label in classes)
        known = sorted(first | second)
        counts = np.array([(first[word], second[word]) for word in known], np.int32).reshape(-1, 2)
        shares = np.array([texts[label] for label in classes]) / texts.total()
        ratios = np.empty((len(known), 1), np.float32)
        counting.ratios(np.arange(len(known), dtype=np.int32), counts, shares, _SMOOTHING, ratios)
        error = np.sqrt((1 / (counts + _SMOOTHING)).sum(axis=1))
        polar = np.flatnonzero(np.abs(ratios[:, 0]) >= _POLAR)
        return cls(
            classes,
            {known[place]: float(ratios[place, 0]) for place in polar},
            {known[place]: float(error[place]) for place in polar},
        )

    def label(self, found: Iterable[str], *, errors: float, at_least: float = 0.0) -> str | None:
        """Return the class that all polar words speak for, together by `at_least`; None: they do not.

        A word is polar if its ratio is `errors` standard errors or more away from 0. The sum of the ratios is
        the logarithm of the odds that naive Bayes gives: 2 is 7 to 1.
        """
        known = {word: self.ratios[word] for word in found if word in self.ratios}
        ratios = [ratio for word, ratio in known.items() if abs(ratio) >= errors * self.errors[word]]
        agree = len({ratio > 0 for ratio in ratios}) == 1
        return self.classes[ratios[0] > 0] if agree and abs(sum(ratios)) >= at_least else None
