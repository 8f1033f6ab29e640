"""Which of two models is better on the same texts, and whether the difference would hold.

Two questions, two tests. McNemar's asks of two trained models whether one reads such texts better than the
other (Dietterich 1998); training is left out of it. The bootstrap asks of two ways to train whether other
trainings, read on other texts, would differ the same way. Since many pairs are looked at together, its p
values are corrected for their number (Holm 1979).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, lgamma, log, sqrt

import numpy as np
import numpy.typing as npt

from tenor.errors import ConfigError, InputError
from tenor.evaluation import student
from tenor.evaluation.intervals import Interval, resampling_counts
from tenor.evaluation.metrics import Floats
from tenor.evaluation.moderation import Family
from tenor.evaluation.seeds import TrainingSpread, together

_ROUNDING = 1e-20  # a variance below this is that of equal numbers

Right = npt.NDArray[np.bool_]
"""Which texts are read right, (N,), or (S, N) of S trainings."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Accuracy of model `a` minus that of `b`, each the mean over its trainings.

    `difference` and `p_bootstrap` speak of other trainings and other texts (`paired_bootstrap`), of other
    texts alone where there is one training each. `p_mcnemar` compares the first trainings of the two.
    `adjusted` is `p_bootstrap` after Holm's correction over all pairs that were compared, and the difference
    `holds` when that is below the level asked for.
    """

    a: str
    b: str
    difference: Interval
    p_mcnemar: float
    p_bootstrap: float
    adjusted: float
    holds: bool

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "a": self.a,
            "b": self.b,
            "difference": self.difference.to_json(),
            "p_mcnemar": self.p_mcnemar,
            "p_bootstrap": self.p_bootstrap,
            "adjusted": self.adjusted,
            "holds": self.holds,
        }


def mcnemar(correct_a: npt.ArrayLike, correct_b: npt.ArrayLike) -> float:
    """Return the exact two-sided p of McNemar's test: are two models equally often right alone?

    `correct_a` and `correct_b` (N,) say which texts each reads right. Of the n texts that one of them alone
    reads right, half should be each one's if they were equally good: twice the binomial tail, at most 1.
    """
    (a,), (b,) = _checked({"a": correct_a, "b": correct_b}).values()
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    n, k = only_a + only_b, min(only_a, only_b)
    # P(X <= k) as P(X = k) times 1 + k / (n - k + 1) + ..., so that nothing overflows or is lost.
    numbers = np.arange(k, 0, -1)
    series = 1.0 + float(np.cumprod(numbers / (n - numbers + 1)).sum())
    last = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)
    return min(1.0, 2 * exp(last) * series)


def paired_bootstrap(
    correct_a: npt.ArrayLike, correct_b: npt.ArrayLike, *, resamples: int, seed: int
) -> tuple[Interval, float]:
    """Return the difference of two accuracies, a minus b, with its 95 % interval, and its two-sided p.

    `correct_a` (S, N) and `correct_b` (S', N) say which texts each training reads right. The draws take
    texts with replacement, the same for both models. To their variance comes that of other trainings, each
    model's apart (`seeds.TrainingSpread`). Interval and p are those of Student's t with that variance and
    with the degrees of freedom that few trainings leave: percentiles of draws among three trainings can
    call chance a difference two or three times too often. Where all draws are alike, p is that of
    McNemar's test.

    Raises:
        InputError: arrays that do not fit each other.
        ConfigError: fewer than 2 resamples.
    """
    correct = _checked({"a": correct_a, "b": correct_b})
    return _Draws.of(list(correct.values()), resamples, seed).compare(0, 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values corrected for their number, in the same order (Holm 1979).

    Each is what the level would have to be for it to be accepted, all errors counted together.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def differences(
    correct: Mapping[str, npt.ArrayLike], *, resamples: int, seed: int, alpha: float = 0.05
) -> tuple[Difference, ...]:
    """Compare each two models; `correct` holds (S, N) by name, the texts that each training reads right.

    All pairs see the same draws. The variance of a model's trainings is judged with that of the others in
    mind (`moderation`). The pairs come in the order of the names.

    Raises:
        InputError: arrays that do not fit each other.
        ConfigError: fewer than 2 resamples; a level not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise ConfigError(f"the level of the tests is {alpha:g}; it must be above 0 and below 1 (0.05)")
    right = _checked(correct)
    if len(right) < 2:
        return ()
    draws = _Draws.of(list(right.values()), resamples, seed)
    pairs = list(combinations(enumerate(right.items()), 2))
    compared = [draws.compare(i, j) for (i, _), (j, _) in pairs]
    corrected = holm([p for _, p in compared])
    return tuple(
        Difference(a, b, difference, mcnemar(of_a[0], of_b[0]), p, adjusted, adjusted < alpha)
        for ((_, (a, of_a)), (_, (b, of_b))), (difference, p), adjusted in zip(
            pairs, compared, corrected, strict=True
        )
    )


@dataclass(frozen=True)
class _Draws:
    """Accuracies of M models under R draws of texts, (R, M), and how their trainings spread."""

    correct: Sequence[Right]
    texts: Floats
    trainings: Sequence[TrainingSpread]

    @classmethod
    def of(cls, correct: Sequence[Right], resamples: int, seed: int) -> "_Draws":
        if resamples < 2:
            raise ConfigError(f"{resamples} bootstrap resamples; take at least 2 (1000 is usual)")
        rows = correct[0].shape[1]
        stacked = np.concatenate(correct).T.astype(np.float64)  # (N, sum of S)
        shares = np.concatenate([counts @ stacked for counts in resampling_counts(rows, resamples, seed)])
        ends = np.cumsum([len(one) for one in correct])[:-1]
        parts = np.split(shares / rows, ends, axis=1)  # (R, S) of each model
        texts = np.stack([part.mean(axis=1) for part in parts], axis=1)
        spreads = [TrainingSpread.of(one.mean(1), part) for one, part in zip(correct, parts, strict=True)]
        return cls(correct, texts, _moderated(spreads, rows))

    def compare(self, i: int, j: int) -> tuple[Interval, float]:
        """Return the difference between models i and j, and its p."""
        a, b = self.correct[i], self.correct[j]
        # Of whole numbers, so that equal models differ by exactly 0.
        value = (int(a.sum()) * len(b) - int(b.sum()) * len(a)) / (a.size * len(b))
        of_texts = float((self.texts[:, i] - self.texts[:, j]).var(ddof=1))
        variance, freedom = together(of_texts, a.shape[1], [self.trainings[i], self.trainings[j]])
        if variance < _ROUNDING:
            return Interval(value, value, value), mcnemar(a[0], b[0])
        p = student.two_sided(value / sqrt(variance), freedom)
        return student.interval(value, variance, freedom, -1.0, 1.0), p


def _moderated(spreads: Sequence[TrainingSpread], rows: int) -> list[TrainingSpread]:
    """Let models that were trained more than once know of each other's variances."""
    several = [one for one in spreads if one.seeds > 1]
    family = Family.of(
        [one.variance for one in several],
        [one.freedom for one in several],
        least=1 / (12 * rows**2),  # what rounding to whole texts leaves
    )
    return [one.moderated(family) if one.seeds > 1 else one for one in spreads]


def _checked(correct: Mapping[str, npt.ArrayLike]) -> dict[str, Right]:
    """Return the arrays as (S, N); one training may be given as (N,)."""
    found = {name: np.atleast_2d(np.asarray(values)) for name, values in correct.items()}
    for name, values in found.items():
        if values.ndim != 2 or not values.size or not np.isin(values, (0, 1)).all():
            raise InputError(
                f"what {name} reads right has shape {np.shape(correct[name])}; give true or false for each "
                "text, (S, N) of S trainings, at least one of each"
            )
    if len({values.shape[1] for values in found.values()}) > 1:
        sizes = ", ".join(f"{name} {values.shape[1]:,}" for name, values in found.items())
        raise InputError(f"models can be compared on the same texts only; there are {sizes} texts")
    return {name: values.astype(bool) for name, values in found.items()}
