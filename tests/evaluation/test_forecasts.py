"""Figures of forecasts against their definitions, and differences that hold or do not."""

import numpy as np
import pytest

from tenor.errors import InputError
from tenor.evaluation.forecasts import block_length, evaluate_forecasts, gaps
from tenor.evaluation.intervals import resampling_counts

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
DRAWS = {"resamples": 200, "seed": 0, "block": 4}


def normal(rows: int = 400, horizon: int = 3, targets: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return values and their true quantiles."""
    rng = np.random.default_rng(0)
    centre = rng.normal(size=(rows, horizon, targets))
    ends = np.array([-1.959964, -1.281552, 0, 1.281552, 1.959964])
    return centre + rng.normal(size=centre.shape), centre[..., None] + ends


def test_figures_are_what_they_are_called() -> None:
    wanted, said = normal()
    wanted[5, 1, 0] = wanted[7] = np.nan
    scales = np.array([2.0, 4.0])
    found = evaluate_forecasts(wanted, said, LEVELS, scales, **DRAWS)
    error = wanted - said[..., 2]
    below = [
        np.maximum(q * (wanted - said[..., i]), (q - 1) * (wanted - said[..., i]))
        for i, q in enumerate(LEVELS)
    ]
    inside = (said[..., 1] <= wanted) & (wanted <= said[..., 3])
    expected = {
        "mae": np.nanmean(np.abs(error)),
        "rmse": np.sqrt(np.nanmean(error**2)),
        "mase": np.nanmean(np.abs(error) / scales),
        "pinball": np.nanmean(below),
        "coverage_80": np.nanmean(inside[~np.isnan(wanted)]),
        "width_95": 2 * 1.959964,
    }
    for name, value in expected.items():
        figure = found.overall[name]
        assert figure is not None
        assert figure.value == pytest.approx(value)
        assert figure.low <= figure.value <= figure.high
    step = found.by_step["mae"][1]
    assert step is not None
    assert step.value == pytest.approx(np.nanmean(np.abs(error[:, 1])))
    assert found.by_target == pytest.approx(np.nanmean(np.abs(error), axis=(0, 1)))
    assert found.windows == 400


def test_each_window_may_have_a_scale_of_its_own() -> None:
    """As windows of several series have."""
    wanted, said = normal()
    scales = np.random.default_rng(1).uniform(1, 9, (400, 2))
    figure = evaluate_forecasts(wanted, said, LEVELS, scales, **DRAWS).overall["mase"]
    assert figure is not None
    assert figure.value == pytest.approx(np.mean(np.abs(wanted - said[..., 2]) / scales[:, None]))


def test_true_quantiles_cover_what_they_promise() -> None:
    wanted, said = normal(4000)
    found = evaluate_forecasts(wanted, said, LEVELS, np.ones(2), **DRAWS)
    for level in (80, 95):
        coverage = found.overall[f"coverage_{level}"]
        assert coverage is not None
        assert coverage.value == pytest.approx(level / 100, abs=0.01)


def test_a_step_of_which_nothing_is_known_has_no_figure() -> None:
    wanted, said = normal()
    wanted[:, 2] = np.nan
    found = evaluate_forecasts(wanted, said, LEVELS, np.ones(2), **DRAWS)
    assert found.by_step["mae"][2] is None
    assert found.overall["mae"] is not None
    wanted[:] = np.nan
    with pytest.raises(InputError, match="nothing was measured"):
        evaluate_forecasts(wanted, said, LEVELS, np.ones(2), **DRAWS)


def test_shapes_that_do_not_fit_are_refused() -> None:
    wanted, said = normal()
    with pytest.raises(InputError, match="do not"):
        evaluate_forecasts(wanted, said[..., :3], LEVELS, np.ones(2), **DRAWS)


def test_a_block_is_drawn_together() -> None:
    (counts,) = resampling_counts(12, 50, 0, 4)
    assert (counts.sum(axis=1) == 12).all()
    # Three blocks of four neighbours: changes of the count from row to row happen six times at most.
    assert (np.count_nonzero(np.diff(counts, prepend=0, append=0, axis=1), axis=1) <= 6).all()
    single = np.concatenate(list(resampling_counts(12, 50, 0)))
    assert single.tolist() == np.concatenate(list(resampling_counts(12, 50, 0, 1))).tolist()


def test_blocks_widen_the_interval_of_what_lasts() -> None:
    rng = np.random.default_rng(0)
    lasting = np.repeat(rng.normal(size=40), 10)[:, None]
    widths = []
    for block in (1, 20):
        (gap,) = gaps(
            lasting[None], {"zero": 0 * lasting}, np.ones((400, 1)), resamples=300, seed=0, block=block
        )
        widths.append(gap.difference.high - gap.difference.low)
    assert widths[1] > 2 * widths[0]


def test_gaps_tell_what_is_better_from_what_is_alike() -> None:
    rng = np.random.default_rng(0)
    own = 1 + 0.1 * rng.random((3, 500, 2))
    others = {"worse": own[0] + 0.5, "alike": own[0] + rng.normal(0, 0.5, (500, 2)), "better": own[0] - 0.5}
    found = {gap.baseline: gap for gap in gaps(own, others, np.ones((500, 2)), **DRAWS)}
    assert [gap.beaten for gap in found.values()] == [True, False, False]
    assert found["better"].difference.low > 0
    assert found["worse"].difference.value == pytest.approx(own.mean() - others["worse"].mean())
    for step in range(2):
        value = own[:, :, step].mean() - others["worse"][:, step].mean()
        assert found["worse"].by_step[step].value == pytest.approx(value)


def test_trainings_that_differ_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    base = rng.random((500, 1))
    close, apart = (base[None] + spread * np.array([-1.0, 0.0, 1.0])[:, None, None] for spread in (0.0, 0.3))
    narrow, wide = (gaps(own, {"b": base + 0.2}, np.ones((500, 1)), **DRAWS)[0] for own in (close, apart))
    assert narrow.beaten
    assert not wide.beaten


def test_blocks_are_longer_than_what_windows_share() -> None:
    assert block_length(1000, 7, None) == 14
    assert block_length(8000, 1, None) == 20
    assert block_length(1000, 7, 3) == 3
    assert block_length(20, 24, None) == 5
    assert block_length(1, 24, None) == 1
