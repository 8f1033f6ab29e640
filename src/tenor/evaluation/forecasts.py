"""How good forecasts are: errors, intervals that hold what they promise, and differences that would hold.

Windows lie in the order of time and overlap, so that their errors are alike: intervals come from the
moving-block bootstrap (Kuensch 1989), in which neighbours are drawn together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.config.forecast import INTERVALS
from tenor.errors import InputError
from tenor.evaluation import student
from tenor.evaluation.intervals import Interval, bootstrap, resampling_counts
from tenor.evaluation.metrics import Floats, Weighted
from tenor.evaluation.seeds import TrainingSpread, together

MEASURES = (
    "mae",
    "rmse",
    "mase",
    "pinball",
    *(f"{what}_{level}" for level in INTERVALS for what in ("coverage", "width")),
)
_SQUARED = MEASURES.index("rmse")
_FEWEST_BLOCKS = 4  # in the windows: with fewer all draws are alike


@dataclass(frozen=True)
class ForecastEvaluation:
    """Figures of N windows by the names of `MEASURES`, over all steps ahead and for each of them.

    `mase` divides each absolute error by the mean absolute error of the seasonal naive forecast within
    training (Hyndman & Koehler 2006). `coverage_80` is the share of values within the 80 % interval,
    `width_80` its mean width. A step ahead at which nothing was measured has no figure. `by_target` is the
    MAE of each target.
    """

    windows: int
    overall: Mapping[str, Interval | None]
    by_step: Mapping[str, tuple[Interval | None, ...]]  # (H,)
    by_target: tuple[float, ...]  # (K,)

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "windows": self.windows,
            **{name: figure and figure.to_json() for name, figure in self.overall.items()},
            "by_step": {
                name: [figure and figure.to_json() for figure in figures]
                for name, figures in self.by_step.items()
            },
            "mae_by_target": list(self.by_target),
        }


def block_length(windows: int, horizon: int, given: int | None) -> int:
    """Return how many neighbouring windows are drawn together.

    Without a number given twice the horizon, since windows so far apart share no value that is forecast, or
    the third root of their number (as Hall, Horowitz & Jing 1995 have it grow), whichever is more.
    """
    wanted = given or max(2 * horizon, round(windows ** (1 / 3)))
    return max(1, min(wanted, windows // _FEWEST_BLOCKS))


def evaluate_forecasts(
    wanted: Floats,
    quantiles: Floats,
    levels: Sequence[float],
    scales: Floats,
    *,
    resamples: int,
    seed: int,
    block: int,
) -> ForecastEvaluation:
    """Judge quantiles (N, H, K, Q) at `levels` of what came, (N, H, K), NaN where nothing was measured.

    `scales` (K,), or of each window (N, K), are the errors that `mase` divides by. The median is the
    forecast.

    Raises:
        InputError: shapes that do not fit, or nothing was measured.
    """
    fitting = {wanted.shape[2:], (wanted.shape[0], wanted.shape[2])}
    if quantiles.shape != (*wanted.shape, len(levels)) or scales.shape not in fitting:
        raise InputError(
            f"quantiles of shape {quantiles.shape}, values of shape {wanted.shape} and {len(levels)} levels "
            "do not fit; give (N, H, K, Q), (N, H, K) and Q levels"
        )
    measured = ~np.isnan(wanted)
    if not measured.any():
        raise InputError("nothing was measured after any window; there is nothing to judge a forecast by")
    errors = np.abs(np.where(measured, wanted - quantiles[..., _place(levels, 0.5)], 0.0))
    rows, horizon = wanted.shape[:2]
    found = bootstrap(
        _figures(_sums(wanted, quantiles, levels, scales), measured.sum(-1)),
        rows,
        resamples=resamples,
        seed=seed,
        block=block,
    )
    table = np.array(found, dtype=object).reshape(len(MEASURES), horizon + 1)
    return ForecastEvaluation(
        rows,
        {name: table[place, 0] for place, name in enumerate(MEASURES)},
        {name: tuple(table[place, 1:]) for place, name in enumerate(MEASURES)},
        tuple((errors.sum((0, 1)) / np.maximum(measured.sum((0, 1)), 1)).tolist()),
    )


@dataclass(frozen=True)
class Gap:
    """Mean error of a model minus that of a baseline on the same windows, over all steps and for each."""

    baseline: str
    difference: Interval
    by_step: tuple[Interval, ...]  # (H,)

    @property
    def beaten(self) -> bool:
        """Whether the model errs less, whatever windows and trainings are drawn."""
        return self.difference.high < 0

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "baseline": self.baseline,
            "difference": self.difference.to_json(),
            "beaten": self.beaten,
            "by_step": [one.to_json() for one in self.by_step],
        }


def gaps(
    errors: npt.ArrayLike,
    baselines: Mapping[str, Floats],
    counts: Floats,
    *,
    resamples: int,
    seed: int,
    block: int,
) -> tuple[Gap, ...]:
    """Compare S trainings of a model with baselines, all on the same N windows in the order of time.

    Args:
        errors: sums of the errors of each window and step ahead, (S, N, H).
        baselines: the same of each baseline, (N, H).
        counts: how many errors are in each sum, (N, H).
        resamples: draws of blocks of windows, the same for all.
        seed: of the draws.
        block: neighbouring windows that are drawn together.

    The interval is Student's t of the variance over draws and, with several trainings, of what they differ by
    beyond that (`seeds.TrainingSpread`).
    """
    own = np.asarray(errors, np.float64)
    every = np.concatenate([own, np.stack(list(baselines.values()))]).transpose(1, 0, 2)  # (N, S + B, H)
    drawn = np.concatenate(
        [_means(chunk, every, counts) for chunk in resampling_counts(len(counts), resamples, seed, block)]
    )  # (R, S + B, H + 1)
    exact = _means(np.ones((1, len(counts))), every, counts)[0]
    trainings = len(own)

    def interval(place: int, step: int) -> Interval:
        value = float(exact[:trainings, step].mean() - exact[place, step])
        of_model, of_baseline = drawn[:, :trainings, step], drawn[:, place, step]
        over_windows = float((of_model.mean(1) - of_baseline).var(ddof=1))
        spread = TrainingSpread.of(exact[:trainings, step], of_model)
        variance, freedom = together(over_windows, max(2, len(counts) // block), [spread])
        return student.interval(value, variance, freedom, -np.inf, np.inf)

    return tuple(
        Gap(name, interval(place, 0), tuple(interval(place, step) for step in range(1, counts.shape[1] + 1)))
        for place, name in enumerate(baselines, trainings)
    )


def _means(weights: Floats, sums: Floats, counts: Floats) -> Floats:
    """Weights (R, N), sums (N, M, H), counts (N, H) -> means (R, M, 1 + H): over all steps, then each."""
    totals = np.tensordot(weights, sums, 1)  # (R, M, H)
    number = (weights @ counts)[:, None]  # (R, 1, H)
    whole = totals.sum(-1, keepdims=True) / np.maximum(number.sum(-1, keepdims=True), 1e-12)
    return np.concatenate([whole, totals / np.maximum(number, 1e-12)], -1)


def _place(levels: Sequence[float], level: float) -> int:
    return list(levels).index(level)


def _sums(wanted: Floats, quantiles: Floats, levels: Sequence[float], scales: Floats) -> Floats:
    """Return what each measure is the mean of, summed over the targets, (N, M, H)."""
    measured = ~np.isnan(wanted)
    there = np.where(measured, wanted, 0.0)
    error = there - quantiles[..., _place(levels, 0.5)]
    apart = there[..., None] - quantiles  # (N, H, K, Q)
    level = np.array(levels)
    made = [
        np.abs(error),
        error**2,
        np.abs(error) / scales[..., None, :],
        np.maximum(level * apart, (level - 1) * apart).mean(-1),
    ]
    for low, high in INTERVALS.values():
        lower, upper = (quantiles[..., _place(levels, end)] for end in (low, high))
        made += [(lower <= there) & (there <= upper), upper - lower]
    return np.stack([np.where(measured, one, 0.0).sum(-1) for one in made], axis=1)


def _figures(sums: Floats, counts: Floats) -> Weighted:
    """Return weights (R, N) -> (R, M * (1 + H)); a step at which nothing was drawn is NaN."""

    def read(weights: Floats) -> Floats:
        found = _means(weights, sums, counts.astype(np.float64))
        found[:, _SQUARED] = np.sqrt(found[:, _SQUARED])
        number = weights @ counts  # (R, H)
        found[:, :, 1:][np.broadcast_to(number[:, None] == 0, found[:, :, 1:].shape)] = np.nan
        return found.reshape(len(weights), -1)

    return read
