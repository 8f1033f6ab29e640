"""Pairs of models: exact where it can be, fair to chance where it cannot, corrected for many."""

import json
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenor.errors import ConfigError, InputError
from tenor.evaluation.paired import differences, holm, mcnemar, paired_bootstrap

ROWS = 600


def alone(only_a, only_b, same=3):
    """Rows that a alone, that b alone and that both read right."""
    a = [1] * only_a + [0] * only_b + [1] * same
    b = [0] * only_a + [1] * only_b + [1] * same
    return a, b


def trained(share, seeds=3, spread=0.0, seed=0, rows=ROWS):
    """Which of the rows each training reads right; the rows are as hard for every model."""
    hard = np.random.default_rng(99).random(rows)
    random = np.random.default_rng(seed)
    of_seed = share + spread * random.normal(size=(seeds, 1))
    return 0.7 * hard + 0.3 * random.random((seeds, rows)) < of_seed


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_tail_counted_with_whole_numbers(only_a, only_b):
    n, k = only_a + only_b, min(only_a, only_b)
    expected = min(1, 2 * Fraction(sum(comb(n, i) for i in range(k + 1)), 2**n))
    assert mcnemar(*alone(only_a, only_b)) == pytest.approx(float(expected), rel=1e-12)


def test_mcnemar_of_many_rows_neither_overflows_nor_loses_the_tail():
    n, k = 25_000, 12_000
    ways, term = 0, 1
    for i in range(k + 1):
        ways, term = ways + term, term * (n - i) // (i + 1)
    expected = float(2 * Fraction(ways, 2**n))
    assert mcnemar(*alone(k, n - k)) == pytest.approx(expected, rel=1e-8)
    assert mcnemar(*alone(12_500, 12_500)) == 1.0
    assert mcnemar(*alone(25_000, 0)) == 0.0  # smaller than any float


def test_mcnemar_looks_only_at_rows_that_differ():
    assert mcnemar(*alone(3, 9, same=0)) == mcnemar(*alone(3, 9, same=500)) == mcnemar(*alone(9, 3))
    assert mcnemar([1, 0], [1, 0]) == 1.0


def test_difference_of_one_training_agrees_with_its_formula():
    a, b = trained(0.75, seeds=1)[0], trained(0.7, seeds=1, seed=1)[0]
    found, p = paired_bootstrap(a, b, resamples=4000, seed=0)
    apart = a.astype(float) - b
    error = apart.std() / np.sqrt(ROWS)
    assert found.value == pytest.approx(apart.mean())
    assert found.high - found.low == pytest.approx(2 * 1.964 * error, rel=0.05)
    assert (p < 0.05) == (not found.low <= 0 <= found.high)


@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_equal_ways_to_train_seldom_seem_different(spread):
    tries = 200
    wrong = sum(
        paired_bootstrap(
            trained(0.7, spread=spread, seed=2 * number),
            trained(0.7, spread=spread, seed=2 * number + 1),
            resamples=100,
            seed=number,
        )[1]
        < 0.05
        for number in range(tries)
    )
    assert wrong / tries <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / tries)


def test_a_real_difference_is_found_and_uneven_trainings_make_it_doubtful():
    even = paired_bootstrap(trained(0.75), trained(0.65, seed=1), resamples=500, seed=0)[1]
    uneven = paired_bootstrap(
        trained(0.75, spread=0.1), trained(0.65, spread=0.1, seed=1), resamples=500, seed=0
    )[1]
    assert even < 0.001
    assert uneven > 0.05


def test_number_of_trainings_may_differ():
    a, b = trained(0.7, seeds=4), trained(0.7, seeds=1, seed=1)
    found, p = paired_bootstrap(a, b, resamples=100, seed=0)
    assert found.value == pytest.approx(a.mean() - b.mean())
    assert 0 < p <= 1


def test_turned_round_it_is_the_same():
    a, b = trained(0.7), trained(0.68, seed=1)
    (one, p), (other, q) = (paired_bootstrap(*pair, resamples=100, seed=0) for pair in ((a, b), (b, a)))
    assert (one.low, one.value, one.high) == pytest.approx((-other.high, -other.value, -other.low))
    assert p == pytest.approx(q)


def test_draws_that_are_all_alike_leave_it_to_mcnemar():
    same = trained(0.7, seeds=1)
    found, p = paired_bootstrap(same, same, resamples=50, seed=0)
    assert (found.low, found.value, found.high, p) == (0, 0, 0, 1)
    assert paired_bootstrap([1] * 4, [0] * 4, resamples=50, seed=0)[1] == 2 / 2**4
    assert paired_bootstrap([1], [0], resamples=50, seed=0)[1] == 1.0


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.5))
def test_holm_accepts_step_by_step(p_values, level):
    adjusted = holm(p_values)
    ranked = sorted(p_values)
    steps = [p * (len(ranked) - rank) for rank, p in enumerate(ranked)]
    accepted = next((rank for rank, step in enumerate(steps) if step >= level), len(ranked))
    assert sum(p < level for p in adjusted) == accepted
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [adjusted[i] for i in order] == sorted(adjusted)


def test_all_pairs_are_compared_and_corrected_together():
    correct = {"lstm": trained(0.8), "gru": trained(0.8, seed=1), "bag": trained(0.7, seed=2)}
    found = differences(correct, resamples=500, seed=0)
    assert [(one.a, one.b) for one in found] == [("lstm", "gru"), ("lstm", "bag"), ("gru", "bag")]
    assert [one.holds for one in found] == [False, True, True]
    assert [one.adjusted for one in found] == holm([one.p_bootstrap for one in found])
    for one in found:
        a, b = correct[one.a], correct[one.b]
        assert one.difference.value == pytest.approx(a.mean() - b.mean())
        assert one.p_mcnemar == mcnemar(a[0], b[0])
    two = {name: correct[name] for name in ("lstm", "gru")}  # who are no family to learn variances from
    (alone,) = differences(two, resamples=500, seed=0)
    now = paired_bootstrap(correct["lstm"], correct["gru"], resamples=500, seed=0)
    assert (alone.difference, alone.p_bootstrap) == now
    assert json.loads(json.dumps(found[0].to_json(), allow_nan=False))["a"] == "lstm"


def test_a_stricter_level_lets_less_hold():
    correct = {"a": trained(0.74), "b": trained(0.7, seed=1)}
    (one,) = differences(correct, resamples=500, seed=0)
    assert differences(correct, resamples=500, seed=0, alpha=one.adjusted)[0].holds is False
    assert differences(correct, resamples=500, seed=0, alpha=1.01 * one.adjusted)[0].holds is True


def test_one_model_has_nobody_to_be_compared_with():
    assert differences({"lstm": trained(0.8)}, resamples=100, seed=0) == ()


@pytest.mark.parametrize(
    ("correct", "said"),
    [
        ({"a": [[1, 0]], "b": [[1, 0, 1]]}, "same texts only; there are a 2, b 3 texts"),
        ({"a": [[1, 2]], "b": [[1, 0]]}, "what a reads right"),
        ({"a": [[]], "b": [[]]}, "at least one of each"),
        ({"a": [[[1]]], "b": [[1]]}, r"shape \(1, 1, 1\)"),
    ],
)
def test_what_does_not_fit_is_refused(correct, said):
    with pytest.raises(InputError, match=said):
        differences(correct, resamples=10, seed=0)


@pytest.mark.parametrize(("settings", "said"), [({"resamples": 1}, "at least 2"), ({"alpha": 1}, "level")])
def test_settings_out_of_range_are_refused(settings, said):
    with pytest.raises(ConfigError, match=said):
        differences({"a": [1, 0], "b": [0, 1]}, **{"resamples": 10, "seed": 0, **settings})
