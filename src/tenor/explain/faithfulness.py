"""Faithfulness: whether a model bears out the scores of an attribution method (Petsiuk et al. 2018, RISE).

Deletion takes the tokens out of a text, those first that speak for the class most; insertion puts them into
an empty text in the same order, each at its place. If the scores are right, the probability of the class
falls soon in the first and rises soon in the second. Each curve gives one number, the area under it over the
share of tokens taken out or put in:

    deletion   area of random orders - area of deletion
    insertion  area of insertion - area of random orders
    score      mean of the two = (area of insertion - area of deletion) / 2

All are 0 for an order that knows nothing, and better when higher. What is left of a text is read as a text of
its own, which a model may find odd (Hooker et al. 2019): scores rank methods on one model, and say little
across models.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from tenor.errors import InputError
from tenor.evaluation.intervals import Interval, bootstrap
from tenor.evaluation.metrics import Floats, Ints
from tenor.explain.attribution import answer, methods_for
from tenor.explain.question import Bools, Question
from tenor.inference.predictor import Predictor

# Of the tokens, at which the curves are read: close together at both ends, where a few words decide, and the
# same from either end, so that a random deletion is a random insertion backwards.
FRACTIONS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
RANDOM = "random"  # an order that knows nothing, for reference
_DRAWS = 5  # random orders a text that the others are compared with

# Scores (T,) of the tokens of a question.
Explain = Callable[[Question], Floats]


@dataclass(frozen=True, slots=True)
class MethodScore:
    """How faithful a method is, in probability, each the mean over the texts.

    `behind` is how far its score is below that of the best method, on the same texts; None for the best and
    for the random order. `curves` are the mean probabilities at `FRACTIONS`.
    """

    method: str
    deletion: Interval
    insertion: Interval
    score: Interval
    behind: Interval | None
    deletion_curve: tuple[float, ...]
    insertion_curve: tuple[float, ...]
    seconds_a_text: float  # that the scores took; the curves not counted

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "method": self.method,
            "deletion": self.deletion.to_json(),
            "insertion": self.insertion.to_json(),
            "score": self.score.to_json(),
            "behind": self.behind and self.behind.to_json(),
            "deletion_curve": list(self.deletion_curve),
            "insertion_curve": list(self.insertion_curve),
            "seconds_a_text": self.seconds_a_text,
        }


@dataclass(frozen=True)
class Faithfulness:
    """Methods on the same texts, the best first and the random order last."""

    texts: int
    methods: tuple[MethodScore, ...]
    resamples: int
    seed: int

    @property
    def best(self) -> str:
        """The method of the highest score."""
        return self.methods[0].method

    @property
    def choice(self) -> str:
        """The quickest of the methods that are not clearly behind the best."""
        level = [
            one for one in self.methods if one.method != RANDOM and (not one.behind or one.behind.low <= 0)
        ]
        return min(level, key=lambda one: one.seconds_a_text).method if level else self.best

    def to_json(self) -> dict[str, object]:
        """Return the table as JSON-ready values."""
        return {
            "texts": self.texts,
            "best": self.best,
            "choice": self.choice,
            "fractions": list(FRACTIONS),
            "methods": [one.to_json() for one in self.methods],
            "bootstrap": {"resamples": self.resamples, "seed": self.seed},
        }


def faithfulness(
    predictor: Predictor,
    texts: Iterable[str],
    methods: Sequence[str] | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    advance: Callable[[int], None] | None = None,
) -> Faithfulness:
    """Measure methods on texts; each text is asked about the class that is predicted for it.

    Args:
        predictor: the model.
        texts: at least one.
        methods: of `METHODS`; None: all that the model has.
        resamples: bootstrap draws of texts behind every interval.
        seed: of the random orders and of the draws.
        advance: is told how many more texts are done.

    Raises:
        InputError: no text.
        ConfigError: as `attribution.attribute`.
        MissingExtraError: as `attribution.attribute`.
    """
    names = methods_for(predictor.model) if methods is None else tuple(methods)
    return measure(
        predictor,
        texts,
        {name: _explain(name) for name in names},
        resamples=resamples,
        seed=seed,
        advance=advance,
    )


def measure(
    predictor: Predictor,
    texts: Iterable[str],
    explainers: Mapping[str, Explain],
    *,
    resamples: int,
    seed: int,
    advance: Callable[[int], None] | None = None,
) -> Faithfulness:
    """Measure whatever scores tokens, by name; otherwise as `faithfulness`."""
    random = np.random.default_rng(seed)
    curves: list[Floats] = []  # of each text (M+1+R, 2, K)
    areas: list[Floats] = []  # (M+1+R, 2)
    seconds = dict.fromkeys(explainers, 0.0)
    for text in texts:
        question = Question.of(predictor, text)
        orders = []
        for name, explain in explainers.items():
            start = perf_counter()
            orders.append(np.argsort(-explain(question), kind="stable"))
            seconds[name] += perf_counter() - start
        orders += [random.permutation(len(question.ids)) for _ in range(1 + _DRAWS)]
        taken = np.rint(np.array(FRACTIONS) * len(question.ids)).astype(np.int64)  # (K,)
        found = _curves(question, orders, taken)
        curves.append(found)
        # Over what was taken indeed: a tenth of eight words is one word.
        areas.append(((found[..., 1:] + found[..., :-1]) / 2) @ np.diff(taken / taken[-1]))
        if advance is not None:
            advance(1)
    if not curves:
        raise InputError("no text to measure faithfulness on; give at least one")
    return _table(np.mean(curves, 0), np.stack(areas), seconds, resamples=resamples, seed=seed)


def _explain(method: str) -> Explain:
    return lambda question: answer(question, method).scores


def _curves(question: Question, orders: Sequence[Ints], taken: Ints) -> Floats:
    """Return the probability of the class with so many tokens `taken` (K,) out, then in: (orders, 2, K)."""
    length, inner = len(question.ids), taken[1:-1]
    ranks = np.stack([np.argsort(order) for order in orders])  # (orders, T): 0 is the first
    gone: Bools = ranks[:, None, :] < inner[:, None]  # (orders, K-2, T)
    ends: Bools = np.array([[True] * length, [False] * length])  # the whole text and the empty one
    readings = np.concatenate((np.stack((~gone, gone), 1).reshape(-1, length), ends))
    *inside, whole, empty = question.probability(readings)
    made = np.empty((len(orders), 2, len(taken)))
    made[..., 1:-1] = np.reshape(inside, (len(orders), 2, len(inner)))
    made[:, 0, 0] = made[:, 1, -1] = whole
    made[:, 0, -1] = made[:, 1, 0] = empty
    return made


def _table(
    curves: Floats, areas: Floats, seconds: Mapping[str, float], *, resamples: int, seed: int
) -> Faithfulness:
    """Make the table of M methods, a random order and R others.

    `curves` (M+1+R, 2, K) are means over the N texts, `areas` (N, M+1+R, 2) those under the curves of each.
    """
    names = [*seconds, RANDOM]
    texts, count = len(areas), len(names)
    # Deletion and insertion of random orders have areas of the same mean.
    random = areas[:, count:].mean((1, 2))[:, None]  # (N, 1)
    deletion, insertion = random - areas[:, :count, 0], areas[:, :count, 1] - random  # (N, M+1)
    score = (deletion + insertion) / 2
    best = int(score[:, :-1].mean(0).argmax()) if seconds else 0
    figures = np.stack((deletion, insertion, score, score[:, best : best + 1] - score))  # (4, N, M+1)
    flat = figures.transpose(1, 0, 2).reshape(texts, -1)
    found = bootstrap(
        lambda weights: weights @ flat / weights.sum(-1, keepdims=True), texts, resamples=resamples, seed=seed
    )
    rows = []
    for place, name in enumerate(names):
        deleted, inserted, both, behind = (_there(found[part * count + place]) for part in range(4))
        rows.append(
            MethodScore(
                name,
                deleted,
                inserted,
                both,
                None if place in {best, count - 1} else behind,
                tuple(curves[place, 0].tolist()),
                tuple(curves[place, 1].tolist()),
                seconds.get(name, 0.0) / texts,
            )
        )
    ranked = sorted(rows[:-1], key=lambda row: -row.score.value)
    return Faithfulness(texts, (*ranked, rows[-1]), resamples, seed)


def _there(interval: Interval | None) -> Interval:
    assert interval is not None, "means of numbers are defined"  # noqa: S101
    return interval
