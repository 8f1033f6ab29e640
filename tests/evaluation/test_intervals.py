"""Intervals: the bootstrap resamples exactly and covers what it promises; Wilson has a width at 0 and 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.errors import ConfigError
from tenor.evaluation import intervals
from tenor.evaluation.intervals import bootstrap, resampling_counts, wilson


def mean_of(values):
    return lambda weights: (weights @ values / weights.sum(axis=-1))[:, None]


def test_every_resample_draws_as_many_rows_as_there_are():
    counts = np.concatenate(list(resampling_counts(7, 50, seed=1)))
    assert counts.shape == (50, 7)
    assert (counts.sum(axis=1) == 7).all()
    assert counts.min() == 0  # with replacement: some row is left out somewhere


def test_draws_depend_on_the_seed_and_not_on_the_chunks(monkeypatch):
    whole = np.concatenate(list(resampling_counts(10, 30, seed=3)))
    monkeypatch.setattr(intervals, "_CHUNK_VALUES", 40)
    chunks = list(resampling_counts(10, 30, seed=3))
    assert [len(chunk) for chunk in chunks] == [4] * 7 + [2]
    assert (np.concatenate(chunks) == whole).all()
    assert (np.concatenate(list(resampling_counts(10, 30, seed=4))) != whole).any()


def test_interval_of_a_mean_covers_the_true_mean_about_95_times_in_100():
    random = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        found = bootstrap(mean_of(random.normal(size=60)), 60, resamples=200, seed=seed)[0]
        covered += found.low <= 0.0 <= found.high
    # 200 tries at 0.95 (a little less for a bootstrap of 60): five standard deviations on either side.
    assert 0.87 <= covered / 200 <= 1.0


def test_interval_narrows_with_more_rows():
    random = np.random.default_rng(1)
    few, many = (bootstrap(mean_of(random.normal(size=n)), n, resamples=200, seed=0)[0] for n in (25, 2500))
    assert (many.high - many.low) < 0.5 * (few.high - few.low)


def test_undefined_resamples_do_not_count_and_an_undefined_figure_has_no_interval():
    def figures(weights):
        of_first = np.where(weights[:, 0] > 0, weights[:, 0], np.nan)
        return np.stack([of_first, np.full(len(weights), np.nan)], axis=1)

    defined, undefined = bootstrap(figures, 3, resamples=100, seed=0)
    assert defined.low >= 1.0
    assert undefined is None


def test_one_row_gives_zero_width():
    assert bootstrap(mean_of(np.array([0.25])), 1, resamples=10, seed=0)[0].to_json() == {
        "value": 0.25,
        "low": 0.25,
        "high": 0.25,
    }


def test_no_resamples_are_refused():
    with pytest.raises(ConfigError, match="0 bootstrap resamples; take at least 1"):
        bootstrap(mean_of(np.ones(2)), 2, resamples=0, seed=0)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_lies_in_0_to_1_around_the_share_and_is_symmetric(case):
    hits, trials = case
    found, mirrored = wilson(hits, trials), wilson(trials - hits, trials)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.high - found.low > 0
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_wilson_ends_solve_its_equation():
    found = wilson(37, 50)
    for end in (found.low, found.high):
        # The score test is exactly at its 95 % point there.
        assert abs(end - 37 / 50) / np.sqrt(end * (1 - end) / 50) == pytest.approx(1.959964, rel=1e-5)


def test_wilson_of_nothing_knows_nothing():
    assert wilson(0, 0).to_json() == {"value": 0.0, "low": 0.0, "high": 1.0}
