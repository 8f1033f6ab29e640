"""Baselines of series: what they say, that they learn what is there, and that they see no future."""

from dataclasses import replace

import numpy as np
import pytest

from tenor.baselines.forecasting import (
    AUTOREGRESSION,
    BASELINES,
    Given,
    autoregression,
    persistence,
    quantiles_of,
    seasonal_naive,
)
from tenor.baselines.states import STATE_BASELINES
from tenor.data.series.windows import Windows

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)


def given(values: np.ndarray, *, length: int = 4, horizon: int = 3, season: int = 5) -> Given:
    steps = values.astype(np.float32).reshape(len(values), -1)

    def windows(first: int, last: int) -> Windows:
        ends = np.arange(max(first, length) - 1, last - horizon)
        return Windows(steps, steps[:, :1], None, ends, length, horizon)

    third = len(values) // 3
    return Given(windows(0, 2 * third), windows(2 * third, len(values)), steps[:, :1].astype(float), season)


def process(steps: int = 600) -> np.ndarray:
    """Return an autoregression of order two."""
    rng = np.random.default_rng(0)
    values = np.zeros(steps)
    for t in range(2, steps):
        values[t] = 1.5 * values[t - 1] - 0.8 * values[t - 2] + 0.1 * rng.normal()
    return values


def test_persistence_and_the_season_before() -> None:
    made = given(np.arange(30.0))
    windows = made.validation
    last = windows.ends.astype(float)
    assert persistence(made).points(windows)[..., 0].tolist() == [[end] * 3 for end in last]
    ahead = seasonal_naive(made).points(windows)[..., 0]
    assert ahead.tolist() == [[end - 4, end - 3, end - 2] for end in last]
    # A horizon longer than the season: the last season comes again and again, never what is not known yet.
    short = seasonal_naive(replace(made, season=2)).points(windows)[..., 0]
    assert short.tolist() == [[end - 1, end, end - 1] for end in last]


def test_the_autoregression_finds_a_linear_process() -> None:
    made = given(process())
    rows = np.arange(len(made.validation))
    wanted = made.validation.wanted(rows)
    error = {
        name: np.abs(build(made).points(made.validation) - wanted).mean() for name, build in BASELINES.items()
    }
    assert error[AUTOREGRESSION] < 0.7 * min(error[name] for name in error if name != AUTOREGRESSION)
    assert np.abs(autoregression(made).points(made.validation)[:, 0] - wanted[:, 0]).mean() < 0.1


def test_it_reads_other_columns_where_they_help() -> None:
    rng = np.random.default_rng(1)
    cause = rng.normal(size=600)
    effect = np.roll(cause, 1) + 0.05 * rng.normal(size=600)
    chosen = autoregression(given(np.stack([effect, cause], axis=1), horizon=1)).settings
    assert chosen["reads"] == "everything"
    alone = autoregression(given(np.stack([process(), rng.normal(size=600)], axis=1))).settings
    assert alone["reads"] == "its own past"


@pytest.mark.parametrize("name", BASELINES)
def test_no_baseline_sees_what_comes(name: str) -> None:
    values = process(90)
    before = given(values)
    baseline = BASELINES[name](before)
    changed = values.copy()
    changed[70:] = 50.0
    after = given(changed)
    known = np.flatnonzero(before.validation.ends < 70)
    same = replace(before.validation, inputs=after.validation.inputs, ends=before.validation.ends[known])
    other = BASELINES[name](replace(before, filled=after.filled))
    # What is learned of training and validation is the same; only what is read afterwards changes.
    said = quantiles_of(baseline, before.validation, replace(before.validation, ends=same.ends), LEVELS)
    assert baseline.points(same)[: len(known)].tolist() == said[..., 2].tolist()
    assert other.points(same).tolist() == baseline.points(same).tolist()


@pytest.mark.parametrize("name", BASELINES)
def test_intervals_cover_validation_errors(name: str) -> None:
    made = given(process(900))
    said = quantiles_of(BASELINES[name](made), made.validation, made.validation, LEVELS)
    wanted = made.validation.wanted(np.arange(len(made.validation)))
    assert (np.diff(said, axis=-1) >= 0).all()
    inside = (said[..., 1] <= wanted) & (wanted <= said[..., 3])
    assert inside.mean() == pytest.approx(0.8, abs=0.05)


def test_states() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.integers(0, 2, 60), 5)
    steps = (labels[:, None] + rng.normal(0, 0.2, (300, 1))).astype(np.float32)
    told = np.empty((300, 0), np.float32)
    parts = [Windows(steps, told, labels, np.arange(first, first + 140), 4, 0) for first in (5, 150)]
    classes = parts[1].classes(np.arange(140))
    shares = {name: build(*parts, 3).probabilities(parts[1]) for name, build in STATE_BASELINES.items()}
    for share in shares.values():
        assert share.shape == (140, 3)
        assert share.sum(axis=1) == pytest.approx(1)
        assert (share[:, 2] == 0).all()  # a class that training does not have
    right = {name: (share.argmax(axis=1) == classes).mean() for name, share in shares.items()}
    assert right["logistic regression"] > 0.95
    assert right["majority"] < 0.75
