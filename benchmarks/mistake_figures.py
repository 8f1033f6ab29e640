"""From what networks read right to what a mistake costs, with intervals over trainings and texts.

Arrays of bool say which texts are read right; accuracies and differences are shares of the texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.evaluation import student
from tenor.evaluation.intervals import resampling_counts
from tenor.evaluation.metrics import Floats
from tenor.evaluation.seeds import TrainingSpread, seed_figures, together

RESAMPLES = 1000

Right = npt.NDArray[np.bool_]
Arrays = Mapping[str, npt.NDArray[Any]]


def accuracy(right: Right) -> dict[str, object]:
    """Return the accuracy of S trainings, (S, N), with its intervals."""
    figures = seed_figures(
        np.ones(right.shape[1], np.int64), right.astype(np.int64), 2, resamples=RESAMPLES, seed=0
    )
    return figures["accuracy"].to_json()


def cost(wrong: Right, right: Right) -> dict[str, object]:
    """Return both accuracies and wrong minus right, of trainings (S, N) on the same texts.

    The trainings of a seed share split, first weights and order, or are even the same training; so it is
    their differences whose spread counts, not the spread of either.
    """
    drawn = _draws([*wrong, *right])
    apart = drawn[:, : len(wrong)] - drawn[:, len(wrong) :]
    difference = _interval(wrong.mean(1) - right.mean(1), apart, wrong.shape[1])
    return {"wrong": accuracy(wrong), "right": accuracy(right), "difference": difference}


@dataclass(frozen=True)
class Validated:
    """One training and how it was validated: rows of a held-out part are named by their films."""

    films: npt.NDArray[np.int64]  # (N,) of the held-out texts, numbers from 0
    right: Right  # (N,) held-out texts, at the epoch that this part chooses
    tested: Right  # (M,) test texts, at the same epoch


def optimism(wrong: Sequence[Validated], right: Sequence[Validated], *, films: int) -> dict[str, object]:
    """Return validation accuracy minus test accuracy of S trainings, validated in two ways.

    Intervals draw films with all their reviews, not single reviews, and test texts; to that comes the
    spread of the trainings, each of which has a split of its own.
    """
    both = {"wrong": wrong, "right": right}
    own = {
        way: np.array([one.right.mean() - one.tested.mean() for one in ones]) for way, ones in both.items()
    }
    of_test = _draws([one.tested for ones in both.values() for one in ones])
    drawn: dict[str, Floats] = {}
    for number, (way, ones) in enumerate(both.items()):
        hits = [np.bincount(one.films, one.right, minlength=films) for one in ones]
        sizes = [np.bincount(one.films, minlength=films) for one in ones]
        sums = _draws([*hits, *sizes], seed=1)
        validated = sums[:, : len(ones)] / sums[:, len(ones) :]
        drawn[way] = validated - of_test[:, number * len(ones) : (number + 1) * len(ones)]
    found = {
        way: {
            **_interval(own[way], drawn[way], films),
            "validation": mean(float(one.right.mean()) for one in ones),
            "test": mean(float(one.tested.mean()) for one in ones),
        }
        for way, ones in both.items()
    }
    return {
        **found,
        "difference": _interval(own["wrong"] - own["right"], drawn["wrong"] - drawn["right"], films),
    }


def choosing(tested: Right, validation: Floats, *, size: int, draws: int, seed: int) -> dict[str, Any]:
    """Let `size` test texts choose among K candidates; return what they report and what the others say.

    `tested` is (K, N), `validation` (K,) the validation accuracies, whose choice is reported beside it. The
    texts that choose are drawn `draws` times without replacement; the others are fresh. `low` and `high`
    hold 95 % of the draws: where a single study may end.
    """
    texts = tested.shape[1]
    random = np.random.default_rng(seed)
    right, all_right = tested.astype(np.float32), tested.sum(1)
    by_validation = int(np.argmax(validation))
    rows = []
    for _ in range(draws):
        chosen_by = np.zeros(texts, np.float32)
        chosen_by[random.permutation(texts)[:size]] = 1.0
        hits = right @ chosen_by
        reported, fresh = hits / size, (all_right - hits) / (texts - size)
        best = int(np.argmax(reported))
        rows.append((reported[best], fresh[best], reported[by_validation], fresh[by_validation]))
    reported, fresh, said, truly = np.array(rows, np.float64).T
    return {
        "texts": size,
        "candidates": len(tested),
        "draws": draws,
        "wrong": {"value": mean(reported.tolist())},
        "right": {"value": mean(fresh.tolist())},
        "difference": _range(reported - fresh),
        "validation": {
            "reported": {"value": mean(said.tolist())},
            "fresh": {"value": mean(truly.tolist())},
            "difference": _range(said - truly),
        },
        "gain_on_fresh": _range(fresh - truly),
    }


def _draws(columns: Sequence[npt.NDArray[Any]], seed: int = 0) -> Floats:
    """Return the mean of each column (N,) in every draw of its rows, (R, number of columns)."""
    stacked = np.stack(columns, axis=1).astype(np.float64)
    counts = resampling_counts(len(stacked), RESAMPLES, seed)
    return np.concatenate([chunk @ stacked for chunk in counts]) / len(stacked)


def _interval(own: Floats, drawn: Floats, rows: int) -> dict[str, Any]:
    value, spread = float(own.mean()), TrainingSpread.of(own, drawn)
    of_texts = float(drawn.mean(axis=1).var(ddof=1))
    interval = student.interval(value, *together(of_texts, rows, [spread]), -1.0, 1.0)
    return {**interval.to_json(), "seeds": own.tolist()}


def _range(values: Floats) -> dict[str, float]:
    low, high = np.percentile(values, [2.5, 97.5]).tolist()
    return {"value": float(values.mean()), "low": low, "high": high}
